/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The record goes out: text for people to stderr, JSON to --report.  It must
 * be out before anything that can fail, so nothing here allocates, and a form
 * that cannot be written does not keep the other one back.
 */
#ifndef REPORT_H
#define REPORT_H

#include "base/buf.h"
#include "base/out.h"
#include "panic/record.h"

/*
 * The longest: 8 KiB of text of which each byte takes five characters in JSON,
 * 35 registers of at most 32 characters for each of eight vCPUs, a core's path
 * of 1 KiB of which each byte takes five, a command line of 2 KiB of which each
 * takes two, four reports of 700 characters, and names.
 */
#define REPORT_MAX	(80 * 1024)

struct report {
	struct out file;
	struct out *out;	/* that, or stdout; NULL: none */
	int hold;		/* the other end of a FIFO, or -1 */
	const char *path;
};

/*
 * @path: a file to append to, "-" for @std_out, or NULL.  Does not return when
 * it fails.
 */
void report_open(struct report *report, const char *path,
		 struct out *std_out);

/* At the end; says so if records stand in a FIFO that has no reader. */
void report_close(struct report *report);

/* The records of notices so far: their number, and when the last was. */
struct report_rate {
	unsigned int count;
	uint64_t last;
};

/*
 * A notice does nothing to the guest, which can give as many as it likes: at
 * most 10 a second get a record after the first 100.  @now: in ns.
 */
bool report_admits(struct report_rate *rate, uint64_t now);

/* Note in @record how many messages and records have been lost so far. */
void report_unwritten(const struct report *report, struct record *record);

/* @json: of REPORT_MAX bytes; holds the object afterwards, without a newline. */
void report_write(const struct report *report, const struct record *record,
		  struct buf *json);

/* A record that has changed since, and that people need not see again. */
void report_update(const struct report *report, const struct record *record,
		   struct buf *json);

/* The two forms; pure. */
void report_text(struct buf *buf, const struct record *record);
void report_json(struct buf *buf, const struct record *record);

#endif /* REPORT_H */
