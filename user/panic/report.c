// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/log.h"
#include "panic/report.h"

/* How long a record waits for its reader; the guest stands still. */
#define PATIENCE_MS	2000

/* A full disk or a kill -9 may have cut off the last line of an earlier run. */
static bool ends_within_line(int fd, const char *path)
{
	struct stat st;
	char last = '\n';
	int in;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !st.st_size)
		return false;
	in = open(path, O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return false;
	if (pread(in, &last, 1, st.st_size - 1) < 0)
		last = '\n';
	close(in);
	return last != '\n';
}

void report_open(struct report *report, const char *path,
		 struct out *std_out)
{
	int fd;

	*report = (struct report){ .path = path, .hold = -1 };
	if (!path)
		return;
	report->out = std_out;
	if (!strcmp(path, "-"))
		return;
	fd = fs_open_out(path, O_APPEND, &report->hold);
	if (fd < 0)
		log_die(STATUS_USAGE, "--report %s: cannot write to it: %s; name a file in a directory of yours",
			path, strerror(-fd));
	out_init(&report->file, fd);
	report->file.cut = ends_within_line(fd, path);
	report->out = &report->file;
}

void report_close(struct report *report)
{
	if (!fs_release_out(report->file.fd, &report->hold))
		log_say("--report %s: nobody has opened it to read: its records are lost",
			report->path);
}

/* Notices that get a record in any case, and ns between two later ones. */
#define NOTICES_FREE	100
#define NOTICES_APART	UINT64_C(100000000)

bool report_admits(struct report_rate *rate, uint64_t now)
{
	if (rate->count >= NOTICES_FREE && now - rate->last < NOTICES_APART)
		return false;
	rate->count++;
	rate->last = now;
	return true;
}

void report_unwritten(const struct report *report, struct record *record)
{
	record->unwritten.messages = log_out()->lost;
	record->unwritten.records = report->out ? report->out->lost : 0;
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

static const char *reason(int err)
{
	return err == -EAGAIN ? "nobody reads it" : strerror(-err);
}

/* The line in one write: others may append to the same file. */
static void write_json(const struct report *report, struct buf *json)
{
	int err;

	buf_put(json, "\n");
	err = out_line(report->out, json->text, json->len, PATIENCE_MS);
	json->text[--json->len] = '\0';
	if (err)
		log_say("--report %s: the record is lost there: %s; text has it too",
			report->path, reason(err));
}

static void write_text(const struct record *record)
{
	static char text[REPORT_MAX];
	struct buf buf;

	buf_init(&buf, text, sizeof(text));
	report_text(&buf, record);
	out_line(log_out(), buf.text, buf.len, PATIENCE_MS);
}

/* A file first: text may have to wait for a reader. */
void report_write(const struct report *report, const struct record *record,
		  struct buf *json)
{
	bool file = report->out == &report->file;

	report_json(json, record);
	if (file)
		write_json(report, json);
	write_text(record);
	if (report->out && !file)
		write_json(report, json);
}

void report_update(const struct report *report, const struct record *record,
		   struct buf *json)
{
	report_json(json, record);
	if (report->out)
		write_json(report, json);
}
