/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A core of the guest: an ELF64 vmcore of its RAM and its vCPUs, written by
 * threads of its own while the vCPUs are parked.  Pages of zeros become holes,
 * where that can be.  Everything that it needs, but the threads' stacks, is in
 * struct dump.
 *
 * States: none -> active (dump_start()) -> completed or failed (dump_finish())
 * -> active ...  All calls but dump_cancel() are one thread's.
 */
#ifndef DUMP_H
#define DUMP_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/core_head.h"
#include "core/dump_out.h"
#include "guest/mem.h"
#include "guest/regs.h"

enum dump_state {
	DUMP_NONE,
	DUMP_ACTIVE,
	DUMP_COMPLETED,
	DUMP_FAILED,
};

#define DUMP_MAX_VCPUS	CORE_HEAD_MAX_VCPUS

struct dump {
	int done;		/* eventfd: readable once dump_finish() won't wait */
	int stop;		/* eventfd: readable once it is cancelled */

	/* For query-dump. */
	enum dump_state state;
	atomic_uint_fast64_t completed;	/* bytes of guest RAM done with */
	uint64_t total;			/* of these */

	/* The rest is valid in a completed or failed one, after dump_finish(). */
	uint64_t size;		/* of the core, holes included; failed: 0 */
	uint64_t written;	/* bytes of it that are no holes; failed: 0 */
	char error[192];	/* failed: why and what to do; else empty */

	/* dump*.c only, while active */
	enum dump_state outcome;	/* of the thread that leads */
	struct dump_out out;
	const struct mem *mem;
	const struct regs *vcpus[CORE_HEAD_MAX_VCPUS];
	unsigned int nr_vcpus;
	unsigned int nr_writers;
	struct core_head head;
	uint64_t needed;	/* bytes, if room is short */
	atomic_uint_fast64_t next;	/* RAM that no writer has taken yet */
	atomic_uint_fast64_t data;	/* bytes written */
	atomic_int err;			/* the first, or 0 */
	pthread_t thread;
};

/* Once, before the guest runs: 0 or -errno. */
int dump_init(struct dump *dump);
void dump_close(struct dump *dump);

/*
 * Begin; what is passed, but not the array of pointers, stays as it is until
 * dump_finish().  0, or -errno: then the state is failed, with ->error said,
 * and there is nothing to finish.
 */
int dump_start(struct dump *dump, const struct dump_target *target,
	       const struct mem *mem, const struct regs *const *vcpus,
	       unsigned int nr);

/* Any thread: give up soon; dump_finish() is still due. */
void dump_cancel(struct dump *dump);

/* Wait for the end, and put ->done back: completed or failed. */
enum dump_state dump_finish(struct dump *dump);

/* As QMP calls it: none, active, completed, failed. */
const char *dump_state_name(enum dump_state state);

#endif /* DUMP_H */
