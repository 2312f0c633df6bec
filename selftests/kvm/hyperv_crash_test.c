// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Hyper-V crash MSRs: a guest that panics writes five values to P0 to P4
 * and then sets CRASH_NOTIFY in CTL.  KVM keeps the values for userspace to
 * read, and returns KVM_SYSTEM_EVENT_CRASH from that vCPU's KVM_RUN, once for
 * each such write and with nothing else in the exit.
 */
#include <pthread.h>
#include <signal.h>

#include "hyperv_crash.h"
#include "kvm_test_harness.h"
#include "kvm_util.h"
#include "processor.h"
#include "test_util.h"

#define POISON		0xa5a5a5a5a5a5a5a5ULL

/* Any values are fine, if they differ and fill all 64 bits. */
static const u64 params[NR_PARAMS] = {
	0x0123456789abcdef, 0x8100000006000000, 0xffffffff81000000,
	0xffff888000001000, ~0ULL,
};

FIXTURE(hyperv_crash) {
	struct kvm_vcpu *vcpu;
};

FIXTURE_SETUP(hyperv_crash)
{
	vm_create_with_one_vcpu(&self->vcpu, NULL);
	vcpu_set_hv_cpuid(self->vcpu);
}

FIXTURE_TEARDOWN(hyperv_crash)
{
	kvm_vm_free(self->vcpu->vm);
}

static u64 run_to_exit(struct kvm_vcpu *vcpu, struct ucall *uc)
{
	u64 cmd;

	vcpu_run(vcpu);
	cmd = get_ucall(vcpu, uc);
	if (cmd == UCALL_ABORT)
		REPORT_GUEST_ASSERT(*uc);
	return cmd;
}

static void verify_ucall(struct kvm_vcpu *vcpu, u64 cmd, u64 value)
{
	struct ucall uc;
	u64 got = run_to_exit(vcpu, &uc);

	TEST_ASSERT(got == cmd && (cmd != UCALL_SYNC || uc.args[1] == value),
		    "wanted ucall %lu with 0x%lx, got %lu with 0x%lx, exit %s",
		    cmd, value, got, uc.args[1],
		    exit_reason_str(vcpu->run->exit_reason));
}

static void verify_done(struct kvm_vcpu *vcpu)
{
	verify_ucall(vcpu, UCALL_DONE, 0);
}

static void verify_sync(struct kvm_vcpu *vcpu, u64 value)
{
	verify_ucall(vcpu, UCALL_SYNC, value);
}

static void verify_crash(struct kvm_vcpu *vcpu)
{
	TEST_ASSERT_KVM_EXIT_REASON(vcpu, KVM_EXIT_SYSTEM_EVENT);
	TEST_ASSERT_EQ(vcpu->run->system_event.type, KVM_SYSTEM_EVENT_CRASH);
	TEST_ASSERT_EQ(vcpu->run->system_event.ndata, 0);
}

static void run_and_verify_crash(struct kvm_vcpu *vcpu)
{
	vcpu_run(vcpu);
	verify_crash(vcpu);
}

static void verify_params(struct kvm_vcpu *vcpu)
{
	u64 got;
	int i;

	for (i = 0; i < NR_PARAMS; i++) {
		got = vcpu_get_msr(vcpu, HV_X64_MSR_CRASH_P0 + i);
		TEST_ASSERT(got == params[i], "P%d: wanted 0x%lx, got 0x%lx",
			    i, params[i], got);
	}
}

static void guest_crashes(void)
{
	guest_crash(params, CTL_NOTIFY);
	wrmsr(HV_X64_MSR_CRASH_CTL, CTL_NOTIFY | 1);
	GUEST_DONE();
}

TEST_F(hyperv_crash, each_notify_is_one_exit)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_crashes);
	run_and_verify_crash(self->vcpu);
	run_and_verify_crash(self->vcpu);
	verify_done(self->vcpu);
}

TEST_F(hyperv_crash, exit_carries_no_data)
{
	struct kvm_run *run = self->vcpu->run;
	int i;

	vcpu_arch_set_entry_point(self->vcpu, guest_crashes);
	memset(&run->system_event, 0xa5, sizeof(run->system_event));
	run_and_verify_crash(self->vcpu);
	for (i = 0; i < ARRAY_SIZE(run->system_event.data); i++)
		TEST_ASSERT_EQ(run->system_event.data[i], POISON);
}

TEST_F(hyperv_crash, userspace_reads_the_params)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_crashes);
	run_and_verify_crash(self->vcpu);
	verify_params(self->vcpu);
}

static void guest_reads_params(void)
{
	int i;

	for (i = 0; i < NR_PARAMS; i++)
		GUEST_ASSERT_EQ(rdmsr(HV_X64_MSR_CRASH_P0 + i), params[i]);
	GUEST_DONE();
}

TEST_F(hyperv_crash, params_are_of_the_vm)
{
	struct kvm_vcpu *other = vm_vcpu_add(self->vcpu->vm, 1,
					     guest_reads_params);

	vcpu_set_hv_cpuid(other);
	vcpu_arch_set_entry_point(self->vcpu, guest_crashes);
	run_and_verify_crash(self->vcpu);
	verify_params(other);
	verify_done(other);
}

static void guest_does_not_notify(void)
{
	guest_crash(params, ~CTL_NOTIFY);
	GUEST_SYNC(rdmsr(HV_X64_MSR_CRASH_CTL));
}

TEST_F(hyperv_crash, no_exit_without_notify)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_does_not_notify);
	verify_sync(self->vcpu, 0);
	verify_params(self->vcpu);
}

static void guest_reads_ctl(void)
{
	for (;;)
		GUEST_SYNC(rdmsr(HV_X64_MSR_CRASH_CTL));
}

/* Userspace has to offer it: Linux looks, and does not report without it. */
TEST_F(hyperv_crash, guest_reads_ctl_as_0)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_reads_ctl);
	verify_sync(self->vcpu, 0);
}

TEST_F(hyperv_crash, guest_reads_bit_63_of_what_userspace_wrote)
{
	struct kvm_vcpu *vcpu = self->vcpu;

	vcpu_arch_set_entry_point(vcpu, guest_reads_ctl);
	vcpu_set_msr(vcpu, HV_X64_MSR_CRASH_CTL, CTL_NOTIFY);
	verify_sync(vcpu, CTL_NOTIFY);
	vcpu_set_msr(vcpu, HV_X64_MSR_CRASH_CTL, 0);
	verify_sync(vcpu, 0);
	TEST_ASSERT_EQ(_vcpu_set_msr(vcpu, HV_X64_MSR_CRASH_CTL, ~0ULL), 1);
	TEST_ASSERT_EQ(vcpu_get_msr(vcpu, HV_X64_MSR_CRASH_CTL), CTL_NOTIFY);
	verify_sync(vcpu, CTL_NOTIFY);
}

static void guest_crashes_and_reads_ctl(void)
{
	wrmsr(HV_X64_MSR_CRASH_CTL, CTL_NOTIFY);
	GUEST_SYNC(rdmsr(HV_X64_MSR_CRASH_CTL));
}

TEST_F(hyperv_crash, guest_does_not_change_ctl)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_crashes_and_reads_ctl);
	run_and_verify_crash(self->vcpu);
	TEST_ASSERT_EQ(vcpu_get_msr(self->vcpu, HV_X64_MSR_CRASH_CTL), 0);
	verify_sync(self->vcpu, 0);
}

TEST_F(hyperv_crash, write_of_userspace_is_no_exit)
{
	int i;

	vcpu_arch_set_entry_point(self->vcpu, guest_reads_params);
	for (i = 0; i < NR_PARAMS; i++)
		vcpu_set_msr(self->vcpu, HV_X64_MSR_CRASH_P0 + i, params[i]);
	vcpu_set_msr(self->vcpu, HV_X64_MSR_CRASH_CTL, CTL_NOTIFY);
	verify_done(self->vcpu);
}

/* RBX tells the host where the instruction after the reporting one is. */
static void guest_crashes_once(void)
{
	asm volatile("lea 1f(%%rip), %%rbx\n\t"
		     "wrmsr\n"
		     "1:"
		     : : "c"(HV_X64_MSR_CRASH_CTL), "a"(0), "d"(1U << 31)
		     : "rbx", "memory");
	GUEST_DONE();
}

TEST_F(hyperv_crash, exit_comes_after_the_instruction)
{
	struct kvm_regs regs;

	vcpu_arch_set_entry_point(self->vcpu, guest_crashes_once);
	run_and_verify_crash(self->vcpu);
	vcpu_regs_get(self->vcpu, &regs);
	TEST_ASSERT_EQ(regs.rip, regs.rbx);
	verify_done(self->vcpu);
}

static void run_until_pending(struct kvm_vcpu *vcpu)
{
	vcpu_arch_set_entry_point(vcpu, guest_crashes_once);
	report_by_stepping(vcpu);
}

TEST_F(hyperv_crash, immediate_exit_does_not_lose_it)
{
	run_until_pending(self->vcpu);
	self->vcpu->run->immediate_exit = 1;
	TEST_ASSERT_EQ(__vcpu_run(self->vcpu), -1);
	TEST_ASSERT_EQ(errno, EINTR);
	self->vcpu->run->immediate_exit = 0;
	run_and_verify_crash(self->vcpu);
	verify_done(self->vcpu);
}

/* SIGUSR1 is blocked but in KVM_RUN, so that it can be pending before that. */
static void make_signal_pending(struct kvm_vcpu *vcpu, sigset_t *usr1)
{
	struct {
		struct kvm_signal_mask head;
		u8 none[8];
	} mask = { .head.len = 8 };

	sigemptyset(usr1);
	sigaddset(usr1, SIGUSR1);
	TEST_ASSERT_EQ(pthread_sigmask(SIG_BLOCK, usr1, NULL), 0);
	vcpu_ioctl(vcpu, KVM_SET_SIGNAL_MASK, &mask.head);
	pthread_kill(pthread_self(), SIGUSR1);
}

/* Which of the two KVM_RUN returns first is not promised. */
TEST_F(hyperv_crash, signal_does_not_lose_or_repeat_it)
{
	sigset_t usr1;
	int r, sig;

	run_until_pending(self->vcpu);
	make_signal_pending(self->vcpu, &usr1);
	r = __vcpu_run(self->vcpu);
	TEST_ASSERT(!r || errno == EINTR, "wanted 0 or EINTR, got %s",
		    strerror(errno));
	TEST_ASSERT_EQ(sigwait(&usr1, &sig), 0);
	if (r)
		vcpu_run(self->vcpu);
	verify_crash(self->vcpu);
	verify_done(self->vcpu);
}

TEST_F(hyperv_crash, guest_without_hyperv_gets_gp)
{
	vcpu_init_cpuid(self->vcpu, kvm_get_supported_cpuid());
	vcpu_arch_set_entry_point(self->vcpu, guest_gets_gp);
	verify_done(self->vcpu);
}

TEST_F(hyperv_crash, enforced_cpuid_without_crash_msrs_gives_gp)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_gets_gp);
	enforce_cpuid(self->vcpu, false);
	verify_done(self->vcpu);
}

TEST_F(hyperv_crash, enforced_cpuid_with_crash_msrs_gives_the_exit)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_crashes);
	enforce_cpuid(self->vcpu, true);
	run_and_verify_crash(self->vcpu);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV_CPUID));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV_ENFORCE_CPUID));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_SET_GUEST_DEBUG));

	return test_harness_run(argc, argv);
}
