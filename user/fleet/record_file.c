// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fleet/record_file.h"

/* VMs that write to one file, and of which a record may still change. */
#define OPEN_MAX_RECORDS	16

struct reader {
	const struct record_sink *sink;
	unsigned int number;
	struct record_line open[OPEN_MAX_RECORDS];	/* the oldest first */
	unsigned int nr_open;
};

static bool replaces(const struct record_line *new,
		     const struct record_line *old)
{
	if (new->vm != old->vm || new->restarts != old->restarts)
		return false;
	if (new->ends_dump && old->waits)
		return true;
	return new->time == old->time && new->seq == old->seq;
}

static void close_oldest(struct reader *r)
{
	r->sink->record(r->sink->context, &r->open[0]);
	r->nr_open--;
	memmove(&r->open[0], &r->open[1], r->nr_open * sizeof(r->open[0]));
}

static void take(struct reader *r, const struct record_line *line)
{
	unsigned int i;

	/* The newest first: of a VM that has panicked before, it is that. */
	for (i = r->nr_open; i--; ) {
		if (replaces(line, &r->open[i])) {
			r->open[i] = *line;
			return;
		}
	}
	if (r->nr_open == OPEN_MAX_RECORDS)
		close_oldest(r);
	r->open[r->nr_open++] = *line;
}

static void read_line(struct reader *r, const char *text, size_t len)
{
	static struct json_text json;
	struct record_line line;
	const char *why;

	r->number++;
	/* panicvm ends with a newline what was cut off before. */
	if (!len)
		return;
	why = record_read(&line, &json, text, len);
	if (why)
		r->sink->bad(r->sink->context, r->number, why);
	else
		take(r, &line);
}

/* All whole lines of @buf; returns how much is left in it. */
static size_t read_lines(struct reader *r, char *buf, size_t len)
{
	char *at = buf, *newline;

	while ((newline = memchr(at, '\n', len))) {
		read_line(r, at, (size_t)(newline - at));
		len -= (size_t)(newline + 1 - at);
		at = newline + 1;
	}
	memmove(buf, at, len);
	return len;
}

/* One that does not end: skipped up to its newline, or the end of the file. */
static void skip_if_too_long(struct reader *r, size_t *len, bool *skips)
{
	if (*len < RECORD_READ_MAX)
		return;
	r->sink->bad(r->sink->context, r->number + 1,
		     "is longer than any record");
	*skips = true;
	*len = 0;
}

/* What follows the line that is skipped. */
static size_t end_skipped(struct reader *r, char *buf, size_t len, bool *skips)
{
	char *newline = memchr(buf, '\n', len);

	if (!newline)
		return 0;
	*skips = false;
	r->number++;
	len -= (size_t)(newline + 1 - buf);
	memmove(buf, newline + 1, len);
	return len;
}

int record_file_read(int fd, const struct record_sink *sink)
{
	static char buf[RECORD_READ_MAX];
	static struct reader r;
	bool skips = false;
	size_t len = 0;
	ssize_t n;
	int err;

	r.sink = sink;
	r.number = 0;
	r.nr_open = 0;
	while ((n = read(fd, buf + len, sizeof(buf) - len))) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		len += (size_t)n;
		if (skips)
			len = end_skipped(&r, buf, len, &skips);
		if (!skips)
			len = read_lines(&r, buf, len);
		skip_if_too_long(&r, &len, &skips);
	}
	err = n < 0 ? -errno : 0;
	if (len)
		sink->bad(sink->context, r.number + 1,
			  "is torn: it does not end");
	while (r.nr_open)
		close_oldest(&r);
	return err;
}
