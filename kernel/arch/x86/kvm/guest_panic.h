/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __KVM_X86_GUEST_PANIC_H
#define __KVM_X86_GUEST_PANIC_H

#include <linux/kvm_host.h>

#ifdef CONFIG_KVM_GUEST_PANIC

void kvm_guest_panic_init_vm(struct kvm *kvm);

/* guest_panic_attr.c: register the device's type with KVM. */
int kvm_guest_panic_ops_init(void);

/* For guest_panic_attr.c: what userspace does to the latch. */
void kvm_guest_panic_set_freeze(struct kvm *kvm, bool freeze);
void kvm_guest_panic_resume(struct kvm *kvm);
int kvm_guest_panic_get_latched(struct kvm *kvm,
				struct kvm_guest_panic_event *event);
int kvm_guest_panic_set_latched(struct kvm *kvm,
				const struct kvm_guest_panic_event *event);

static inline struct kvm_guest_panic *to_guest_panic(struct kvm *kvm)
{
	return &kvm->arch.guest_panic;
}

/*
 * For the sources.  @addr tells where the guest's access went: the port of
 * ISA, the guest physical address of MMIO, 0 for HYPERV.  An access that no
 * enabled model answers is not theirs: it goes on as if the device were
 * absent.
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

/* For KVM_RUN.  All are called by the vCPU's own thread. */

/* A new vCPU looks before it runs: its VM may be frozen. */
static inline void kvm_guest_panic_vcpu_create(struct kvm_vcpu *vcpu)
{
	kvm_make_request(KVM_REQ_GUEST_PANIC, vcpu);
}

int __kvm_guest_panic_run(struct kvm_vcpu *vcpu);
void __kvm_guest_panic_commit(struct kvm_vcpu *vcpu);

/*
 * Before the vCPU enters the guest or blocks, with kvm->srcu held.  Returns
 * as vcpu_enter_guest() does: 1 go on, 0 exit to userspace, negative error.
 */
static inline int kvm_guest_panic_run(struct kvm_vcpu *vcpu)
{
	if (likely(!kvm_test_request(KVM_REQ_GUEST_PANIC, vcpu)))
		return 1;

	return __kvm_guest_panic_run(vcpu);
}

/*
 * Before KVM_RUN returns, for whatever reason: what the guest has reported
 * by then takes effect now.  Userspace need not come back.
 */
static inline void kvm_guest_panic_commit(struct kvm_vcpu *vcpu)
{
	if (unlikely(kvm_test_request(KVM_REQ_GUEST_PANIC, vcpu)))
		__kvm_guest_panic_commit(vcpu);
}

/*
 * pvpanic.c, with kvm->slots_lock held: make @model, ISA or MMIO, able to
 * answer at @addr; and, when it has been set, forget where it answered before.
 */
int kvm_pvpanic_register(struct kvm *kvm, u32 model, u64 addr);
void kvm_pvpanic_unregister_stale(struct kvm *kvm, u32 model);

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

static inline void kvm_guest_panic_vcpu_create(struct kvm_vcpu *vcpu)
{
}

static inline int kvm_guest_panic_run(struct kvm_vcpu *vcpu)
{
	return 1;
}

static inline void kvm_guest_panic_commit(struct kvm_vcpu *vcpu)
{
}

#endif /* CONFIG_KVM_GUEST_PANIC */

#endif /* __KVM_X86_GUEST_PANIC_H */
