/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tests of the Hyper-V crash MSRs share, whatever KVM makes of a crash.
 */
#ifndef SELFTEST_KVM_HYPERV_CRASH_H
#define SELFTEST_KVM_HYPERV_CRASH_H

#include "hyperv.h"
#include "kvm_util.h"
#include "processor.h"
#include "test_util.h"

/* The bits of HV_X64_MSR_CRASH_CTL. */
#define CTL_NOTIFY		BIT_ULL(63)
#define CTL_NOTIFY_MSG		BIT_ULL(62)
#define CTL_NO_CRASH_DUMP	BIT_ULL(61)
#define CTL_PRE_OS_ID		(7ULL << 58)

#define NR_PARAMS	5

static inline void guest_crash(const u64 *param, u64 ctl)
{
	int i;

	for (i = 0; i < NR_PARAMS; i++)
		wrmsr(HV_X64_MSR_CRASH_P0 + i, param[i]);
	wrmsr(HV_X64_MSR_CRASH_CTL, ctl);
}

/* Guest: it may access none of the MSRs. */
static inline void guest_gets_gp(void)
{
	u64 value;
	u32 msr;

	for (msr = HV_X64_MSR_CRASH_P0; msr <= HV_X64_MSR_CRASH_CTL; msr++) {
		GUEST_ASSERT_EQ(rdmsr_safe(msr, &value), GP_VECTOR);
		GUEST_ASSERT_EQ(wrmsr_safe(msr, CTL_NOTIFY), GP_VECTOR);
	}
	GUEST_DONE();
}

static inline void enforce_cpuid(struct kvm_vcpu *vcpu, bool has_crash_msrs)
{
	vcpu_set_or_clear_cpuid_feature(vcpu,
					HV_FEATURE_GUEST_CRASH_MSR_AVAILABLE,
					has_crash_msrs);
	vcpu_enable_cap(vcpu, KVM_CAP_HYPERV_ENFORCE_CPUID, 1);
}

/*
 * Run a guest that has put the address behind its next report in RBX until that
 * report is made, and its exit is pending: single-step ends KVM_RUN right after
 * the instruction, before the exit.
 */
static inline void report_by_stepping(struct kvm_vcpu *vcpu)
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

#endif /* SELFTEST_KVM_HYPERV_CRASH_H */
