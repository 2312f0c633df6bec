/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Room core/: vmcores.  In: the guest's RAM and registers, which stand still
 * until the core is done, and a place to write to.  Out: a file that is whole or
 * is not there.  Nothing here may stop the main thread.  core_file.c reads such
 * a file, which may be forged.
 *
 * A core of the guest: an ELF64 vmcore of its RAM and its vCPUs, written by
 * threads of its own while the vCPUs are parked.  Pages of zeros become holes,
 * where that can be.  Everything that it needs, but the threads' stacks, is in
 * struct dump.
 *
 *	state      is                              next, by
 *	none       there was none yet              active, by dump_start()
 *	active     threads write it                ended, by dump_end();
 *	                                           failed, if it cannot begin
 *	ended      the threads need no more time   completed, failed, by
 *	                                           dump_finish()
 *	completed  whole, under its name           active
 *	failed     nothing of it is left           active
 *
 * All calls but dump_cancel() are one thread's.
 */
#ifndef DUMP_H
#define DUMP_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/dump_write.h"

enum dump_state {
	DUMP_NONE,
	DUMP_ACTIVE,
	DUMP_ENDED,
	DUMP_COMPLETED,
	DUMP_FAILED,
	DUMP_NR,
};

struct dump {
	int done;		/* eventfd: readable once dump_finish() won't wait */
	enum dump_state state;

	/* Valid in a completed or failed one. */
	uint64_t size;		/* of the core, holes included; failed: 0 */
	uint64_t written;	/* bytes of it that are no holes; failed: 0 */

	struct dump_work work;	/* of the threads, while it is active */
	pthread_t thread;	/* that leads */
};

/* Once, before the guest runs: 0 or -errno. */
int dump_init(struct dump *dump);
void dump_close(struct dump *dump);

/*
 * Begin; what is passed, but not the array of pointers and @part, stays as it is
 * until dump_finish().  @part: of mem_part(), if the core is to have no more of
 * @mem; or NULL.  0, or -errno: then the state is failed, with ->work.error said,
 * and there is nothing to finish.
 */
int dump_start(struct dump *dump, const struct dump_target *target,
	       const struct mem *mem, const struct mem *part,
	       const struct regs *const *vcpus, unsigned int nr);

/* Any thread: give up soon; dump_finish() is still due. */
void dump_cancel(struct dump *dump);

/* ->done is readable: active becomes ended. */
void dump_end(struct dump *dump);

/* Of one that has ended, or was cancelled: completed or failed. */
enum dump_state dump_finish(struct dump *dump);

/* Is there something to finish? */
static inline bool dump_is_busy(const struct dump *dump)
{
	return dump->state == DUMP_ACTIVE || dump->state == DUMP_ENDED;
}

/* As QMP calls it: none, active, completed, failed. */
const char *dump_state_name(enum dump_state state);

#endif /* DUMP_H */
