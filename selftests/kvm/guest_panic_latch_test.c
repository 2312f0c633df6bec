// SPDX-License-Identifier: GPL-2.0-only
/*
 * The latch: it holds the first stopping event until RESUME, those that come
 * meanwhile wait for their turn, and notices have nothing to do with it.
 *
 * Each claim is made with freeze off and on.  No vCPU runs in a thread: what
 * reports while the VM is frozen has reported before that, see report().
 */
#include "guest_panic_latch.h"

static const u64 params[NR_PARAMS] = { 31, 32, 33, 34, 35 };

FIXTURE(guest_panic_latch) {
	struct kvm_vcpu *first;
	struct kvm_vcpu *second;
	struct kvm_vcpu *third;
	int dev;
};

FIXTURE_VARIANT(guest_panic_latch) {
	bool freeze;
};

FIXTURE_VARIANT_ADD(guest_panic_latch, freeze_off) {
	.freeze = false,
};

FIXTURE_VARIANT_ADD(guest_panic_latch, freeze_on) {
	.freeze = true,
};

/* RBX tells the host where the instruction after the reporting one is. */
#define OUT(value)							\
	asm volatile("lea 1f(%%rip), %%rbx\n\t"				\
		     "outb %%al, %%dx\n"				\
		     "1:"						\
		     : : "a"(value), "d"(PVPANIC_PORT) : "rbx", "memory")

static void guest_panics(void)
{
	OUT(PANICKED);
	OUT(PANICKED | SHUTDOWN);
	GUEST_DONE();
}

static void guest_notifies(void)
{
	OUT(CRASH_LOADED);
	OUT(SHUTDOWN);
	OUT(CRASH_LOADED | SHUTDOWN);
	GUEST_DONE();
}

static void guest_crashes(void)
{
	guest_crash(params, CTL_NOTIFY);
	GUEST_DONE();
}

FIXTURE_SETUP(guest_panic_latch)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(&self->first, guest_panics);

	self->second = vm_vcpu_add(vm, 9, guest_panics);
	self->third = vm_vcpu_add(vm, 4, guest_panics);
	vcpu_set_hv_cpuid(self->first);
	self->dev = guest_panic_create(vm);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT,
			PANICKED | CRASH_LOADED | SHUTDOWN);
	guest_panic_set(self->dev, HYPERV, 0, NOTIFY);
	guest_panic_set_freeze(self->dev, variant->freeze);
}

FIXTURE_TEARDOWN(guest_panic_latch)
{
	close(self->dev);
	kvm_vm_free(self->first->vm);
}

/* Step over the next report: it has been made when KVM_RUN returns. */
static void report(struct kvm_vcpu *vcpu)
{
	struct kvm_guest_debug debug = {
		.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP,
	};
	struct kvm_regs regs;

	vcpu_guest_debug_set(vcpu, &debug);
	do {
		vcpu_run(vcpu);
		TEST_ASSERT_KVM_EXIT_REASON(vcpu, KVM_EXIT_DEBUG);
		vcpu_regs_get(vcpu, &regs);
	} while (regs.rip != regs.rbx);
	debug.control = 0;
	vcpu_guest_debug_set(vcpu, &debug);
}

/* Three reports, in this order, none of them delivered. */
static void report_all(int dev, bool freeze, struct kvm_vcpu *first,
		       struct kvm_vcpu *second, struct kvm_vcpu *third)
{
	guest_panic_set_freeze(dev, 0);
	report(first);
	report(second);
	report(third);
	guest_panic_set_freeze(dev, freeze);
}

TEST_F(guest_panic_latch, nothing_is_latched_at_first)
{
	verify_nothing_latched(self->dev);
}

TEST_F(guest_panic_latch, holds_a_pvpanic_event_until_resume)
{
	run_and_verify_isa_event(self->first, 1, PANICKED);
	verify_latched(self->dev, isa_event(0, 1, PANICKED));
	verify_latched(self->dev, isa_event(0, 1, PANICKED));
	guest_panic_resume(self->dev);
	verify_nothing_latched(self->dev);
}

TEST_F(guest_panic_latch, holds_a_hyperv_event_with_its_parameters)
{
	struct kvm_guest_panic_event event = {
		.model = HYPERV, .seq = 1, .code = CTL_NOTIFY,
	};

	memcpy(event.param, params, sizeof(params));
	vcpu_arch_set_entry_point(self->first, guest_crashes);
	run_and_verify_hyperv_event(self->first, 1, CTL_NOTIFY, params);
	verify_latched(self->dev, event);
	guest_panic_resume(self->dev);
	verify_nothing_latched(self->dev);
}

TEST_F(guest_panic_latch, is_set_before_the_event_is_delivered)
{
	report(self->second);
	verify_latched(self->dev, isa_event(9, 1, PANICKED));
	run_and_verify_isa_event(self->second, 1, PANICKED);
}

TEST_F(guest_panic_latch, panicked_among_other_bits_is_latched)
{
	run_and_verify_isa_event(self->first, 1, PANICKED);
	guest_panic_resume(self->dev);
	run_and_verify_isa_event(self->first, 2, PANICKED | SHUTDOWN);
	verify_latched(self->dev, isa_event(0, 2, PANICKED | SHUTDOWN));
}

TEST_F(guest_panic_latch, reporter_goes_on_after_resume)
{
	run_and_verify_isa_event(self->first, 1, PANICKED);
	guest_panic_resume(self->dev);
	run_and_verify_isa_event(self->first, 2, PANICKED | SHUTDOWN);
	guest_panic_resume(self->dev);
	run_and_verify_done(self->first);
}

TEST_F(guest_panic_latch, resume_with_nothing_latched_does_nothing)
{
	guest_panic_resume(self->dev);
	guest_panic_resume(self->dev);
	verify_nothing_latched(self->dev);
	run_and_verify_isa_event(self->first, 1, PANICKED);
	verify_latched(self->dev, isa_event(0, 1, PANICKED));
}

/* The next KVM_RUN takes the guest to its next report, or its end. */
TEST_F(guest_panic_latch, notices_are_one_exit_and_no_more)
{
	vcpu_arch_set_entry_point(self->first, guest_notifies);
	run_and_verify_isa_event(self->first, 1, CRASH_LOADED);
	verify_nothing_latched(self->dev);
	run_and_verify_isa_event(self->first, 2, SHUTDOWN);
	verify_nothing_latched(self->dev);
	run_and_verify_isa_event(self->first, 3, CRASH_LOADED | SHUTDOWN);
	verify_nothing_latched(self->dev);
	run_and_verify_done(self->first);
}

TEST_F(guest_panic_latch, notice_that_waits_is_delivered_after_resume)
{
	vcpu_arch_set_entry_point(self->second, guest_notifies);
	report_all(self->dev, variant->freeze, self->first, self->second,
		   self->third);
	run_and_verify_isa_event(self->first, 1, PANICKED);
	guest_panic_resume(self->dev);
	verify_latched(self->dev, isa_event(4, 3, PANICKED));
	guest_panic_resume(self->dev);
	run_and_verify_isa_event(self->second, 2, CRASH_LOADED);
	run_and_verify_isa_event(self->second, 4, SHUTDOWN);
}

TEST_F(guest_panic_latch, later_ones_wait_and_are_delivered_in_order)
{
	report_all(self->dev, variant->freeze, self->second, self->third,
		   self->first);

	run_and_verify_isa_event_of(self->first, self->second, 1, PANICKED);
	run_and_verify_isa_event_of(self->third, self->second, 1, PANICKED);
	run_and_verify_isa_event(self->second, 1, PANICKED);
	verify_latched(self->dev, isa_event(9, 1, PANICKED));
	guest_panic_resume(self->dev);

	verify_latched(self->dev, isa_event(4, 2, PANICKED));
	run_and_verify_isa_event_of(self->first, self->third, 2, PANICKED);
	run_and_verify_isa_event(self->third, 2, PANICKED);
	guest_panic_resume(self->dev);

	verify_latched(self->dev, isa_event(0, 3, PANICKED));
	run_and_verify_isa_event(self->first, 3, PANICKED);
	guest_panic_resume(self->dev);
	verify_nothing_latched(self->dev);
	run_and_verify_isa_event(self->third, 4, PANICKED | SHUTDOWN);
}

TEST_F(guest_panic_latch, all_are_read_in_order_without_running_a_vcpu)
{
	report_all(self->dev, variant->freeze, self->third, self->first,
		   self->second);

	verify_latched(self->dev, isa_event(4, 1, PANICKED));
	guest_panic_resume(self->dev);
	verify_latched(self->dev, isa_event(0, 2, PANICKED));
	guest_panic_resume(self->dev);
	verify_latched(self->dev, isa_event(9, 3, PANICKED));
	guest_panic_resume(self->dev);
	verify_nothing_latched(self->dev);
}

TEST_F(guest_panic_latch, what_was_acknowledged_unseen_is_not_delivered)
{
	report_all(self->dev, variant->freeze, self->third, self->first,
		   self->second);
	guest_panic_resume(self->dev);
	guest_panic_resume(self->dev);
	run_and_verify_isa_event(self->second, 3, PANICKED);
	guest_panic_resume(self->dev);
	run_and_verify_isa_event(self->first, 4, PANICKED | SHUTDOWN);
	guest_panic_resume(self->dev);
	run_and_verify_isa_event(self->third, 5, PANICKED | SHUTDOWN);
	guest_panic_resume(self->dev);
	run_and_verify_done(self->first);
}

TEST_F(guest_panic_latch, is_emptied_by_one_resume_each)
{
	run_and_verify_isa_event(self->first, 1, PANICKED);
	guest_panic_resume(self->dev);
	guest_panic_resume(self->dev);
	run_and_verify_isa_event(self->second, 2, PANICKED);
	verify_latched(self->dev, isa_event(9, 2, PANICKED));
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV_CPUID));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_SET_GUEST_DEBUG));

	return test_harness_run(argc, argv);
}
