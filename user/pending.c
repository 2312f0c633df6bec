// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is called already and comes with the next commits: whoever adds one of
 * these for real removes it here.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "dump.h"

static const char missing[] = "is not available in this version";

int dump_init(struct dump *dump)
{
	dump->done = eventfd(0, EFD_CLOEXEC);
	return dump->done < 0 ? -errno : 0;
}

void dump_close(struct dump *dump)
{
	close(dump->done);
}

int dump_start(struct dump *dump, const struct dump_target *target,
	       const struct mem *mem, const struct regs *const *vcpus,
	       unsigned int nr)
{
	(void)target;
	(void)mem;
	(void)vcpus;
	(void)nr;
	dump->state = DUMP_FAILED;
	snprintf(dump->error, sizeof(dump->error), "%s", missing);
	return -ENOSYS;
}

void dump_cancel(struct dump *dump)
{
	(void)dump;
}

enum dump_state dump_finish(struct dump *dump)
{
	return (enum dump_state)dump->state;
}

const char *dump_state_name(enum dump_state state)
{
	static const char *const names[] = {
		[DUMP_NONE] = "none",
		[DUMP_ACTIVE] = "active",
		[DUMP_COMPLETED] = "completed",
		[DUMP_FAILED] = "failed",
	};

	return names[state];
}
