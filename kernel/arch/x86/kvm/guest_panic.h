/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __ARCH_X86_KVM_GUEST_PANIC_H
#define __ARCH_X86_KVM_GUEST_PANIC_H

#include <linux/kvm_guest_panic.h>

u64 __kvm_guest_panic_hv_crash_ctl(struct kvm *kvm);

/* What the guest reads from CRASH_CTL, 0 if it is not the device's. */
static inline u64 kvm_guest_panic_hv_crash_ctl(struct kvm *kvm)
{
	return IS_ENABLED(CONFIG_HAVE_KVM_GUEST_PANIC) ?
	       __kvm_guest_panic_hv_crash_ctl(kvm) : 0;
}

/* A write of CRASH_CTL by the guest.  Returns false if it is not the device's. */
static inline bool kvm_guest_panic_hv_crash(struct kvm_vcpu *vcpu, u64 ctl,
					    const u64 *param)
{
	return IS_ENABLED(CONFIG_HAVE_KVM_GUEST_PANIC) &&
	       kvm_guest_panic_report(vcpu, KVM_GUEST_PANIC_HYPERV, 0, ctl,
				      param) != -EOPNOTSUPP;
}

/*
 * A vCPU that shuts down, however the vendor has found out.  Returns true if
 * that is an event, which kvm_guest_panic_run() returns in place of the exit.
 */
static inline bool kvm_guest_panic_fault(struct kvm_vcpu *vcpu)
{
	return IS_ENABLED(CONFIG_HAVE_KVM_GUEST_PANIC) &&
	       vcpu->run->exit_reason == KVM_EXIT_SHUTDOWN &&
	       !kvm_guest_panic_report(vcpu, KVM_GUEST_PANIC_FAULT, 0,
				       KVM_GUEST_PANIC_TRIPLE_FAULT, NULL);
}

#endif /* __ARCH_X86_KVM_GUEST_PANIC_H */
