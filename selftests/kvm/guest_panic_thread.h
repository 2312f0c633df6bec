/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vCPUs that run in threads of their own, for the tests of the guest-panic
 * device: to see that a KVM_RUN waits, and that it goes on by itself.
 */
#ifndef SELFTEST_KVM_GUEST_PANIC_THREAD_H
#define SELFTEST_KVM_GUEST_PANIC_THREAD_H

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>

#include "guest_panic.h"

/* What polls a condition does so this often; the harness ends the wait. */
#define POLL_US		1000
/* A thread that has slept through so many polls has nothing left to do. */
#define POLLS_ASLEEP	8

struct runner {
	struct kvm_vcpu *vcpu;
	pthread_t thread;
	pid_t tid;
	int error;		/* of KVM_RUN: 0, or errno */
	bool has_returned;
};

static inline pthread_t start_thread(void *(*function)(void *), void *arg)
{
	pthread_t thread;
	int r = pthread_create(&thread, NULL, function, arg);

	TEST_ASSERT(!r, "pthread_create() failed: %s", strerror(r));
	return thread;
}

static inline void finish_thread(pthread_t thread)
{
	TEST_ASSERT_EQ(pthread_join(thread, NULL), 0);
}

/*
 * One KVM_RUN.  A vCPU that leaves the state UNINITIALIZED does so with
 * EAGAIN, and is to be run again.
 */
static inline void *runner_thread(void *arg)
{
	struct runner *runner = arg;
	int r;

	WRITE_ONCE(runner->tid, gettid());
	do {
		r = __vcpu_run(runner->vcpu);
	} while (r && errno == EAGAIN);
	runner->error = r ? errno : 0;
	__atomic_store_n(&runner->has_returned, true, __ATOMIC_RELEASE);
	return NULL;
}

static inline void start_run(struct runner *runner, struct kvm_vcpu *vcpu)
{
	*runner = (struct runner) { .vcpu = vcpu };
	runner->thread = start_thread(runner_thread, runner);
}

/* Returns 0 if the thread does not sleep, else how often it has gone to. */
static inline unsigned long times_asleep(pid_t tid)
{
	static const char switches[] = "voluntary_ctxt_switches:";
	static const char asleep[] = "State:\tS";
	bool is_asleep = false;
	unsigned long times = 0;
	char path[64], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/status", tid);
	file = fopen(path, "r");
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file)) {
		if (!strncmp(line, asleep, strlen(asleep)))
			is_asleep = true;
		if (!strncmp(line, switches, strlen(switches)))
			times = strtoul(line + strlen(switches), NULL, 10);
	}
	fclose(file);
	return is_asleep ? times : 0;
}

static inline bool has_returned(struct runner *runner)
{
	return __atomic_load_n(&runner->has_returned, __ATOMIC_ACQUIRE);
}

/* Neither returned nor in the guest: its KVM_RUN waits, and goes on doing so. */
static inline void verify_waiting(struct runner *runner)
{
	unsigned long before = 0, now;
	int polls = 0;

	while (polls < POLLS_ASLEEP) {
		TEST_ASSERT(!has_returned(runner),
			    "vCPU %u: wanted KVM_RUN to wait, got exit %s (%u), error %d",
			    runner->vcpu->id,
			    exit_reason_str(runner->vcpu->run->exit_reason),
			    runner->vcpu->run->exit_reason, runner->error);
		now = times_asleep(READ_ONCE(runner->tid));
		polls = now && now == before ? polls + 1 : 0;
		before = now;
		usleep(POLL_US);
	}
}

/* KVM_RUN returns by itself. */
static inline void finish_run(struct runner *runner)
{
	finish_thread(runner->thread);
	TEST_ASSERT(!runner->error, "vCPU %u: KVM_RUN failed: %s",
		    runner->vcpu->id, strerror(runner->error));
}

static inline void on_interrupt(int sig)
{
}

/* Until it has returned: a signal that comes before KVM_RUN is of no use. */
static inline void signal_run(struct runner *runner)
{
	signal(SIGUSR1, on_interrupt);
	while (!has_returned(runner)) {
		pthread_kill(runner->thread, SIGUSR1);
		usleep(POLL_US);
	}
	finish_thread(runner->thread);
}

static inline void interrupt_run(struct runner *runner)
{
	signal_run(runner);
	TEST_ASSERT(runner->error == EINTR,
		    "vCPU %u: wanted EINTR, got error %d, exit %s (%u)",
		    runner->vcpu->id, runner->error,
		    exit_reason_str(runner->vcpu->run->exit_reason),
		    runner->vcpu->run->exit_reason);
}

static inline void wait_until_moved(u64 *counter)
{
	u64 before = READ_ONCE(*counter);

	while (READ_ONCE(*counter) == before)
		sched_yield();
}

/* SIGUSR1 is blocked but in KVM_RUN, so that it can be pending before that. */
static inline void make_signal_pending(struct kvm_vcpu *vcpu)
{
	struct {
		struct kvm_signal_mask head;
		u8 none[8];
	} mask = { .head.len = 8 };
	sigset_t usr1;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	TEST_ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &usr1, NULL), 0);
	vcpu_ioctl(vcpu, KVM_SET_SIGNAL_MASK, &mask.head);
	pthread_kill(pthread_self(), SIGUSR1);
}

static inline void take_signal(struct kvm_vcpu *vcpu)
{
	sigset_t usr1;
	int sig;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	TEST_ASSERT_EQ(sigwait(&usr1, &sig), 0);
}

/* KVM looks for a new vCPU's APIC ID when the APIC is set first. */
static inline void publish_apic_id(struct kvm_vcpu *vcpu)
{
	struct kvm_lapic_state apic;

	vcpu_ioctl(vcpu, KVM_GET_LAPIC, &apic);
	vcpu_ioctl(vcpu, KVM_SET_LAPIC, &apic);
}

/* A message-signalled interrupt, which needs no vCPU's lock. */
#define MSI_NMI		0x400
#define MSI_INIT	0x500
#define MSI_SIPI	0x600

static inline void send_msi(struct kvm_vcpu *vcpu, u32 data)
{
	struct kvm_msi msi = {
		.address_lo = 0xfee00000 | vcpu->id << 12,
		.data = data,
	};

	TEST_ASSERT_EQ(__vm_ioctl(vcpu->vm, KVM_SIGNAL_MSI, &msi), 1);
}

#endif /* SELFTEST_KVM_GUEST_PANIC_THREAD_H */
