/* SPDX-License-Identifier: GPL-2.0-only */
/* The work of a core, in its threads. */
#ifndef DUMP_WRITE_H
#define DUMP_WRITE_H

#include <stdatomic.h>
#include <stdint.h>

#include "core/core_head.h"
#include "core/dump_out.h"
#include "guest/mem.h"
#include "guest/regs.h"

/*
 * Two look for zeros in half the time that one takes; to write they take nine
 * tenths, since a file system lets one of them write to a file at a time.
 */
#define DUMP_MAX_WRITERS	4

struct dump_work {
	/* What to write, and to where. */
	const struct mem *mem;		/* to find the kernel in */
	struct mem part;		/* of it, what the core has */
	const struct regs *vcpus[MAX_VCPUS];
	unsigned int nr_vcpus;
	unsigned int nr_writers;
	struct dump_out out;
	int stop;		/* eventfd: readable once it is cancelled */

	/* How far it is; any thread may look. */
	atomic_uint_fast64_t completed;	/* bytes of guest RAM done with */
	uint64_t total;			/* of these */

	char error[192];	/* failed: why and what to do; else empty */

	/* The writers' own */
	struct core_head head;
	uint64_t needed;	/* bytes, if room is short */
	atomic_uint_fast64_t next;	/* RAM that no writer has taken yet */
	atomic_uint_fast64_t data;	/* bytes written */
	atomic_int err;			/* the first, or 0 */
};

/* All of it, to work->out: 0, or -errno with work->error said. */
int dump_write(struct dump_work *work);

/* Say in work->error what failed, why, and what would help; returns @err. */
int dump_fail(struct dump_work *work, const char *what, int err);

#endif /* DUMP_WRITE_H */
