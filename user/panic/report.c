// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "panic/report.h"

void report_open(struct report *report, const char *path)
{
	*report = (struct report){ .fd = -1, .path = path };
	if (!path)
		return;
	if (!strcmp(path, "-")) {
		report->fd = STDOUT_FILENO;
		return;
	}
	report->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
			  0666);
	if (report->fd < 0)
		log_die(STATUS_USAGE, "--report %s: cannot write to it: %s; name a file in a directory of yours",
			path, strerror(errno));
}

void record_time(const struct record *record, char out[RECORD_TIME_MAX])
{
	char seconds[24];
	struct tm tm;

	gmtime_r(&record->time.tv_sec, &tm);
	strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out, RECORD_TIME_MAX, "%s.%06uZ", seconds,
		 (unsigned int)(record->time.tv_nsec / 1000) % 1000000);
}

/* The line in one write: others may append to the same file. */
static void write_json(const struct report *report, struct buf *json)
{
	int err;

	buf_put(json, "\n");
	err = buf_write(json, report->fd);
	json->text[--json->len] = '\0';
	if (err)
		log_say("--report %s: the record is lost there: %s; text has it too",
			report->path, strerror(-err));
}

static void write_text(const struct record *record)
{
	static char text[REPORT_MAX];
	struct buf buf;

	buf_init(&buf, text, sizeof(text));
	report_text(&buf, record);
	/* With stderr gone there is nowhere left to say so. */
	buf_write(&buf, STDERR_FILENO);
}

/* A file first: unlike a pipe, it does not wait for a reader. */
void report_write(const struct report *report, const struct record *record,
		  struct buf *json)
{
	report_json(json, record);
	if (report->fd >= 0 && report->fd != STDOUT_FILENO)
		write_json(report, json);
	write_text(record);
	if (report->fd == STDOUT_FILENO)
		write_json(report, json);
}

void report_update(const struct report *report, const struct record *record,
		   struct buf *json)
{
	report_json(json, record);
	if (report->fd >= 0)
		write_json(report, json);
}
