// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Hyper-V model: what a guest reads in CRASH_CTL, which writes to it are
 * events, what the exit of each carries, and who may access the MSRs at all.
 */
#include "guest_panic_latch.h"

/* Any values are fine, if they differ and fill all 64 bits. */
static const u64 params[NR_PARAMS] = {
	0x0123456789abcdef, 0x8100000006000000, 0xffffffff81000000,
	0xffff888000001000, 0xfedcba9876543210,
};

static const u64 other_params[NR_PARAMS] = { 11, 12, 13, 14, 15 };

FIXTURE(guest_panic_hyperv) {
	struct kvm_vcpu *vcpu;
	int dev;
};

FIXTURE_SETUP(guest_panic_hyperv)
{
	self->dev = guest_panic_create(vm_create_with_one_vcpu(&self->vcpu,
							       NULL));
	vcpu_set_hv_cpuid(self->vcpu);
	guest_panic_set(self->dev, HYPERV, 0, NOTIFY);
}

FIXTURE_TEARDOWN(guest_panic_hyperv)
{
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

static void guest_reads_ctl(void)
{
	for (;;)
		GUEST_SYNC(rdmsr(HV_X64_MSR_CRASH_CTL));
}

TEST_F(guest_panic_hyperv, guest_reads_notify)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_reads_ctl);
	run_and_verify_sync(self->vcpu, CTL_NOTIFY);
}

TEST_F(guest_panic_hyperv, guest_reads_notify_and_message)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_reads_ctl);
	guest_panic_set(self->dev, HYPERV, 0, NOTIFY | NOTIFY_MSG);
	run_and_verify_sync(self->vcpu, CTL_NOTIFY | CTL_NOTIFY_MSG);
	guest_panic_set(self->dev, HYPERV, 0, NOTIFY);
	run_and_verify_sync(self->vcpu, CTL_NOTIFY);
}

/* What the host reads back is what it wrote, of bit 63; not what is offered. */
TEST_F(guest_panic_hyperv, host_reads_and_writes_ctl_as_upstream)
{
	struct kvm_vcpu *vcpu = self->vcpu;

	vcpu_arch_set_entry_point(vcpu, guest_reads_ctl);
	guest_panic_set(self->dev, HYPERV, 0, NOTIFY | NOTIFY_MSG);
	TEST_ASSERT_EQ(vcpu_get_msr(vcpu, HV_X64_MSR_CRASH_CTL), 0);

	TEST_ASSERT_EQ(_vcpu_set_msr(vcpu, HV_X64_MSR_CRASH_CTL, ~0ULL), 1);
	TEST_ASSERT_EQ(vcpu_get_msr(vcpu, HV_X64_MSR_CRASH_CTL), CTL_NOTIFY);
	run_and_verify_sync(vcpu, CTL_NOTIFY | CTL_NOTIFY_MSG);

	vcpu_set_msr(vcpu, HV_X64_MSR_CRASH_CTL, 0);
	run_and_verify_sync(vcpu, CTL_NOTIFY | CTL_NOTIFY_MSG);
}

static void guest_notifies(void)
{
	guest_crash(params, CTL_NOTIFY);
	guest_crash(other_params, CTL_NOTIFY);
	GUEST_DONE();
}

TEST_F(guest_panic_hyperv, notify_is_an_event_with_its_parameters)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_notifies);
	run_and_verify_hyperv_event(self->vcpu, 1, CTL_NOTIFY, params);
	guest_panic_resume(self->dev);
	run_and_verify_hyperv_event(self->vcpu, 2, CTL_NOTIFY, other_params);
	run_and_verify_done(self->vcpu);
}

#define CTL_ODD	(CTL_NOTIFY | CTL_NOTIFY_MSG | 0x1c0000000badcafeULL)

static void guest_notifies_with_message(void)
{
	guest_crash(params, CTL_NOTIFY | CTL_NOTIFY_MSG);
	guest_crash(params, CTL_ODD);
	GUEST_DONE();
}

TEST_F(guest_panic_hyperv, code_is_ctl_as_written)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_notifies_with_message);
	guest_panic_set(self->dev, HYPERV, 0, NOTIFY | NOTIFY_MSG);
	run_and_verify_hyperv_event(self->vcpu, 1, CTL_NOTIFY | CTL_NOTIFY_MSG,
				    params);
	guest_panic_resume(self->dev);
	run_and_verify_hyperv_event(self->vcpu, 2, CTL_ODD, params);
	run_and_verify_done(self->vcpu);
}

TEST_F(guest_panic_hyperv, code_has_a_message_that_was_not_offered)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_notifies_with_message);
	run_and_verify_hyperv_event(self->vcpu, 1, CTL_NOTIFY | CTL_NOTIFY_MSG,
				    params);
}

static void guest_does_not_notify(void)
{
	guest_crash(params, 0);
	guest_crash(params, CTL_NOTIFY_MSG);
	guest_crash(params, ~CTL_NOTIFY);
	GUEST_SYNC(0);
	guest_crash(params, CTL_NOTIFY);
	GUEST_DONE();
}

/* No exit, and no number: the next event is the first. */
TEST_F(guest_panic_hyperv, write_without_notify_does_nothing)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_does_not_notify);
	guest_panic_set(self->dev, HYPERV, 0, NOTIFY | NOTIFY_MSG);
	run_and_verify_sync(self->vcpu, 0);
	run_and_verify_hyperv_event(self->vcpu, 1, CTL_NOTIFY, params);
}

static void guest_notifies_once(void)
{
	/* RBX tells the host where the next instruction is. */
	asm volatile("lea 1f(%%rip), %%rbx\n\t"
		     "wrmsr\n"
		     "1:"
		     : : "c"(HV_X64_MSR_CRASH_CTL), "a"(0), "d"(1U << 31)
		     : "rbx", "memory");
	GUEST_DONE();
}

TEST_F(guest_panic_hyperv, reporting_instruction_is_complete)
{
	struct kvm_regs regs;

	vcpu_arch_set_entry_point(self->vcpu, guest_notifies_once);
	run_and_verify_hyperv_event(self->vcpu, 1, CTL_NOTIFY,
				    (u64 [NR_PARAMS]) { });
	vcpu_regs_get(self->vcpu, &regs);
	TEST_ASSERT_EQ(regs.rip, regs.rbx);
	run_and_verify_done(self->vcpu);
}

static void guest_reads_params(void)
{
	int i;

	for (i = 0; i < NR_PARAMS; i++)
		GUEST_ASSERT_EQ(rdmsr(HV_X64_MSR_CRASH_P0 + i), params[i]);
	GUEST_DONE();
}

TEST_F(guest_panic_hyperv, host_write_is_no_event)
{
	int i;

	vcpu_arch_set_entry_point(self->vcpu, guest_reads_params);
	for (i = 0; i < NR_PARAMS; i++)
		vcpu_set_msr(self->vcpu, HV_X64_MSR_CRASH_P0 + i, params[i]);
	vcpu_set_msr(self->vcpu, HV_X64_MSR_CRASH_CTL, CTL_NOTIFY);
	run_and_verify_done(self->vcpu);
}

static void guest_notifies_and_reads_params(void)
{
	guest_crash(params, CTL_NOTIFY);
	guest_reads_params();
}

TEST_F(guest_panic_hyperv, params_stay_readable)
{
	int i;

	vcpu_arch_set_entry_point(self->vcpu, guest_notifies_and_reads_params);
	run_and_verify_hyperv_event(self->vcpu, 1, CTL_NOTIFY, params);
	for (i = 0; i < NR_PARAMS; i++)
		TEST_ASSERT_EQ(vcpu_get_msr(self->vcpu,
					    HV_X64_MSR_CRASH_P0 + i),
			       params[i]);
	run_and_verify_done(self->vcpu);
}

static void guest_reports_by_turns(void)
{
	for (;;) {
		guest_crash(params, CTL_NOTIFY);
		port_outb(PVPANIC_PORT, SHUTDOWN);
	}
}

TEST_F(guest_panic_hyperv, models_and_vcpus_share_one_count)
{
	struct kvm_vcpu *other = vm_vcpu_add(self->vcpu->vm, 7,
					     guest_reports_by_turns);

	vcpu_arch_set_entry_point(self->vcpu, guest_reports_by_turns);
	vcpu_set_hv_cpuid(other);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, SHUTDOWN);
	run_and_verify_hyperv_event(self->vcpu, 1, CTL_NOTIFY, params);
	guest_panic_resume(self->dev);
	run_and_verify_hyperv_event(other, 2, CTL_NOTIFY, params);
	guest_panic_resume(self->dev);
	run_and_verify_isa_event(self->vcpu, 3, SHUTDOWN);
	run_and_verify_hyperv_event(self->vcpu, 4, CTL_NOTIFY, params);
	guest_panic_resume(self->dev);
	run_and_verify_isa_event(other, 5, SHUTDOWN);
}

static void guest_gets_gp(void)
{
	u64 value;
	u32 msr;

	for (msr = HV_X64_MSR_CRASH_P0; msr <= HV_X64_MSR_CRASH_CTL; msr++) {
		GUEST_ASSERT_EQ(rdmsr_safe(msr, &value), GP_VECTOR);
		GUEST_ASSERT_EQ(wrmsr_safe(msr, CTL_NOTIFY), GP_VECTOR);
	}
	GUEST_DONE();
}

TEST_F(guest_panic_hyperv, guest_without_hyperv_gets_gp)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_gets_gp);
	vcpu_init_cpuid(self->vcpu, kvm_get_supported_cpuid());
	run_and_verify_done(self->vcpu);
}

static void enforce_cpuid(struct kvm_vcpu *vcpu, bool has_crash_msrs)
{
	vcpu_set_or_clear_cpuid_feature(vcpu,
					HV_FEATURE_GUEST_CRASH_MSR_AVAILABLE,
					has_crash_msrs);
	vcpu_enable_cap(vcpu, KVM_CAP_HYPERV_ENFORCE_CPUID, 1);
}

TEST_F(guest_panic_hyperv, enforced_cpuid_without_crash_msrs_gives_gp)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_gets_gp);
	enforce_cpuid(self->vcpu, false);
	run_and_verify_done(self->vcpu);
}

TEST_F(guest_panic_hyperv, enforced_cpuid_with_crash_msrs_reports)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_notifies);
	enforce_cpuid(self->vcpu, true);
	run_and_verify_hyperv_event(self->vcpu, 1, CTL_NOTIFY, params);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV_CPUID));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV_ENFORCE_CPUID));

	return test_harness_run(argc, argv);
}
