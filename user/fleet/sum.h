/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What many boots came to.  fleet/tree.c puts in what it finds, and fleet/show_*.c
 * show it.  Every task is in exactly one of ends[], lost and unread; whatever
 * could not be read is counted and was said, so that a sum with a gap is never
 * taken for a whole one.
 */
#ifndef SUM_H
#define SUM_H

#include <stdbool.h>
#include <stdint.h>

#include "fleet/names.h"
#include "fleet/record_read.h"
#include "fleet/task_status.h"

struct sum_signature {
	uint32_t version;
	uint64_t count;
	uint64_t first, last;		/* microseconds since 1970 */
	struct name_set kernels, nodes;
	char id[SIGNATURE_ID_MAX];
	char *title;
	char *example;			/* the file of a record */
	char *core;			/* NULL: there is none */
};

/* Records with the same labels, none of which is text of a guest's. */
struct sum_kind {
	const char *model, *reason;
	uint32_t bugcheck;
	uint64_t count;
};

struct sum_point {
	uint64_t time;
	uint32_t signature;
};

struct sum {
	struct names kernels, nodes;
	struct names keys;		/* a signature each, in their order */
	struct sum_signature *signatures;
	struct sum_kind *kinds;
	uint32_t nr_kinds;
	struct sum_point *points;	/* one for each record that counts */
	uint64_t records;		/* so many */
	uint64_t notices;		/* records of no panic or end */
	uint64_t newer;			/* records that a newer panicvm named */

	uint64_t tasks;
	uint64_t expected;		/* or 0 */
	uint64_t ends[256];		/* by exit status */
	uint64_t attempts;
	char **lost;			/* tasks that have no status */
	uint32_t nr_lost;
	uint64_t unread_tasks;
	uint64_t unread;		/* files and lines */
	uint64_t said;			/* of what was not read */
};

/* Where a record is from, for its signature. */
struct sum_source {
	const char *file;
	const char *node;		/* or "" */
	const char *core;		/* or "" */
};

void sum_add_record(struct sum *sum, const struct record_line *line,
		    const struct sum_source *source);

void sum_add_lost(struct sum *sum, const char *name);

/* A sentence about what could not be read; of many, only the first are said. */
__attribute__((format(printf, 2, 3)))
void sum_say(struct sum *sum, const char *format, ...);

/* When all is in: names get an order that is the same whenever files are. */
void sum_sort(struct sum *sum);

/* In the order to show: numbers of signatures, the most frequent one first. */
uint32_t *sum_order(const struct sum *sum);

/* Is every task that there should be in it, with all that it left? */
bool sum_is_whole(const struct sum *sum);

/* "panic", "power-off", "exit-3": of a status that is a verdict. */
const char *sum_end_name(unsigned int status);

#endif /* SUM_H */
