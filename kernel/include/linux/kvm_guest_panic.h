/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What KVM calls of the guest-panic device; stubs where the option is off.
 */
#ifndef _LINUX_KVM_GUEST_PANIC_H
#define _LINUX_KVM_GUEST_PANIC_H

#include <linux/kvm_host.h>
#include <uapi/linux/kvm_guest_panic.h>

struct kobj_uevent_env;

#ifdef CONFIG_HAVE_KVM_GUEST_PANIC

extern const struct kvm_device_ops kvm_guest_panic_device_ops;
#define KVM_GUEST_PANIC_DEVICE_OPS	(&kvm_guest_panic_device_ops)

int kvm_guest_panic_vcpu_create(struct kvm_vcpu *vcpu);
void kvm_guest_panic_vcpu_destroy(struct kvm_vcpu *vcpu);
void kvm_guest_panic_destroy_vm(struct kvm *kvm);
void kvm_guest_panic_add_uevent_vars(struct kvm *kvm,
				     struct kobj_uevent_env *env);

/* The architecture: after each report, with no lock held but the caller's. */
void kvm_arch_guest_panic_reported(struct kvm_vcpu *vcpu);
/* The architecture: an address that is answered before the I/O bus is asked. */
bool kvm_arch_guest_panic_is_taken(struct kvm *kvm, u32 model, u64 addr);

#else /* CONFIG_HAVE_KVM_GUEST_PANIC */

#define KVM_GUEST_PANIC_DEVICE_OPS	NULL

static inline int kvm_guest_panic_vcpu_create(struct kvm_vcpu *vcpu)
{
	return 0;
}

static inline void kvm_guest_panic_vcpu_destroy(struct kvm_vcpu *vcpu)
{
}

static inline void kvm_guest_panic_destroy_vm(struct kvm *kvm)
{
}

static inline void kvm_guest_panic_add_uevent_vars(struct kvm *kvm,
						   struct kobj_uevent_env *env)
{
}

#endif /* CONFIG_HAVE_KVM_GUEST_PANIC */

/*
 * For the sources of reports.  @addr is where the guest's access went: the
 * port of ISA, the guest physical address of MMIO, else 0.
 *
 * kvm_guest_panic_events() returns what the guest may report there, 0 if no
 * enabled model answers.
 *
 * kvm_guest_panic_report() returns 0 for an event, -EINVAL if an enabled model
 * answers and ignores the report, or -EOPNOTSUPP if none answers.
 */
u32 kvm_guest_panic_events(struct kvm *kvm, u32 model, u64 addr);
int kvm_guest_panic_report(struct kvm_vcpu *vcpu, u32 model, u64 addr,
			   u64 code, const u64 *param);

int __kvm_guest_panic_run(struct kvm_vcpu *vcpu);
bool __kvm_guest_panic_is_held(struct kvm_vcpu *vcpu);
void __kvm_guest_panic_wait(struct kvm_vcpu *vcpu);

/* Whether the vCPU has to look at the device; never with the option off. */
static inline bool kvm_guest_panic_pending(struct kvm_vcpu *vcpu)
{
	return IS_ENABLED(CONFIG_HAVE_KVM_GUEST_PANIC) &&
	       unlikely(kvm_test_request(KVM_REQ_GUEST_PANIC, vcpu));
}

/*
 * Call before a vCPU enters the guest or blocks, with kvm->srcu held.  Sleeps
 * for as long as the vCPU is held.  Returns 1 to go on, 0 if the exit is
 * filled in, or -EINTR.
 */
static inline int kvm_guest_panic_run(struct kvm_vcpu *vcpu)
{
	return kvm_guest_panic_pending(vcpu) ? __kvm_guest_panic_run(vcpu) : 1;
}

/* Whether the vCPU must neither enter the guest nor change its mp_state. */
static inline bool kvm_guest_panic_is_held(struct kvm_vcpu *vcpu)
{
	return kvm_guest_panic_pending(vcpu) && __kvm_guest_panic_is_held(vcpu);
}

/*
 * Call at the start of KVM_RUN, before pending userspace I/O is completed,
 * which may carry on with a string instruction.  Returns when the vCPU is no
 * longer held or a signal is pending.
 */
static inline void kvm_guest_panic_wait(struct kvm_vcpu *vcpu)
{
	if (kvm_guest_panic_pending(vcpu))
		__kvm_guest_panic_wait(vcpu);
}

#endif /* _LINUX_KVM_GUEST_PANIC_H */
