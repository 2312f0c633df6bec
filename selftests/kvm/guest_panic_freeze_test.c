// SPDX-License-Identifier: GPL-2.0-only
/*
 * Freeze: when KVM_RUN returns a stopping event, no vCPU changes the guest's
 * memory any more, until userspace says so.
 *
 * Seven vCPUs increment a counter each, one reports once all seven have moved
 * since its last report.  What they count after KVM_RUN of the reporter has
 * returned is compared with what they count when it is userspace that stops
 * them, by signals.
 */
#include <signal.h>

#include "guest_panic_latch.h"

#define NR_COUNTERS	7
#define REPORTER	NR_COUNTERS
#define CI_ROUNDS	40
/* Some machines are busy, some kernels check all that they do. */
#define TIMEOUT		3600

static u64 counters[NR_COUNTERS];

static void guest_counts(int i)
{
	for (;;)
		WRITE_ONCE(counters[i], counters[i] + 1);
}

static void guest_panics(void)
{
	u64 before[NR_COUNTERS];
	int i;

	for (;;) {
		for (i = 0; i < NR_COUNTERS; i++)
			before[i] = READ_ONCE(counters[i]);
		for (i = 0; i < NR_COUNTERS; i++)
			while (READ_ONCE(counters[i]) == before[i])
				cpu_relax();
		port_outb(PVPANIC_PORT, PANICKED);
	}
}

FIXTURE(guest_panic_freeze) {
	struct kvm_vm *vm;
	struct kvm_vcpu *vcpus[NR_COUNTERS + 1];
	u64 *counters;
	int dev;
};

FIXTURE_SETUP(guest_panic_freeze)
{
	int i;

	self->vm = vm_create(NR_COUNTERS + 1);
	for (i = 0; i < NR_COUNTERS; i++) {
		self->vcpus[i] = vm_vcpu_add(self->vm, i, guest_counts);
		vcpu_args_set(self->vcpus[i], 1, i);
	}
	self->vcpus[REPORTER] = vm_vcpu_add(self->vm, REPORTER, guest_panics);
	self->dev = guest_panic_create(self->vm);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED);
	self->counters = addr_gva2hva(self->vm, (u64)counters);
}

FIXTURE_TEARDOWN(guest_panic_freeze)
{
	close(self->dev);
	kvm_vm_free(self->vm);
}

static u64 total(u64 *counters)
{
	u64 sum = 0;
	int i;

	for (i = 0; i < NR_COUNTERS; i++)
		sum += READ_ONCE(counters[i]);
	return sum;
}

static void run_all(struct kvm_vcpu **vcpus, pthread_t *threads,
		    void *(*run)(void *vcpu))
{
	int i;

	for (i = 0; i < NR_COUNTERS; i++)
		threads[i] = start_thread(run, vcpus[i]);
	vcpu_run(vcpus[REPORTER]);
}

static void finish_all(pthread_t *threads)
{
	int i;

	for (i = 0; i < NR_COUNTERS; i++)
		finish(threads[i]);
}

TEST_F_TIMEOUT(guest_panic_freeze, nothing_is_counted_after_the_exit, TIMEOUT)
{
	int rounds = guest_panic_rounds(CI_ROUNDS);
	pthread_t threads[NR_COUNTERS];
	u64 at_exit, seq;

	guest_panic_set_freeze(self->dev, 1);
	for (seq = 1; seq <= rounds; seq++) {
		run_all(self->vcpus, threads, run_once);
		at_exit = total(self->counters);
		finish_all(threads);
		TEST_ASSERT_EQ(total(self->counters) - at_exit, 0);
		verify_isa_event(self->vcpus[REPORTER], seq, PANICKED);
		guest_panic_resume(self->dev);
	}
}

static void on_signal(int sig)
{
}

static void *run_until_signal(void *vcpu)
{
	TEST_ASSERT_REFUSED(__vcpu_run(vcpu), EINTR);
	return NULL;
}

static void stop_all(struct kvm_vcpu **vcpus, pthread_t *threads, bool stop)
{
	int i;

	for (i = 0; i < NR_COUNTERS; i++) {
		vcpus[i]->run->immediate_exit = stop;
		if (stop)
			pthread_kill(threads[i], SIGUSR1);
	}
}

/* What the test above would see if it could not fail. */
TEST_F_TIMEOUT(guest_panic_freeze, without_it_much_is_counted, TIMEOUT)
{
	int rounds = guest_panic_rounds(CI_ROUNDS);
	pthread_t threads[NR_COUNTERS];
	u64 at_exit, seq, sum = 0;

	signal(SIGUSR1, on_signal);
	for (seq = 1; seq <= rounds; seq++) {
		run_all(self->vcpus, threads, run_until_signal);
		at_exit = total(self->counters);
		stop_all(self->vcpus, threads, true);
		finish_all(threads);
		sum += total(self->counters) - at_exit;
		verify_isa_event(self->vcpus[REPORTER], seq, PANICKED);
		guest_panic_resume(self->dev);
		stop_all(self->vcpus, threads, false);
	}
	TEST_ASSERT(sum > 0, "Wanted the siblings to run on");
	pr_info("# %lu increments after %d exits\n", sum, rounds);
}

TEST_F_TIMEOUT(guest_panic_freeze, every_run_returns_the_same, TIMEOUT)
{
	int i, rounds = guest_panic_rounds(CI_ROUNDS);
	pthread_t threads[NR_COUNTERS];
	u64 at_exit, seq;

	guest_panic_set_freeze(self->dev, 1);
	for (seq = 1; seq <= rounds; seq++) {
		run_all(self->vcpus, threads, run_once);
		at_exit = total(self->counters);
		finish_all(threads);
		for (i = 0; i <= REPORTER; i++) {
			verify_isa_event_of(self->vcpus[i],
					    self->vcpus[REPORTER], seq,
					    PANICKED);
			run_and_verify_isa_event_of(self->vcpus[i],
						    self->vcpus[REPORTER], seq,
						    PANICKED);
		}
		TEST_ASSERT_EQ(total(self->counters), at_exit);
		guest_panic_resume(self->dev);
	}
}

TEST_F_TIMEOUT(guest_panic_freeze, all_go_on_after_resume, TIMEOUT)
{
	pthread_t threads[NR_COUNTERS];
	u64 before[NR_COUNTERS];
	int i;

	guest_panic_set_freeze(self->dev, 1);
	run_all(self->vcpus, threads, run_once);
	finish_all(threads);
	memcpy(before, self->counters, sizeof(before));
	guest_panic_resume(self->dev);

	run_all(self->vcpus, threads, run_once);
	finish_all(threads);
	verify_isa_event(self->vcpus[REPORTER], 2, PANICKED);
	for (i = 0; i < NR_COUNTERS; i++)
		TEST_ASSERT(self->counters[i] > before[i],
			    "vCPU %d has stopped for good", i);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();

	return test_harness_run(argc, argv);
}
