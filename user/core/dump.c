// SPDX-License-Identifier: GPL-2.0-only
/* The life of a core; dump_write.c writes it. */
#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/event_loop.h"
#include "base/states.h"
#include "core/dump.h"

const char *dump_state_name(enum dump_state state)
{
	static const char *const names[] = {
		[DUMP_NONE] = "none",
		[DUMP_ACTIVE] = "active",
		[DUMP_ENDED] = "active",
		[DUMP_COMPLETED] = "completed",
		[DUMP_FAILED] = "failed",
	};

	return names[state];
}

/* As the table in dump.h says. */
static void set_state(struct dump *dump, enum dump_state state)
{
	static const unsigned int next[DUMP_NR] = {
		[DUMP_NONE] = STATE(DUMP_ACTIVE),
		[DUMP_ACTIVE] = STATE(DUMP_ENDED) | STATE(DUMP_FAILED),
		[DUMP_ENDED] = STATE(DUMP_COMPLETED) | STATE(DUMP_FAILED),
		[DUMP_COMPLETED] = STATE(DUMP_ACTIVE),
		[DUMP_FAILED] = STATE(DUMP_ACTIVE),
	};

	assert(state_may_follow(next, dump->state, state));
	dump->state = state;
}

int dump_init(struct dump *dump)
{
	struct dump_work *work = &dump->work;
	cpu_set_t cpus;

	*dump = (struct dump){ .work.stop = -1, .work.nr_writers = 1 };
	dump->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (dump->done >= 0)
		work->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (work->stop < 0) {
		int err = -errno;

		dump_close(dump);
		return err;
	}
	if (!sched_getaffinity(0, sizeof(cpus), &cpus))
		work->nr_writers = (unsigned int)CPU_COUNT(&cpus);
	if (work->nr_writers > DUMP_MAX_WRITERS)
		work->nr_writers = DUMP_MAX_WRITERS;
	return 0;
}

void dump_close(struct dump *dump)
{
	if (dump->done >= 0)
		close(dump->done);
	if (dump->work.stop >= 0)
		close(dump->work.stop);
}

void dump_cancel(struct dump *dump)
{
	event_signal(dump->work.stop);
}

static void *lead_thread(void *arg)
{
	struct dump *dump = arg;
	struct dump_work *work = &dump->work;

	if (dump_write(work)) {
		dump_out_abandon(&work->out);
	} else {
		dump->size = work->head.len + work->total;
		dump->written = work->head.len + work->data;
	}
	event_signal(dump->done);
	return NULL;
}

static void prepare(struct dump *dump, const struct mem *mem,
		    const struct mem *part, const struct regs *const *vcpus,
		    unsigned int nr)
{
	struct dump_work *work = &dump->work;

	dump->size = 0;
	dump->written = 0;
	work->mem = mem;
	work->part = part ? *part : *mem;
	work->nr_vcpus = nr;
	memcpy(work->vcpus, vcpus, nr * sizeof(vcpus[0]));
	work->total = mem_size(&work->part);
	work->completed = 0;
	work->next = 0;
	work->data = 0;
	work->err = 0;
	work->error[0] = '\0';
	event_reset(work->stop);
	set_state(dump, DUMP_ACTIVE);
}

/*
 * Signals are the main thread's; and a reader that goes is no reason to die.
 * But SIGSYS is the sandbox's way to say what a thread must not do.
 */
static int start_lead(struct dump *dump)
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	sigdelset(&all, SIGSYS);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = -pthread_create(&dump->thread, NULL, lead_thread, dump);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return err;
}

int dump_start(struct dump *dump, const struct dump_target *target,
	       const struct mem *mem, const struct mem *part,
	       const struct regs *const *vcpus, unsigned int nr)
{
	struct dump_work *work = &dump->work;
	int err;

	prepare(dump, mem, part, vcpus, nr);
	err = dump_out_open(&work->out, target, work->stop);
	if (err) {
		set_state(dump, DUMP_FAILED);
		return dump_fail(work, "cannot create it", err);
	}
	err = start_lead(dump);
	if (err) {
		dump_out_abandon(&work->out);
		set_state(dump, DUMP_FAILED);
		return dump_fail(work, "cannot start its thread", err);
	}
	return 0;
}

void dump_end(struct dump *dump)
{
	event_reset(dump->done);
	set_state(dump, DUMP_ENDED);
}

enum dump_state dump_finish(struct dump *dump)
{
	pthread_join(dump->thread, NULL);
	if (dump->state == DUMP_ACTIVE)
		dump_end(dump);
	set_state(dump, dump->size ? DUMP_COMPLETED : DUMP_FAILED);
	return dump->state;
}
