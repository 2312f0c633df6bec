// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Hyper-V model: what a guest reads in CRASH_CTL, which writes to it are
 * events, what each carries, that P0 to P4 are those of that write whatever
 * other vCPUs do, and who may access the MSRs at all.
 */
#include "guest_panic_thread.h"

#define ALL	(NOTIFY | NOTIFY_MSG | NO_CRASH_DUMP | PRE_OS_ID)

/* Any values are fine, if they differ and fill all 64 bits. */
static const u64 params[NR_PARAMS] = {
	0x0123456789abcdef, 0x8100000006000000, 0xffffffff81000000,
	0xffff888000001000, 0xfedcba9876543210,
};

static const u64 other_params[NR_PARAMS] = { 11, 12, 13, 14, 15 };
static const u64 no_params[NR_PARAMS];

FIXTURE(hyperv) {
	struct kvm_vcpu *vcpu;
	struct kvm_vcpu *other;
	int dev;
};

FIXTURE_SETUP(hyperv)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(&self->vcpu, NULL);

	self->other = vm_vcpu_add(vm, 7, NULL);
	vcpu_set_hv_cpuid(self->vcpu);
	vcpu_set_hv_cpuid(self->other);
	self->dev = guest_panic_create(vm);
	guest_panic_set(self->dev, HYPERV, 0, NOTIFY);
}

FIXTURE_TEARDOWN(hyperv)
{
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

/* What is offered, as the guest sees it. */
static void guest_reads_ctl(void)
{
	for (;;)
		GUEST_SYNC(rdmsr(HV_X64_MSR_CRASH_CTL));
}

TEST_F(hyperv, guest_reads_what_is_offered)
{
	const struct {
		u32 events;
		u64 ctl;
	} offers[] = {
		{ NOTIFY, CTL_NOTIFY },
		{ NOTIFY | NOTIFY_MSG, CTL_NOTIFY | CTL_NOTIFY_MSG },
		{ NOTIFY | NO_CRASH_DUMP, CTL_NOTIFY | CTL_NO_CRASH_DUMP },
		{ NOTIFY | PRE_OS_ID, CTL_NOTIFY | CTL_PRE_OS_ID },
		{ ALL, CTL_NOTIFY | CTL_NOTIFY_MSG | CTL_NO_CRASH_DUMP |
		       CTL_PRE_OS_ID },
		{ NOTIFY, CTL_NOTIFY },
	};
	int i;

	vcpu_arch_set_entry_point(self->vcpu, guest_reads_ctl);
	for (i = 0; i < ARRAY_SIZE(offers); i++) {
		guest_panic_set(self->dev, HYPERV, 0, offers[i].events);
		run_and_verify_sync(self->vcpu, offers[i].ctl);
	}
}

/* What userspace reads back is bit 63 of what it wrote; not what is offered. */
TEST_F(hyperv, userspace_reads_and_writes_ctl_as_without_it)
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

/* What is an event. */
static void guest_notifies(void)
{
	guest_crash(params, CTL_NOTIFY);
	guest_crash(other_params, CTL_NOTIFY);
	GUEST_DONE();
}

TEST_F(hyperv, notify_is_an_event_with_its_parameters)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_notifies);
	run_and_verify_crash_event(self->vcpu, 1, CTL_NOTIFY, params);
	guest_panic_resume(self->dev, 1);
	run_and_verify_crash_event(self->vcpu, 2, CTL_NOTIFY, other_params);
	guest_panic_resume(self->dev, 2);
	run_and_verify_done(self->vcpu);
}

#define CTL_ODD	(CTL_NOTIFY | 0x5c0000000badcafeULL)

static void guest_writes_odd_values(void)
{
	guest_crash(params, CTL_NOTIFY | CTL_NOTIFY_MSG);
	guest_crash(params, CTL_ODD);
	guest_crash(params, ~0ULL);
	GUEST_DONE();
}

/* With bits that are offered, that are not, and that mean nothing. */
TEST_F(hyperv, code_is_ctl_as_written)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_writes_odd_values);
	run_and_verify_crash_event(self->vcpu, 1, CTL_NOTIFY | CTL_NOTIFY_MSG,
				   params);
	guest_panic_resume(self->dev, 1);
	guest_panic_set(self->dev, HYPERV, 0, ALL);
	run_and_verify_crash_event(self->vcpu, 2, CTL_ODD, params);
	guest_panic_resume(self->dev, 2);
	run_and_verify_crash_event(self->vcpu, 3, ~0ULL, params);
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
TEST_F(hyperv, write_without_notify_is_ignored)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_does_not_notify);
	guest_panic_set(self->dev, HYPERV, 0, ALL);
	run_and_verify_sync(self->vcpu, 0);
	verify_stats(self->vcpu->vm, 0, 3);
	run_and_verify_crash_event(self->vcpu, 1, CTL_NOTIFY, params);
}

static void guest_notifies_once(void)
{
	wrmsr_and_mark(HV_X64_MSR_CRASH_CTL, CTL_NOTIFY);
	GUEST_DONE();
}

TEST_F(hyperv, exit_comes_after_the_instruction)
{
	struct kvm_regs regs;

	vcpu_arch_set_entry_point(self->vcpu, guest_notifies_once);
	run_and_verify_crash_event(self->vcpu, 1, CTL_NOTIFY, no_params);
	vcpu_regs_get(self->vcpu, &regs);
	TEST_ASSERT_EQ(regs.rip, regs.rbx);
	guest_panic_resume(self->dev, 1);
	run_and_verify_done(self->vcpu);
}

static void guest_reads_params(void)
{
	int i;

	for (i = 0; i < NR_PARAMS; i++)
		GUEST_ASSERT_EQ(rdmsr(HV_X64_MSR_CRASH_P0 + i), params[i]);
	GUEST_DONE();
}

static void set_params(struct kvm_vcpu *vcpu, const u64 *values)
{
	int i;

	for (i = 0; i < NR_PARAMS; i++)
		vcpu_set_msr(vcpu, HV_X64_MSR_CRASH_P0 + i, values[i]);
}

TEST_F(hyperv, write_of_userspace_never_reports)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_reads_params);
	set_params(self->vcpu, params);
	vcpu_set_msr(self->vcpu, HV_X64_MSR_CRASH_CTL, CTL_NOTIFY);
	run_and_verify_done(self->vcpu);
	verify_stats(self->vcpu->vm, 0, 0);
}

static void guest_notifies_and_reads_params(void)
{
	guest_crash(params, CTL_NOTIFY);
	guest_reads_params();
}

TEST_F(hyperv, params_stay_readable)
{
	int i;

	vcpu_arch_set_entry_point(self->vcpu, guest_notifies_and_reads_params);
	run_and_verify_crash_event(self->vcpu, 1, CTL_NOTIFY, params);
	for (i = 0; i < NR_PARAMS; i++)
		TEST_ASSERT_EQ(vcpu_get_msr(self->vcpu,
					    HV_X64_MSR_CRASH_P0 + i),
			       params[i]);
	guest_panic_resume(self->dev, 1);
	run_and_verify_done(self->vcpu);
}

static void guest_reports_by_turns(void)
{
	for (;;) {
		guest_crash(params, CTL_NOTIFY);
		port_outb(PVPANIC_PORT, SHUTDOWN);
	}
}

TEST_F(hyperv, models_and_vcpus_share_one_count)
{
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, SHUTDOWN);
	vcpu_arch_set_entry_point(self->vcpu, guest_reports_by_turns);
	vcpu_arch_set_entry_point(self->other, guest_reports_by_turns);
	run_and_verify_crash_event(self->vcpu, 1, CTL_NOTIFY, params);
	guest_panic_resume(self->dev, 1);
	run_and_verify_crash_event(self->other, 2, CTL_NOTIFY, params);
	guest_panic_resume(self->dev, 2);
	run_and_verify_event(self->vcpu, ISA, 3, SHUTDOWN);
	run_and_verify_crash_event(self->vcpu, 4, CTL_NOTIFY, params);
	guest_panic_resume(self->dev, 4);
	run_and_verify_event(self->other, ISA, 5, SHUTDOWN);
}

/* The parameters are of the VM: an event has them as they were at its write. */
static void guest_writes_other_params(void)
{
	int i;

	for (i = 0; i < NR_PARAMS; i++)
		wrmsr(HV_X64_MSR_CRASH_P0 + i, other_params[i]);
	GUEST_DONE();
}

static void report_and_keep_pending(struct kvm_vcpu *vcpu)
{
	vcpu_arch_set_entry_point(vcpu, guest_notifies_once);
	set_params(vcpu, params);
	report_by_stepping(vcpu);
}

TEST_F(hyperv, other_vcpu_does_not_change_the_params_of_an_event)
{
	report_and_keep_pending(self->vcpu);
	vcpu_arch_set_entry_point(self->other, guest_writes_other_params);
	run_and_verify_done(self->other);
	verify_latched(self->dev, a_crash(0, 1, CTL_NOTIFY, params));
	run_and_verify_crash_event(self->vcpu, 1, CTL_NOTIFY, params);
	TEST_ASSERT_EQ(vcpu_get_msr(self->vcpu, HV_X64_MSR_CRASH_P0),
		       other_params[0]);
}

TEST_F(hyperv, userspace_does_not_change_the_params_of_an_event)
{
	report_and_keep_pending(self->vcpu);
	set_params(self->other, other_params);
	vcpu_set_msr(self->other, HV_X64_MSR_CRASH_CTL, 0);
	run_and_verify_crash_event(self->vcpu, 1, CTL_NOTIFY, params);
}

/*
 * One vCPU overwrites P0 to P4 for ever.  Each parameter of an event is a value
 * that one of the two has written, and the latch and the exit have the same.
 */
#define OVERWRITTEN_EVENTS	300

static u64 overwritten;

static void guest_overwrites_params(void)
{
	for (;;) {
		u64 i;

		for (i = 0; i < NR_PARAMS; i++)
			wrmsr(HV_X64_MSR_CRASH_P0 + i, other_params[i]);
		WRITE_ONCE(overwritten, overwritten + 1);
	}
}

static void guest_notifies_often(u64 rounds)
{
	while (rounds--)
		guest_crash(params, CTL_NOTIFY);
	GUEST_DONE();
}

static void verify_params_of_either(struct kvm_guest_panic_event event)
{
	int i;

	for (i = 0; i < NR_PARAMS; i++)
		TEST_ASSERT(event.param[i] == params[i] ||
			    event.param[i] == other_params[i],
			    "P%d: wanted 0x%lx or 0x%lx, got 0x%llx", i,
			    params[i], other_params[i], event.param[i]);
}

TEST_F_TIMEOUT(hyperv, event_has_one_snapshot_while_another_vcpu_overwrites,
	       LONG_TIMEOUT)
{
	struct kvm_guest_panic_event event;
	struct runner overwriter;
	struct ucall uc;
	u64 seq;

	vcpu_arch_set_entry_point(self->other, guest_overwrites_params);
	vcpu_arch_set_entry_point(self->vcpu, guest_notifies_often);
	vcpu_args_set(self->vcpu, 1, OVERWRITTEN_EVENTS);
	start_run(&overwriter, self->other);
	for (seq = 1; seq <= OVERWRITTEN_EVENTS; seq++) {
		run_to_exit(self->vcpu, &uc);
		event = exit_event(self->vcpu);
		TEST_ASSERT_EQ(event.seq, seq);
		verify_params_of_either(event);
		wait_until_moved(addr_gva2hva(self->vcpu->vm,
					      (u64)&overwritten));
		verify_latched(self->dev, event);
		verify_outstanding(self->dev, event);
		guest_panic_resume(self->dev, seq);
	}
	run_and_verify_done(self->vcpu);
	interrupt_run(&overwriter);
}

/* Who may access the MSRs: as without the device. */
TEST_F(hyperv, guest_without_hyperv_gets_gp)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_gets_gp);
	vcpu_init_cpuid(self->vcpu, kvm_get_supported_cpuid());
	run_and_verify_done(self->vcpu);
	verify_stats(self->vcpu->vm, 0, 0);
}

TEST_F(hyperv, enforced_cpuid_without_crash_msrs_gives_gp)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_gets_gp);
	enforce_cpuid(self->vcpu, false);
	run_and_verify_done(self->vcpu);
	verify_stats(self->vcpu->vm, 0, 0);
}

TEST_F(hyperv, enforced_cpuid_with_crash_msrs_reports)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_notifies);
	enforce_cpuid(self->vcpu, true);
	run_and_verify_crash_event(self->vcpu, 1, CTL_NOTIFY, params);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();
	TEST_REQUIRE_HYPERV();
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV_ENFORCE_CPUID));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_SET_GUEST_DEBUG));

	return test_harness_run(argc, argv);
}
