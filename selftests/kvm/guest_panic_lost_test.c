// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nothing is lost: eight vCPUs report at once, round after round, by all
 * models.  Each event is delivered once, on the vCPU that reported it, and
 * the numbers of all have no gap and no repeat.
 *
 * Each vCPU's thread acknowledges its own events, so that none is taken away
 * unseen.  The numbers are written down here, by vCPU, and compared at the
 * end with how often each guest says it has reported.
 */
#include <signal.h>

#include "guest_panic_latch.h"
#include "guest_panic_stat.h"

#define NR_VCPUS	8
#define CI_ROUNDS	60
#define TIMEOUT		3600
#define MMIO_GPA	(4ULL << 30)
#define NR_MODELS	3

static u64 arrived;

/* All go at the same time, or as nearly as they can. */
static void guest_waits_for_all(u64 round)
{
	__atomic_fetch_add(&arrived, 1, __ATOMIC_SEQ_CST);
	while (READ_ONCE(arrived) < round * NR_VCPUS)
		cpu_relax();
}

static void guest_panics(u64 id, u64 rounds)
{
	u64 round;

	for (round = 1; round <= rounds; round++) {
		guest_waits_for_all(round);
		switch ((round + id) % NR_MODELS) {
		case HYPERV:
			wrmsr(HV_X64_MSR_CRASH_CTL, CTL_NOTIFY | round);
			break;
		case ISA:
			port_outb(PVPANIC_PORT, PANICKED);
			break;
		default:
			WRITE_ONCE(*(u8 *)MMIO_GPA, PANICKED | SHUTDOWN);
		}
	}
	GUEST_DONE();
}

struct runner {
	struct kvm_vcpu *vcpu;
	u8 *seen;
	u64 rounds, events, last_seq;
	pthread_t thread;
	bool is_done;
	int dev;
};

FIXTURE(guest_panic_lost) {
	struct kvm_vm *vm;
	struct runner runners[NR_VCPUS];
	u64 rounds;
	u8 *seen;
};

FIXTURE_VARIANT(guest_panic_lost) {
	bool freeze, storm;
};

FIXTURE_VARIANT_ADD(guest_panic_lost, freeze_off) {
};

FIXTURE_VARIANT_ADD(guest_panic_lost, freeze_on) {
	.freeze = true,
};

FIXTURE_VARIANT_ADD(guest_panic_lost, freeze_off_under_signals) {
	.storm = true,
};

FIXTURE_VARIANT_ADD(guest_panic_lost, freeze_on_under_signals) {
	.freeze = true, .storm = true,
};

static int create_device(struct kvm_vm *vm, bool freeze)
{
	int dev = guest_panic_create(vm);

	guest_panic_set(dev, HYPERV, 0, NOTIFY);
	guest_panic_set(dev, ISA, PVPANIC_PORT, PANICKED);
	guest_panic_set(dev, MMIO, MMIO_GPA, PANICKED | SHUTDOWN);
	guest_panic_set_freeze(dev, freeze);
	return dev;
}

FIXTURE_SETUP(guest_panic_lost)
{
	int i, dev;

	self->rounds = guest_panic_rounds(CI_ROUNDS);
	self->seen = calloc(self->rounds * NR_VCPUS + 1, 1);
	self->vm = vm_create(NR_VCPUS);
	virt_map(self->vm, MMIO_GPA, MMIO_GPA, 1);
	dev = create_device(self->vm, variant->freeze);
	for (i = 0; i < NR_VCPUS; i++) {
		struct kvm_vcpu *vcpu = vm_vcpu_add(self->vm, i, guest_panics);

		vcpu_set_hv_cpuid(vcpu);
		vcpu_args_set(vcpu, 2, i, self->rounds);
		self->runners[i] = (struct runner) {
			.vcpu = vcpu, .seen = self->seen,
			.rounds = self->rounds, .dev = dev,
		};
	}
}

FIXTURE_TEARDOWN(guest_panic_lost)
{
	close(self->runners[0].dev);
	kvm_vm_free(self->vm);
	free(self->seen);
}

static void verify_own_event(struct runner *runner, __u64 *data)
{
	u64 round = ++runner->events, seq = data[KVM_GUEST_PANIC_DATA_SEQ];
	u32 model = (round + runner->vcpu->id) % NR_MODELS;
	u64 codes[] = { CTL_NOTIFY | round, PANICKED, PANICKED | SHUTDOWN };

	TEST_ASSERT_EQ(data[KVM_GUEST_PANIC_DATA_MODEL], model);
	TEST_ASSERT_EQ(data[KVM_GUEST_PANIC_DATA_CODE], codes[model]);
	TEST_ASSERT(seq && seq <= runner->rounds * NR_VCPUS,
		    "There are not as many as %lu events", seq);
	TEST_ASSERT(!runner->seen[seq], "seq %lu came twice", seq);
	TEST_ASSERT(seq > runner->last_seq, "seq %lu came after %lu", seq,
		    runner->last_seq);
	runner->seen[seq] = 1;
	runner->last_seq = seq;
}

static void handle_event(struct runner *runner)
{
	__u64 *data = runner->vcpu->run->system_event.data;

	TEST_ASSERT_KVM_EXIT_REASON(runner->vcpu, KVM_EXIT_SYSTEM_EVENT);
	if (data[KVM_GUEST_PANIC_DATA_VCPU_ID] != runner->vcpu->id) {
		sched_yield();
		return;
	}
	verify_own_event(runner, data);
	guest_panic_resume(runner->dev);
}

static void *run_to_the_end(void *arg)
{
	struct runner *runner = arg;
	struct ucall uc;

	for (;;) {
		if (__vcpu_run(runner->vcpu)) {
			TEST_ASSERT_EQ(errno, EINTR);
			continue;
		}
		if (get_ucall(runner->vcpu, &uc) == UCALL_DONE)
			break;
		handle_event(runner);
	}
	WRITE_ONCE(runner->is_done, true);
	return NULL;
}

static void on_signal(int sig)
{
}

/*
 * A thread that has ended can be sent a signal until it is joined.  Pauses are
 * long and short: on a slow machine only those that are long let a guest run.
 */
static void send_signals(struct runner *runners)
{
	bool all_done;
	int i, pause = 0;

	do {
		all_done = true;
		for (i = 0; i < NR_VCPUS; i++) {
			pthread_kill(runners[i].thread, SIGUSR1);
			all_done &= READ_ONCE(runners[i].is_done);
		}
		usleep(100 << (pause++ % 9));
	} while (!all_done);
}

TEST_F_TIMEOUT(guest_panic_lost, each_event_comes_once, TIMEOUT)
{
	u64 seq;
	int i;

	signal(SIGUSR1, on_signal);
	for (i = 0; i < NR_VCPUS; i++)
		self->runners[i].thread = start_thread(run_to_the_end,
						       &self->runners[i]);
	if (variant->storm)
		send_signals(self->runners);
	for (i = 0; i < NR_VCPUS; i++)
		finish(self->runners[i].thread);

	for (i = 0; i < NR_VCPUS; i++)
		TEST_ASSERT_EQ(self->runners[i].events, self->rounds);
	for (seq = 1; seq <= self->rounds * NR_VCPUS; seq++)
		TEST_ASSERT(self->seen[seq], "seq %lu is missing", seq);
	verify_nothing_latched(self->runners[0].dev);
	TEST_ASSERT_EQ(read_vm_stat(self->vm, "guest_panic_events"),
		       self->rounds * NR_VCPUS);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV_CPUID));

	return test_harness_run(argc, argv);
}
