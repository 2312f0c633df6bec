/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A core of the guest: an ELF64 vmcore of its RAM and its vCPUs, written by
 * threads of its own while the vCPUs are parked.  Everything that it needs,
 * but the threads' stacks, is in struct dump.
 *
 * States: none -> active (dump_start()) -> completed or failed -> active ...
 */
#ifndef DUMP_H
#define DUMP_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "mem.h"
#include "regs.h"

#define DUMP_MAX_VCPUS	8

enum dump_state {
	DUMP_NONE,
	DUMP_ACTIVE,
	DUMP_COMPLETED,
	DUMP_FAILED,
};

/*
 * Where to: @fd, or, if that is negative, the file @name in the directory @dir.
 *
 * A file: nothing ever stands under @name but a whole core; until then it is
 * called @name.partial-XXXXXXXX.  @dir is open for reading (not O_PATH), since
 * it is synced; @name is without a slash, and stays valid as @dir does.
 *
 * @fd: a regular file is cut off at its position and has holes behind it;
 * anything else is written to from begin to end, zeros too.  Stays open.
 */
struct dump_target {
	int dir;
	const char *name;
	int fd;
};

struct dump {
	int done;		/* eventfd: readable once dump_finish() won't wait */
	int stop;		/* eventfd: readable once it is cancelled */

	/* For query-dump; any thread. */
	atomic_uint state;	/* enum dump_state */
	atomic_uint_fast64_t completed;	/* bytes of guest RAM done with */
	atomic_uint_fast64_t total;	/* of these */

	/* The rest is valid in a completed or failed one, after dump_finish(). */
	uint64_t size;		/* of the core, holes included; failed: 0 */
	uint64_t written;	/* without the holes */
	char error[192];	/* failed: why and what to do; else empty */

	/* dump.c only, while active */
	struct dump_target target;
	const struct mem *mem;
	const struct regs *vcpus[DUMP_MAX_VCPUS];
	unsigned int nr_vcpus;
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
