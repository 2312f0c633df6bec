// SPDX-License-Identifier: GPL-2.0-only
/* The life of a core; dump_write.c writes it. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/dump.h"
#include "core/dump_write.h"

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

int dump_init(struct dump *dump)
{
	cpu_set_t cpus;

	*dump = (struct dump){ .stop = -1, .nr_writers = 1 };
	dump->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (dump->done >= 0)
		dump->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (dump->stop < 0) {
		int err = -errno;

		dump_close(dump);
		return err;
	}
	if (!sched_getaffinity(0, sizeof(cpus), &cpus))
		dump->nr_writers = (unsigned int)CPU_COUNT(&cpus);
	if (dump->nr_writers > DUMP_MAX_WRITERS)
		dump->nr_writers = DUMP_MAX_WRITERS;
	return 0;
}

void dump_close(struct dump *dump)
{
	if (dump->done >= 0)
		close(dump->done);
	if (dump->stop >= 0)
		close(dump->stop);
}

static void signal_event(int fd)
{
	const uint64_t one = 1;

	/* It fails only when it has been signalled 2^64 times already. */
	if (write(fd, &one, sizeof(one)) < 0)
		return;
}

static void reset_event(int fd)
{
	uint64_t count;

	/* It fails when there is nothing to reset. */
	if (read(fd, &count, sizeof(count)) < 0)
		return;
}

void dump_cancel(struct dump *dump)
{
	signal_event(dump->stop);
}

static void *lead_thread(void *arg)
{
	struct dump *dump = arg;

	if (dump_write(dump)) {
		dump_out_abandon(&dump->out);
		dump->outcome = DUMP_FAILED;
	} else {
		dump->size = dump->head.len + dump->total;
		dump->written = dump->head.len + dump->data;
		dump->outcome = DUMP_COMPLETED;
	}
	signal_event(dump->done);
	return NULL;
}

static void prepare(struct dump *dump, const struct mem *mem,
		    const struct regs *const *vcpus, unsigned int nr)
{
	unsigned int i;

	dump->mem = mem;
	dump->nr_vcpus = nr;
	memcpy(dump->vcpus, vcpus, nr * sizeof(vcpus[0]));
	dump->total = 0;
	for (i = 0; i < mem->nr; i++)
		dump->total += mem->region[i].size;
	dump->completed = 0;
	dump->next = 0;
	dump->data = 0;
	dump->err = 0;
	dump->size = 0;
	dump->written = 0;
	dump->error[0] = '\0';
	reset_event(dump->stop);
	dump->state = DUMP_ACTIVE;
}

/* Signals are the main thread's; and a reader that goes is no reason to die. */
static int start_lead(struct dump *dump)
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = -pthread_create(&dump->thread, NULL, lead_thread, dump);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return err;
}

int dump_start(struct dump *dump, const struct dump_target *target,
	       const struct mem *mem, const struct regs *const *vcpus,
	       unsigned int nr)
{
	int err;

	prepare(dump, mem, vcpus, nr);
	err = dump_out_open(&dump->out, target, dump->stop);
	if (err) {
		dump->state = DUMP_FAILED;
		return dump_fail(dump, "cannot create it", err);
	}
	err = start_lead(dump);
	if (err) {
		dump_out_abandon(&dump->out);
		dump->state = DUMP_FAILED;
		return dump_fail(dump, "cannot start its thread", err);
	}
	return 0;
}

enum dump_state dump_finish(struct dump *dump)
{
	pthread_join(dump->thread, NULL);
	reset_event(dump->done);
	dump->state = dump->outcome;
	return dump->state;
}
