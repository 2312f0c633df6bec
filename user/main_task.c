// SPDX-License-Identifier: GPL-2.0-only
/*
 * panicvm-task: one boot of many, as a scheduler's task.  It may be begun again
 * at any time, on any node, also beside itself; one attempt counts.
 *
 *	fleet/attempt.c		a directory of its own, in that of the task
 *	fleet/run.c		panicvm, in it
 *	fleet/record_file.c	is the record whole?
 *	fleet/keep.c		is the core one of the first of its signature?
 *	fleet/attempt.c		the status, and whether it is the task's
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/version.h"
#include "fleet/attempt.h"
#include "fleet/keep.h"
#include "fleet/label.h"
#include "fleet/layout.h"
#include "fleet/record_file.h"
#include "fleet/run.h"

/* EX_TEMPFAIL of sysexits.h, and the next: panicvm has none of them. */
#define TASK_AGAIN	75
#define TASK_GIVE_UP	76

static const char help[] =
"panicvm-task [options] DIR -- OPTION...   run panicvm with these options once,\n"
"                                          and leave all that it tells in DIR\n"
"\n"
"  --attempts N             give up when so many have begun (default 5)\n"
"  --core                   keep a core\n"
"  --cores-per-signature N  of each signature, keep the first N of all tasks\n"
"  --cores DIR              there; on the file system of the tasks\n"
"  --node NAME              what this machine is called (default: its host name)\n"
"  --panicvm PROGRAM        what to run (default panicvm)\n"
"  --work DIR               run it in a local directory, and copy to DIR then\n"
"  --zero                   end with 0 whenever there is a verdict\n"
"  --version                say which version this is\n"
"  --help                   say this\n"
"\n"
"Exit status: panicvm's, if it tells of the guest; 75 the host failed: again,\n"
"perhaps elsewhere; 76 it will not get better; 2 bad usage.\n";

struct options {
	unsigned int attempts;
	bool core;
	unsigned int cores_per_signature;
	const char *cores;
	const char *node;
	const char *panicvm;
	const char *work;
	bool zero;
	const char *dir;
	char **rest;
};

static const struct option long_options[] = {
	{ "attempts",		 required_argument, NULL, 'a' },
	{ "core",		 no_argument,	    NULL, 'c' },
	{ "cores-per-signature", required_argument, NULL, 's' },
	{ "cores",		 required_argument, NULL, 'd' },
	{ "node",		 required_argument, NULL, 'n' },
	{ "panicvm",		 required_argument, NULL, 'p' },
	{ "work",		 required_argument, NULL, 'w' },
	{ "zero",		 no_argument,	    NULL, 'z' },
	{ "version",		 no_argument,	    NULL, 'v' },
	{ "help",		 no_argument,	    NULL, 'H' },
	{ }
};

static unsigned int parse_number(const char *option, const char *text)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || !n ||
	    n > LAYOUT_ATTEMPTS_MAX)
		log_die(STATUS_USAGE, "%s %s: give a number from 1 to %d",
			option, text, LAYOUT_ATTEMPTS_MAX);
	return (unsigned int)n;
}

__attribute__((noreturn))
static void print(const char *text)
{
	fputs(text, stdout);
	exit(fflush(stdout) ? STATUS_HOST : 0);
}

static void set(struct options *options, int c)
{
	switch (c) {
	case 'a':
		options->attempts = parse_number("--attempts", optarg);
		break;
	case 'c':
		options->core = true;
		break;
	case 's':
		options->cores_per_signature =
			parse_number("--cores-per-signature", optarg);
		options->core = true;
		break;
	case 'd':
		options->cores = optarg;
		break;
	case 'n':
		options->node = optarg;
		break;
	case 'p':
		options->panicvm = optarg;
		break;
	case 'w':
		options->work = optarg;
		break;
	case 'z':
		options->zero = true;
		break;
	case 'v':
		print("panicvm-task " VERSION "\n");
	case 'H':
		print(help);
	}
}

static void parse(struct options *options, int argc, char **argv)
{
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:", long_options, NULL)) != -1) {
		if (c == '?' || c == ':')
			log_die(STATUS_USAGE, "%s: is not an option, or needs a value; --help lists them",
				argv[optind - 1]);
		set(options, c);
	}
	if (argc - optind < 2 || strcmp(argv[optind + 1], "--"))
		log_die(STATUS_USAGE, "give DIR -- and panicvm's options; --help says more");
	options->dir = argv[optind];
	options->rest = argv + optind + 2;
	if (!options->cores_per_signature != !options->cores)
		log_die(STATUS_USAGE, "--cores-per-signature N and --cores DIR: give both, or neither");
}

/* Cores are linked from one to the other. */
static void open_cores(struct keep *keep, const struct options *options,
		       int task)
{
	struct stat cores, own;

	keep->dir = -1;
	if (!options->cores)
		return;
	keep->max = options->cores_per_signature;
	keep->dir = attempt_open_task(options->cores);
	keep->path = realpath(options->cores, NULL);
	if (keep->dir < 0 || !keep->path || fstat(keep->dir, &cores) < 0 ||
	    fstat(task, &own) < 0)
		log_die(TASK_AGAIN, "--cores %s: cannot be opened: %s",
			options->cores, strerror(errno));
	if (cores.st_dev != own.st_dev)
		log_die(STATUS_USAGE, "--cores %s: is not on the file system of %s; name a directory beside it",
			options->cores, options->dir);
}

static int verdict(const struct options *options, unsigned int status)
{
	return options->zero ? 0 : (int)status;
}

/* Has another attempt a verdict?  -1: there is none yet. */
static int final_status(const struct options *options, int task)
{
	struct task_status status;
	const char *why = task_status_read(task, LAYOUT_STATUS, &status);

	if (!why && task_is_verdict(status.status) && status.ended)
		return verdict(options, status.status);
	if (why && !*why)
		return -1;
	log_say("%s/" LAYOUT_STATUS ": %s; move it away to have the task run",
		options->dir, why ? why : "is no verdict");
	return TASK_GIVE_UP;
}

/* Slurm counts restarts; a number is taken by one attempt in any case. */
static unsigned int next_number(unsigned int last)
{
	const char *restarts = getenv("SLURM_RESTART_COUNT");
	unsigned long n = restarts ? strtoul(restarts, NULL, 10) : 0;

	return n > last && n < LAYOUT_ATTEMPTS_MAX ? (unsigned int)n + 1 :
						     last + 1;
}

/* What is in the record: it must be whole, and tell of the end. */
struct found {
	unsigned int records, bad;
	char id[SIGNATURE_ID_MAX];
};

static void take_record(void *context, const struct record_line *line)
{
	struct found *found = context;

	if (!line->has_signature)
		return;
	found->records++;
	memcpy(found->id, line->id, sizeof(found->id));
}

static void take_bad(void *context, unsigned int number, const char *why)
{
	struct found *found = context;

	(void)number;
	(void)why;
	found->bad++;
}

static struct found read_record(const struct attempt *attempt)
{
	struct found found = { .id = "none" };
	const struct record_sink sink = { take_record, take_bad, &found };
	int fd = openat(attempt->work, LAYOUT_RECORD, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		if (record_file_read(fd, &sink))
			found.bad++;
		close(fd);
	}
	return found;
}

/* The last line of the log says why panicvm could not. */
static void last_words(const struct attempt *attempt, char *out, size_t size)
{
	char text[1024] = "";
	int fd = openat(attempt->work, LAYOUT_LOG, O_RDONLY | O_CLOEXEC);
	ssize_t len = 0;
	off_t end;
	char *line;

	if (fd >= 0) {
		end = lseek(fd, 0, SEEK_END);
		len = pread(fd, text, sizeof(text) - 1,
			    end < (off_t)sizeof(text) ? 0 :
			    end - (off_t)sizeof(text) + 1);
		close(fd);
	}
	text[len > 0 ? len - 1 : 0] = '\0';
	line = strrchr(text, '\n');
	label_clean(out, size, line ? line + 1 : text);
}

/* Why the attempt does not count, or "". */
static void judge(struct attempt *attempt, const struct found *found)
{
	struct task_status *s = &attempt->status;

	if (!task_is_verdict(s->status)) {
		last_words(attempt, s->error, sizeof(s->error));
		if (!*s->error)
			snprintf(s->error, sizeof(s->error),
				 "panicvm ended with status %u", s->status);
	} else if (found->bad) {
		snprintf(s->error, sizeof(s->error), "the record is torn");
	} else if (task_leaves_record(s->status) && !found->records) {
		snprintf(s->error, sizeof(s->error), "there is no record");
	}
}

/* The attempt's core, in its place or gone. */
static int settle_core(struct attempt *attempt, struct keep *keep,
		       const char *id)
{
	if (faccessat(attempt->dir, LAYOUT_CORE, F_OK, 0) < 0)
		return 0;
	snprintf(attempt->status.core, sizeof(attempt->status.core),
		 LAYOUT_ATTEMPT "%u/" LAYOUT_CORE, attempt->status.attempt);
	return keep->dir < 0 ? 0 : keep_core(keep, attempt, id);
}

/*
 * Does the attempt that counts have no core?  It may have come to keep_core() when
 * this one had taken the last name; then this one's stays.
 */
static bool needs_core(int task)
{
	struct task_status status;

	return !task_status_read(task, LAYOUT_STATUS, &status) && !*status.core;
}

/* Bring all of it home, then the status; what fails of that is in the status. */
static int finish(struct attempt *attempt, struct keep *keep,
		  const struct found *found, bool *counts)
{
	struct task_status *s = &attempt->status;
	bool is_good = !*s->error;
	int err, end;

	err = attempt_bring_home(attempt,
				 is_good && keep_wants(keep, found->id));
	if (!err && is_good)
		err = settle_core(attempt, keep, found->id);
	if (err && is_good)
		snprintf(s->error, sizeof(s->error), "%s", strerror(-err));
	end = attempt_end(attempt, counts);
	if (!*counts) {
		if (!needs_core(attempt->task))
			keep_undo(keep);
		unlinkat(attempt->dir, LAYOUT_CORE, 0);
	}
	attempt_clean_up(attempt);
	return err ? err : end;
}

/* 75 or 76, and why. */
static int fail(const struct options *options, unsigned int count,
		unsigned int status, const char *why)
{
	log_say("%s: %s", options->dir, why);
	if (status == STATUS_USAGE)
		return TASK_GIVE_UP;
	if (count < options->attempts)
		return TASK_AGAIN;
	log_say("%s: given up after %u attempts; more by --attempts",
		options->dir, count);
	return TASK_GIVE_UP;
}

static int run_attempt(const struct options *options, struct attempt *attempt,
		       struct keep *keep, unsigned int count)
{
	const struct run run = {
		options->panicvm, options->rest, options->core
	};
	int status = run_panicvm(&run, attempt);
	struct found found;
	bool counts = false;
	int err;

	if (status < 0)
		return fail(options, count, STATUS_HOST, strerror(-status));
	attempt->status.status = (unsigned int)status;
	found = read_record(attempt);
	judge(attempt, &found);
	err = finish(attempt, keep, &found, &counts);
	if (err)
		return fail(options, count, STATUS_HOST, strerror(-err));
	if (*attempt->status.error)
		return fail(options, count, (unsigned int)status,
			    attempt->status.error);
	if (!counts)
		return final_status(options, attempt->task);
	return verdict(options, (unsigned int)status);
}

static const char *node_name(const struct options *options)
{
	static char name[256];

	if (options->node)
		return options->node;
	gethostname(name, sizeof(name) - 1);
	return name;
}

int main(int argc, char **argv)
{
	struct options options = { .attempts = 5, .panicvm = "panicvm" };
	static struct attempt attempt;
	unsigned int count, last;
	static struct keep keep;
	int task, status, err;

	if (fs_open_standard() < 0)
		return TASK_AGAIN;
	log_as("panicvm-task");
	log_open();
	parse(&options, argc, argv);
	task = attempt_open_task(options.dir);
	if (task < 0)
		log_die(TASK_AGAIN, "%s: cannot be made: %s", options.dir,
			strerror(-task));
	status = final_status(&options, task);
	if (status >= 0)
		return status;
	count = attempt_count(task, &last);
	if (count >= options.attempts)
		return fail(&options, count, STATUS_HOST, "is not begun again");
	open_cores(&keep, &options, task);
	err = attempt_begin(&attempt, task, options.dir, next_number(last),
			    node_name(&options), options.work);
	if (err)
		return fail(&options, count + 1, STATUS_HOST, strerror(-err));
	return run_attempt(&options, &attempt, &keep, count + 1);
}
