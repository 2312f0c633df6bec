// SPDX-License-Identifier: GPL-2.0-only
/*
 * stop [--rounds N] [VCPUS]...: how long it takes to stop a VM that panics, and
 * how far its other vCPUs get.
 *
 * One vCPU reports, the others count in memory.  They are stopped by the
 * device, which freezes them before KVM_RUN returns the report; and by a VMM
 * that gets KVM_EXIT_IO and signals the threads of its vCPUs, as all VMMs do.
 * They run on CPUs other than the reporter's, if there are any.  A frozen vCPU
 * waits in KVM_RUN; its thread is signalled too, when the time has been taken.
 *
 * Prints "NAME/HOW/VCPUS VALUE" in each round; times are of the TSC, from the
 * instruction before the guest's write:
 *
 *   returned   until KVM_RUN has returned the report
 *   stopped    until no vCPU is in guest mode, and the VMM knows
 *   after-write, after-return
 *              what the others executed since the write, and since it returned
 */
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"

#define INSNS_PER_COUNT	2	/* see bench_count */

struct crew {
	struct vm vm;
	pthread_t thread[VCPUS_MAX];
	pthread_barrier_t start;
	sem_t out;
	bool freezes;
	atomic_bool ends;
};

struct member {
	struct crew *crew;
	const struct vcpu *vcpu;
};

/* The reporter has a CPU for itself, so that others do run when it reports. */
static void pin(pthread_t thread, unsigned int vcpu)
{
	unsigned int others = sysconf(_SC_NPROCESSORS_ONLN) - 1;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(vcpu && others ? 1 + (vcpu - 1) % others : 0, &set);
	if (pthread_setaffinity_np(thread, sizeof(set), &set))
		fail("a thread cannot be pinned to a CPU");
}

static void on_signal(int sig)
{
	(void)sig;
}

static void *count(void *arg)
{
	const struct member *m = arg;

	for (;;) {
		pthread_barrier_wait(&m->crew->start);
		if (m->crew->ends)
			return NULL;
		vcpu_run(m->vcpu);
		sem_post(&m->crew->out);
	}
}

static void wait_for_all(struct crew *c)
{
	unsigned int i;

	for (i = 1; i < c->vm.nr_vcpus; i++)
		while (sem_wait(&c->out))
			;
}

static void start_all(struct crew *c)
{
	unsigned int i;

	for (i = 1; i < c->vm.nr_vcpus; i++)
		c->vm.vcpu[i].run->immediate_exit = 0;
	pthread_barrier_wait(&c->start);
}

/* immediate_exit stops a vCPU that is about to enter, the signal one that has. */
static void signal_all(struct crew *c)
{
	unsigned int i;

	for (i = 1; i < c->vm.nr_vcpus; i++) {
		c->vm.vcpu[i].run->immediate_exit = 1;
		pthread_kill(c->thread[i], SIGUSR1);
	}
}

static uint64_t counted(const struct vm *vm, uint32_t where)
{
	const uint32_t *counters = (const void *)(vm->memory + where);
	uint64_t sum = 0;
	unsigned int i;

	for (i = 1; i < vm->nr_vcpus; i++)
		sum += __atomic_load_n(&counters[i], __ATOMIC_RELAXED);
	return sum;
}

static void print(const struct crew *c, const char *name, uint64_t value)
{
	printf("%s/%s/%u %llu\n", name, c->freezes ? "device" : "signals",
	       c->vm.nr_vcpus, (unsigned long long)value);
}

static void stop_once(struct crew *c)
{
	uint64_t stamp, returned, stopped, at_return, at_end;
	const struct vcpu *reporter = &c->vm.vcpu[0];

	start_all(c);
	vcpu_run(reporter);
	returned = now();
	at_return = counted(&c->vm, COUNTERS);
	if (reporter->run->exit_reason != (c->freezes ? KVM_EXIT_SYSTEM_EVENT :
							KVM_EXIT_IO))
		fail("got exit %u", reporter->run->exit_reason);
	signal_all(c);
	wait_for_all(c);
	stopped = c->freezes ? returned : now();
	at_end = counted(&c->vm, COUNTERS);

	memcpy(&stamp, c->vm.memory + STAMP, sizeof(stamp));
	print(c, "returned", returned - stamp);
	print(c, "stopped", stopped - stamp);
	print(c, "after-write", INSNS_PER_COUNT *
	      (at_end - counted(&c->vm, COUNTED)));
	print(c, "after-return", INSNS_PER_COUNT * (at_end - at_return));
}

static void start_vcpus(struct crew *c)
{
	unsigned int i;

	vcpu_start(&c->vm.vcpu[0], bench_report_counts,
		   (struct kvm_regs){ .rbx = STAMP, .rdi = PVPANIC_PORT,
				      .rbp = PANICKED, .rsi = c->vm.nr_vcpus });
	for (i = 1; i < c->vm.nr_vcpus; i++)
		vcpu_start(&c->vm.vcpu[i], bench_count,
			   (struct kvm_regs){ .rbx = COUNTERS + 4 * i });
}

static void start_threads(struct crew *c, struct member *members)
{
	unsigned int i;

	pthread_barrier_init(&c->start, NULL, c->vm.nr_vcpus);
	sem_init(&c->out, 0, 0);
	for (i = 1; i < c->vm.nr_vcpus; i++) {
		members[i] = (struct member){ c, &c->vm.vcpu[i] };
		pthread_create(&c->thread[i], NULL, count, &members[i]);
		pin(c->thread[i], i);
	}
}

static void end_threads(struct crew *c)
{
	unsigned int i;

	c->ends = true;
	pthread_barrier_wait(&c->start);
	for (i = 1; i < c->vm.nr_vcpus; i++)
		pthread_join(c->thread[i], NULL);
	pthread_barrier_destroy(&c->start);
	sem_destroy(&c->out);
}

static void measure(bool freezes, unsigned int nr_vcpus, int rounds)
{
	struct member members[VCPUS_MAX];
	struct crew c = { .freezes = freezes };
	int i;

	vm_create(&c.vm, nr_vcpus);
	if (freezes) {
		if (!vm_create_device(&c.vm))
			fail("this host's KVM has no guest-panic device");
		vm_enable(&c.vm, KVM_GUEST_PANIC_ISA, PVPANIC_PORT, PANICKED);
		vm_freeze(&c.vm, true);
	}
	start_vcpus(&c);
	start_threads(&c, members);
	for (i = 0; i < rounds; i++) {
		stop_once(&c);
		if (freezes)
			vm_resume(&c.vm, &c.vm.vcpu[0]);
	}
	end_threads(&c);
	vm_destroy(&c.vm);
}

int main(int argc, char **argv)
{
	int rounds = 1, i = 1;

	if (argc > 2 && !strcmp(argv[1], "--rounds")) {
		rounds = atoi(argv[2]);
		i = 3;
	}
	/* Its reader must not take the CPU in the middle of a measurement. */
	setvbuf(stdout, NULL, _IOFBF, 1 << 20);
	signal(SIGUSR1, on_signal);
	pin(pthread_self(), 0);
	for (; i < argc; i++) {
		int nr_vcpus = atoi(argv[i]);

		if (nr_vcpus < 1 || nr_vcpus > VCPUS_MAX)
			fail("'%s' is no number of vCPUs, 1 to %d", argv[i],
			     VCPUS_MAX);
		measure(true, nr_vcpus, rounds);
		measure(false, nr_vcpus, rounds);
	}
	return 0;
}
