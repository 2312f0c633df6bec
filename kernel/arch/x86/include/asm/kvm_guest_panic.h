/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * State of the guest-panic device, embedded in struct kvm_arch and struct
 * kvm_vcpu_arch: a vCPU may look at it at any time, device or no device, and
 * it is there for as long as they are.
 */
#ifndef _ASM_X86_KVM_GUEST_PANIC_H
#define _ASM_X86_KVM_GUEST_PANIC_H

#include <kvm/iodev.h>
#include <linux/kvm_guest_panic.h>
#include <linux/spinlock_types.h>

#define KVM_GUEST_PANIC_NR_MODELS	2

/* One for each VM.  All zero, but for the lock, until the device is set up. */
struct kvm_guest_panic {
	/*
	 * Protects model[], seq and the pending event of every vCPU.  Taken
	 * inside kvm->slots_lock by userspace, and inside kvm->srcu or
	 * hv->hv_lock by a reporting vCPU.
	 */
	spinlock_t lock;
	u64 seq;	/* of the newest event */
	struct kvm_guest_panic_model model[KVM_GUEST_PANIC_NR_MODELS];
	struct kvm_io_device isa;
};

/* One for each vCPU: the event that it reported and has not yet delivered. */
struct kvm_vcpu_guest_panic {
	bool pending;
	bool finished;		/* the instruction, wherever RIP is */
	unsigned long rip;	/* of the reporting instruction */
	struct kvm_guest_panic_event event;
};

#endif /* _ASM_X86_KVM_GUEST_PANIC_H */
