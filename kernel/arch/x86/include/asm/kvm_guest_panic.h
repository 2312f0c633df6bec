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
#include <linux/workqueue_types.h>

#define KVM_GUEST_PANIC_NR_MODELS	3

/* One for each VM.  All zero, but for the lock, until the device is set up. */
struct kvm_guest_panic {
	/*
	 * Protects all of this but the I/O devices, and the guest_panic of
	 * every vCPU.  Taken inside kvm->slots_lock by userspace, and inside
	 * kvm->srcu or hv->hv_lock by a reporting vCPU.
	 */
	spinlock_t lock;

	bool freeze;	/* a latched event stops every vCPU... */
	bool frozen;	/* ... and has: none is in guest mode */
	bool latched;	/* event is outstanding */
	bool uevent_due;	/* of the latched event */
	u64 epoch;	/* changes with freeze, and with each latch */
	u64 seq;	/* of the newest event */
	struct kvm_guest_panic_event event;

	struct delayed_work uevent_work;

	struct kvm_guest_panic_model model[KVM_GUEST_PANIC_NR_MODELS];

	/* Their ranges are protected by kvm->slots_lock. */
	struct kvm_io_device pio;
	struct kvm_io_device mmio;
};

/*
 * What a vCPU has reported.
 *
 * NONE: nothing, or it has been delivered.
 * RECORDED: the guest wrote; the instruction may go on to write more.
 * COMMITTED: an event, with its seq, that KVM_RUN has yet to return.
 */
enum kvm_guest_panic_state {
	KVM_GUEST_PANIC_NONE,
	KVM_GUEST_PANIC_RECORDED,
	KVM_GUEST_PANIC_COMMITTED,
};

struct kvm_vcpu_guest_panic {
	enum kvm_guest_panic_state state;
	bool finished;		/* the instruction, wherever RIP is */
	unsigned long rip;	/* of the reporting instruction */
	struct kvm_guest_panic_event event;
};

#endif /* _ASM_X86_KVM_GUEST_PANIC_H */
