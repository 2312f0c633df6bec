// SPDX-License-Identifier: GPL-2.0-only
/*
 * panicvm-sum: what many boots came to, from the files that panicvm-task has
 * left.
 *
 *	fleet/tree.c		directories: which tasks there are
 *	fleet/task_status.c	how each of them ended, and by which attempt
 *	fleet/record_file.c	the records of that attempt, each once
 *	fleet/record_read.c	one record, checked
 *	fleet/sum.c		the sum
 *	fleet/show_*.c		its forms
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/version.h"
#include "fleet/show.h"
#include "fleet/tree.h"

static const char help[] =
"panicvm-sum [options] PATH...      add up what panicvm-task, or panicvm --report,\n"
"                                   has left in directories of tasks, or in files\n"
"\n"
"  --json             one object of JSON, instead of text\n"
"  --prometheus FILE  write metrics for node_exporter's textfile collector\n"
"  --html FILE        write a page with a table and a plot over time\n"
"  --expect N         so many tasks there should be\n"
"  --version          say which version this is\n"
"  --help             say this\n"
"\n"
"Text is printed if none of the first three is given.\n"
"Exit status: 0 each task is in the sum, 1 something is missing, which is said,\n"
"or a FILE cannot be written, 2 bad usage.\n";

struct options {
	bool json;
	const char *prometheus;
	const char *html;
	uint64_t expected;
};

static const struct option long_options[] = {
	{ "json",	no_argument,	   NULL, 'j' },
	{ "prometheus",	required_argument, NULL, 'p' },
	{ "html",	required_argument, NULL, 'w' },
	{ "expect",	required_argument, NULL, 'e' },
	{ "version",	no_argument,	   NULL, 'v' },
	{ "help",	no_argument,	   NULL, 'H' },
	{ }
};

static uint64_t parse_expected(const char *text)
{
	char *end;
	uint64_t n;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || !n)
		log_die(STATUS_USAGE, "--expect %s: give a number of tasks, 1 or more",
			text);
	return n;
}

__attribute__((noreturn))
static void print(const char *text)
{
	fputs(text, stdout);
	exit(fflush(stdout) ? STATUS_HOST : 0);
}

static void parse(struct options *options, int argc, char **argv)
{
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
		if (c == 'j')
			options->json = true;
		else if (c == 'p')
			options->prometheus = optarg;
		else if (c == 'w')
			options->html = optarg;
		else if (c == 'e')
			options->expected = parse_expected(optarg);
		else if (c == 'v')
			print("panicvm-sum " VERSION "\n");
		else if (c == 'H')
			print(help);
		else
			log_die(STATUS_USAGE, "%s: is not an option, or needs a value; --help lists them",
				argv[optind - 1]);
	}
	if (optind == argc)
		log_die(STATUS_USAGE, "nothing to add up: give directories of tasks, or files of records; --help says more");
}

static bool write_file(const char *path, const char *option,
		       const struct sum *sum,
		       void (*show)(FILE *out, const struct sum *sum))
{
	int err = path ? show_file(path, sum, show) : 0;

	if (err)
		log_say("%s %s: cannot be written: %s", option, path,
			strerror(-err));
	return !err;
}

static bool write_all(const struct options *options, const struct sum *sum)
{
	bool ok = write_file(options->prometheus, "--prometheus", sum,
			     show_prometheus);

	ok &= write_file(options->html, "--html", sum, show_html);
	if (options->json)
		show_json(stdout, sum);
	else if (!options->prometheus && !options->html)
		show_text(stdout, sum);
	if (fflush(stdout) || ferror(stdout)) {
		log_say("stdout: cannot be written: %s", strerror(errno));
		ok = false;
	}
	return ok;
}

int main(int argc, char **argv)
{
	static struct options options;
	static struct sum sum;

	if (fs_open_standard() < 0)
		return STATUS_HOST;
	log_as("panicvm-sum");
	log_open();
	parse(&options, argc, argv);
	sum.expected = options.expected;
	for (; optind < argc; optind++)
		tree_add(&sum, argv[optind]);
	sum_sort(&sum);
	if (!write_all(&options, &sum))
		return STATUS_HOST;
	return sum_is_whole(&sum) ? 0 : STATUS_HOST;
}
