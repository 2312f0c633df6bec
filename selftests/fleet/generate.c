// SPDX-License-Identifier: GPL-2.0-only
/*
 * generate RECORDS DIRECTORY TASKS BUGS: make so many tasks, as panicvm-task
 * leaves them, whose records are those of the file RECORDS in turn, with other
 * times and with the signatures of so many bugs.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define RECORDS_MAX	64

/* What each record is cut into, with what changes between the parts. */
struct record {
	char *to_time, *to_title, *title, *to_id, *rest;
};

static struct record records[RECORDS_MAX];
static unsigned int nr_records;

/* Cut @*at behind @mark; what is from there on follows. */
static char *cut_behind(char **at, const char *mark)
{
	char *start = *at, *end = strstr(start, mark);

	if (!end)
		errx(1, "a record without %s", mark);
	end += strlen(mark);
	start = strndup(start, (size_t)(end - start));
	*at = end;
	return start;
}

static void cut(char *line)
{
	struct record *r = &records[nr_records++];
	char *end;

	r->to_time = cut_behind(&line, "\"time\":\"");
	line += strcspn(line, "\"");
	r->to_title = cut_behind(&line, "\"title\":\"");
	end = strstr(line, "\",\"id\":\"");
	if (!end)
		errx(1, "a signature without an id");
	r->title = strndup(line, (size_t)(end - line));
	line = end;
	r->to_id = cut_behind(&line, "\"id\":\"");
	r->rest = strdup(line + strcspn(line, "\""));
}

static void read_records(const char *path)
{
	FILE *in = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;

	if (!in)
		err(1, "%s", path);
	while (nr_records < RECORDS_MAX && getline(&line, &size, in) > 0)
		cut(line);
	if (!nr_records)
		errx(1, "%s: has no records", path);
}

static FILE *create(int dir, const char *name)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL, 0666);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");

	if (!out)
		err(1, "%s", name);
	return out;
}

static void finish(FILE *out)
{
	if (fclose(out))
		err(1, "cannot write");
}

/* Some of them, all the time, in the course of a day. */
static void write_record(FILE *out, unsigned long task, unsigned long bug)
{
	const struct record *r = &records[bug % nr_records];
	time_t when = 1795780800 + (time_t)(task % 86400);
	char time[32];

	strftime(time, sizeof(time), "%Y-%m-%dT%H:%M:%S", gmtime(&when));
	fprintf(out, "%s%s.%06luZ%s%s", r->to_time, time, task % 1000000,
		r->to_title, r->title);
	fprintf(out, "%s%016llx%s", r->to_id,
		(bug + 1) * 0x9e3779b97f4a7c15ULL, r->rest);
}

static void write_status(FILE *out, unsigned long task)
{
	fprintf(out, "{\"version\":1,\"attempt\":1,\"node\":\"node%lu\",\"began\":\"2026-11-27T12:00:00.000000Z\",\"ended\":\"2026-11-27T12:00:01.000000Z\",\"status\":3,\"error\":null,\"core\":null,\"panicvm\":\"0.1\"}\n",
		task % 20);
}

static void make_task(int dir, unsigned long task, unsigned long bug)
{
	char name[64];
	FILE *out;

	snprintf(name, sizeof(name), "task-%06lu", task);
	if (mkdirat(dir, name, 0777))
		err(1, "%s", name);
	snprintf(name, sizeof(name), "task-%06lu/attempt-1", task);
	if (mkdirat(dir, name, 0777))
		err(1, "%s", name);
	snprintf(name, sizeof(name), "task-%06lu/attempt-1/record", task);
	out = create(dir, name);
	write_record(out, task, bug);
	finish(out);
	snprintf(name, sizeof(name), "task-%06lu/status", task);
	out = create(dir, name);
	write_status(out, task);
	finish(out);
}

int main(int argc, char **argv)
{
	unsigned long tasks, bugs, task;
	int dir;

	if (argc != 5)
		errx(2, "usage: generate RECORDS DIRECTORY TASKS BUGS");
	read_records(argv[1]);
	if (mkdir(argv[2], 0777))
		err(1, "%s", argv[2]);
	dir = open(argv[2], O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		err(1, "%s", argv[2]);
	tasks = strtoul(argv[3], NULL, 10);
	bugs = strtoul(argv[4], NULL, 10);
	for (task = 0; bugs && task < tasks; task++)
		make_task(dir, task, task % bugs);
	return 0;
}
