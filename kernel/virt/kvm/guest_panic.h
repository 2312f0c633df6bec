/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * State of the guest-panic device.  It is allocated with the device and freed
 * with the VM; vCPUs find it by kvm->guest_panic.
 */
#ifndef _KVM_GUEST_PANIC_H
#define _KVM_GUEST_PANIC_H

#include <linux/kvm_guest_panic.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#define KVM_GUEST_PANIC_NR_MODELS	4

struct kvm_guest_panic {
	struct kvm *kvm;

	/*
	 * Protects all that follows but pvpanic[], and the guest_panic of
	 * every vCPU.  A leaf: a reporting vCPU takes it inside kvm->srcu and
	 * hv->hv_lock, userspace inside kvm->slots_lock.
	 */
	spinlock_t lock;
	bool freeze;
	u64 seq;			/* of the newest event */
	struct list_head stopping;	/* the first is latched */
	struct kvm_guest_panic_model model[KVM_GUEST_PANIC_NR_MODELS];

	/* The newest event that was latched, for the uevent. */
	struct kvm_guest_panic_event uevent;
	struct delayed_work uevent_work;

	/* What is registered on the I/O buses; protected by kvm->slots_lock. */
	struct kvm_io_device *pvpanic[KVM_GUEST_PANIC_NR_MODELS];
};

/* The outstanding event of a vCPU. */
struct kvm_vcpu_guest_panic {
	struct kvm_guest_panic_event event;	/* none if its seq is 0 */
	struct list_head stopping;		/* entry, if it is stopping */
};

static inline struct kvm_guest_panic *to_guest_panic(struct kvm *kvm)
{
	/* Pairs with gp_create(): what is the vCPUs' is there as well. */
	return smp_load_acquire(&kvm->guest_panic);
}

int kvm_pvpanic_set_model(struct kvm_guest_panic *gp, u32 id,
			  const struct kvm_guest_panic_model *model);

#endif /* _KVM_GUEST_PANIC_H */
