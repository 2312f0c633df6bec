// SPDX-License-Identifier: GPL-2.0-only
/*
 * Models may be changed at any time.  A change holds from the guest's next
 * access on, and while vCPUs run each access gets one answer, the old one or
 * the new one.
 */
#include "guest_panic_latch.h"

#define TIMEOUT		3600

static void guest_code(void)
{
	for (;;) {
		port_outb(PVPANIC_PORT, PANICKED);
		port_outb(OTHER_PORT, PANICKED);
	}
}

FIXTURE(guest_panic_change) {
	struct kvm_vcpu *vcpu;
	int dev;
};

FIXTURE_SETUP(guest_panic_change)
{
	self->dev = guest_panic_create(vm_create_with_one_vcpu(&self->vcpu,
							       guest_code));
}

FIXTURE_TEARDOWN(guest_panic_change)
{
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

TEST_F(guest_panic_change, moved_port_answers_at_the_new_place_alone)
{
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED);
	run_and_verify_isa_event(self->vcpu, 1, PANICKED);
	guest_panic_resume(self->dev);
	run_and_verify_out(self->vcpu, OTHER_PORT, 1, PANICKED);

	guest_panic_set(self->dev, ISA, OTHER_PORT, PANICKED);
	run_and_verify_out(self->vcpu, PVPANIC_PORT, 1, PANICKED);
	run_and_verify_isa_event(self->vcpu, 2, PANICKED);
	guest_panic_resume(self->dev);

	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED);
	run_and_verify_isa_event(self->vcpu, 3, PANICKED);
	run_and_verify_out(self->vcpu, OTHER_PORT, 1, PANICKED);
}

TEST_F(guest_panic_change, disabled_model_is_absent_until_enabled_again)
{
	guest_panic_set(self->dev, ISA, OTHER_PORT, PANICKED);
	guest_panic_set(self->dev, ISA, OTHER_PORT, 0);
	run_and_verify_out(self->vcpu, PVPANIC_PORT, 1, PANICKED);
	run_and_verify_out(self->vcpu, OTHER_PORT, 1, PANICKED);

	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED);
	run_and_verify_isa_event(self->vcpu, 1, PANICKED);
}

/* A bus has room for 1,000 devices: a port left behind must not take one. */
TEST_F_TIMEOUT(guest_panic_change, port_may_be_moved_any_number_of_times,
	       TIMEOUT)
{
	u16 port;

	for (port = OTHER_PORT; port < OTHER_PORT + 1200; port++)
		guest_panic_set(self->dev, ISA, port, PANICKED);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED);
	run_and_verify_isa_event(self->vcpu, 1, PANICKED);
	run_and_verify_out(self->vcpu, OTHER_PORT, 1, PANICKED);
}

/* The rest: one vCPU that accesses all of it, one thread that changes it. */
/* Of seven changes each, and exits of each kind that they led to. */
#define MIN_ROUNDS	200
#define MIN_ANSWERS	100

/* What the guest read, as bits; ABSENT is what userspace answers for a port. */
#define ABSENT		0x80

static void guest_accesses_all(void)
{
	u8 port, other;
	u64 ctl;

	for (;;) {
		port = port_inb(PVPANIC_PORT);
		other = port_inb(OTHER_PORT);
		ctl = rdmsr(HV_X64_MSR_CRASH_CTL);
		GUEST_ASSERT(port == ABSENT || port == PANICKED ||
			     port == (PANICKED | SHUTDOWN));
		GUEST_ASSERT(other == ABSENT || other == CRASH_LOADED);
		GUEST_ASSERT(!ctl || ctl == CTL_NOTIFY ||
			     ctl == (CTL_NOTIFY | CTL_NOTIFY_MSG));
		port_outb(PVPANIC_PORT, PANICKED | SHUTDOWN);
		port_outb(OTHER_PORT, CRASH_LOADED);
		wrmsr(HV_X64_MSR_CRASH_CTL, CTL_NOTIFY);
		GUEST_SYNC(0);
	}
}

enum answer {
	PORT_EVENT, OTHER_EVENT, HYPERV_EVENT, BARE_CRASH, PORT_READ,
	PORT_WRITE, OTHER_READ, OTHER_WRITE, NR_ANSWERS,
};

struct runner {
	struct kvm_vcpu *vcpu;
	u64 answers[NR_ANSWERS];
	u64 seq;
	int dev;
	bool stop;
};

static enum answer classify_event(struct kvm_vcpu *vcpu, u64 seq)
{
	__u64 code = vcpu->run->system_event.data[KVM_GUEST_PANIC_DATA_CODE];
	__u64 model = vcpu->run->system_event.data[KVM_GUEST_PANIC_DATA_MODEL];

	if (model == HYPERV) {
		verify_hyperv_event(vcpu, seq, CTL_NOTIFY,
				    (u64 [NR_PARAMS]) { });
		return HYPERV_EVENT;
	}

	TEST_ASSERT(code == PANICKED || code == (PANICKED | SHUTDOWN) ||
		    code == CRASH_LOADED,
		    "Code 0x%llx was never offered", code);
	verify_isa_event(vcpu, seq, code);
	return code == CRASH_LOADED ? OTHER_EVENT : PORT_EVENT;
}

static enum answer classify_io(struct kvm_run *run)
{
	bool in = run->io.direction == KVM_EXIT_IO_IN;

	TEST_ASSERT_EQ(run->io.size, 1);
	TEST_ASSERT_EQ(run->io.count, 1);
	if (in)
		*((u8 *)run + run->io.data_offset) = ABSENT;
	if (run->io.port == PVPANIC_PORT)
		return in ? PORT_READ : PORT_WRITE;

	TEST_ASSERT_EQ(run->io.port, OTHER_PORT);
	return in ? OTHER_READ : OTHER_WRITE;
}

static enum answer classify(struct runner *runner)
{
	struct kvm_vcpu *vcpu = runner->vcpu;

	if (vcpu->run->exit_reason == KVM_EXIT_IO)
		return classify_io(vcpu->run);
	if (vcpu->run->exit_reason == KVM_EXIT_SYSTEM_EVENT &&
	    vcpu->run->system_event.ndata)
		return classify_event(vcpu, ++runner->seq);

	verify_crash(vcpu, 0);
	return BARE_CRASH;
}

static void *run_vcpu(void *arg)
{
	struct runner *runner = arg;
	struct ucall uc;
	u64 *answer;

	while (!READ_ONCE(runner->stop)) {
		if (run_to_exit(runner->vcpu, &uc) == UCALL_SYNC)
			continue;
		answer = &runner->answers[classify(runner)];
		guest_panic_resume(runner->dev);
		WRITE_ONCE(*answer, *answer + 1);
	}
	return NULL;
}

static bool every_answer_was_seen(struct runner *runner)
{
	int i;

	for (i = 0; i < NR_ANSWERS; i++)
		if (READ_ONCE(runner->answers[i]) < MIN_ANSWERS)
			return false;
	return true;
}

/* Not every kernel lets a vCPU come to its next access for a new port. */
static void change_models(struct runner *runner)
{
	int dev = runner->dev;

	guest_panic_set(dev, HYPERV, 0, NOTIFY);
	guest_panic_set(dev, ISA, PVPANIC_PORT, PANICKED);
	guest_panic_set(dev, ISA, PVPANIC_PORT, PANICKED | SHUTDOWN);
	wait_until_moved(&runner->answers[PORT_EVENT]);
	guest_panic_set(dev, HYPERV, 0, NOTIFY | NOTIFY_MSG);
	guest_panic_set(dev, ISA, OTHER_PORT, CRASH_LOADED);
	guest_panic_set(dev, HYPERV, 0, 0);
	guest_panic_set(dev, ISA, OTHER_PORT, 0);
}

TEST_F_TIMEOUT(guest_panic_change, changes_under_a_running_vcpu, TIMEOUT)
{
	struct runner runner = { .vcpu = self->vcpu, .dev = self->dev };
	pthread_t thread;
	int rounds = 0;

	vcpu_set_hv_cpuid(self->vcpu);
	vcpu_arch_set_entry_point(self->vcpu, guest_accesses_all);
	thread = start_thread(run_vcpu, &runner);
	while (rounds++ < MIN_ROUNDS || !every_answer_was_seen(&runner))
		change_models(&runner);
	WRITE_ONCE(runner.stop, true);
	finish(thread);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV_CPUID));

	return test_harness_run(argc, argv);
}
