/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The KVM guest-panic device: one exit, with the facts in it, for each panic
 * that a guest reports by the Hyper-V crash MSRs or by pvpanic.
 *
 * A VMM creates the device with KVM_CREATE_DEVICE, enables models with
 * KVM_SET_DEVICE_ATTR, and gets each report as KVM_EXIT_SYSTEM_EVENT of type
 * KVM_SYSTEM_EVENT_CRASH on the vCPU that made it.  The whole contract is in
 * Documentation/virt/kvm/devices/guest_panic.rst.
 */
#ifndef _UAPI_LINUX_KVM_GUEST_PANIC_H
#define _UAPI_LINUX_KVM_GUEST_PANIC_H

/* First, so that a kvm.h that knows the type wins over the fallback below. */
#include <linux/kvm.h>
#include <linux/types.h>

/*
 * kvm_create_device.type.  A fixed private number with room below it, so that
 * one binary runs on every kernel that has the device.
 */
#ifndef KVM_DEV_TYPE_GUEST_PANIC
#define KVM_DEV_TYPE_GUEST_PANIC	64
#endif

/*
 * Attribute groups and attributes.  An attribute that this kernel does not
 * implement answers ENXIO, to KVM_HAS_DEVICE_ATTR also: probe with that.
 */

/* What the guest is given to report by: struct kvm_guest_panic_model. */
#define KVM_DEV_GUEST_PANIC_MODEL	0
#define   KVM_GUEST_PANIC_HYPERV	0	/* MSRs 0x40000100-0x40000105 */
#define   KVM_GUEST_PANIC_ISA		1	/* pvpanic at an I/O port */
#define   KVM_GUEST_PANIC_MMIO		2	/* pvpanic at a physical address */

/* What a report does to the VM. */
#define KVM_DEV_GUEST_PANIC_CTRL	1
#define   KVM_GUEST_PANIC_FREEZE	0	/* __u32, 0 or 1 */
#define   KVM_GUEST_PANIC_RESUME	1	/* no payload; set only */

/* What is outstanding: struct kvm_guest_panic_event. */
#define KVM_DEV_GUEST_PANIC_STATE	2
#define   KVM_GUEST_PANIC_LATCHED	0	/* ENOENT when there is nothing */

/* kvm_guest_panic_model.events, and the bits a pvpanic guest writes. */
#define KVM_GUEST_PANIC_PANICKED	(1U << 0)
#define KVM_GUEST_PANIC_CRASH_LOADED	(1U << 1)
#define KVM_GUEST_PANIC_SHUTDOWN	(1U << 2)

/*
 * kvm_guest_panic_model.events of KVM_GUEST_PANIC_HYPERV.  NOTIFY must be set
 * for the model to be enabled; they are bits 63 and 62 of CRASH_CTL.
 */
#define KVM_GUEST_PANIC_NOTIFY		(1U << 0)
#define KVM_GUEST_PANIC_NOTIFY_MSG	(1U << 1)

/**
 * struct kvm_guest_panic_model - how a guest may report a panic
 * @addr:	the I/O port (ISA) or guest physical address (MMIO) of the
 *		1-byte register; 0 for HYPERV
 * @events:	what the guest may report, as event bits of that model;
 *		0 disables the model
 * @flags:	must be 0
 *
 * Payload of the KVM_DEV_GUEST_PANIC_MODEL attributes, set and get.
 */
struct kvm_guest_panic_model {
	__u64 addr;
	__u32 events;
	__u32 flags;
};

/**
 * struct kvm_guest_panic_event - one report of a guest
 * @model:	KVM_GUEST_PANIC_HYPERV, _ISA or _MMIO
 * @vcpu_id:	KVM_CREATE_VCPU id of the vCPU that reported
 * @seq:	1, 2, 3, ... for each VM: a gap means that an event was missed
 * @code:	pvpanic: the event bits written, of those offered; Hyper-V: the
 *		value written to CRASH_CTL
 * @param:	Hyper-V: P0 to P4 as they were at that write; pvpanic: 0
 *
 * Payload of KVM_GUEST_PANIC_LATCHED.  The exit carries the same facts, in the
 * same order, in kvm_run.system_event.data[]; see the indexes below.
 */
struct kvm_guest_panic_event {
	__u32 model;
	__u32 vcpu_id;
	__u64 seq;
	__u64 code;
	__u64 param[5];
};

/* Indexes into kvm_run.system_event.data[] of KVM_SYSTEM_EVENT_CRASH. */
#define KVM_GUEST_PANIC_DATA_MODEL	0
#define KVM_GUEST_PANIC_DATA_VCPU_ID	1
#define KVM_GUEST_PANIC_DATA_SEQ	2
#define KVM_GUEST_PANIC_DATA_CODE	3
#define KVM_GUEST_PANIC_DATA_PARAM	4	/* the first of five */

/*
 * kvm_run.system_event.ndata.  Without the device, or with no model enabled,
 * ndata of a Hyper-V crash is 0, as it is in kernels that lack the device.
 */
#define KVM_GUEST_PANIC_NDATA_PVPANIC	4
#define KVM_GUEST_PANIC_NDATA_HYPERV	9

#endif /* _UAPI_LINUX_KVM_GUEST_PANIC_H */
