/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __KVM_X86_GUEST_PANIC_H
#define __KVM_X86_GUEST_PANIC_H

#include <linux/kvm_host.h>

#ifdef CONFIG_KVM_GUEST_PANIC

int kvm_guest_panic_ops_init(void);
void kvm_guest_panic_init_vm(struct kvm *kvm);

/*
 * For the sources.  @addr tells where the guest's access went: the port of
 * ISA, 0 for HYPERV.  An access that no enabled model answers is not theirs:
 * it goes on as if the device were absent.
 */

/* The events offered to the guest there, 0 if no enabled model answers. */
u32 kvm_guest_panic_events(struct kvm *kvm, u32 model, u64 addr);

/*
 * A guest's write of @code, with P0-P4 in @param or NULL for none.  Returns
 * false if no enabled model answers.
 */
bool kvm_guest_panic_report(struct kvm_vcpu *vcpu, u32 model, u64 addr,
			    u64 code, const u64 *param);

/* The guest's view of HV_X64_MSR_CRASH_CTL, 0 if the model is disabled. */
u64 kvm_guest_panic_hv_crash_ctl(struct kvm *kvm);

/*
 * KVM_REQ_GUEST_PANIC: deliver the pending event of @vcpu.  Returns as
 * vcpu_enter_guest() does: 1 go on, 0 exit to userspace, negative error.
 */
int kvm_guest_panic_deliver(struct kvm_vcpu *vcpu);

/*
 * pvpanic.c, with kvm->slots_lock held: make the ISA model able to answer at
 * @port; and, when it has been set, forget where it answered before.
 */
int kvm_pvpanic_register(struct kvm *kvm, u16 port);
void kvm_pvpanic_unregister_stale(struct kvm *kvm);

#else

static inline int kvm_guest_panic_ops_init(void)
{
	return 0;
}

static inline void kvm_guest_panic_init_vm(struct kvm *kvm)
{
}

static inline bool kvm_guest_panic_report(struct kvm_vcpu *vcpu, u32 model,
					  u64 addr, u64 code, const u64 *param)
{
	return false;
}

static inline u64 kvm_guest_panic_hv_crash_ctl(struct kvm *kvm)
{
	return 0;
}

#endif /* CONFIG_KVM_GUEST_PANIC */

#endif /* __KVM_X86_GUEST_PANIC_H */
