/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The KVM guest-panic device: one exit, with the facts in it, for each panic
 * that a guest reports by the Hyper-V crash MSRs, by pvpanic, or by a triple
 * fault.
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

/* What the guest may report by: struct kvm_guest_panic_model. */
#define KVM_DEV_GUEST_PANIC_MODEL	0
#define   KVM_GUEST_PANIC_HYPERV	0	/* MSRs 0x40000100-0x40000105 */
#define   KVM_GUEST_PANIC_ISA		1	/* pvpanic at an I/O port */
#define   KVM_GUEST_PANIC_MMIO		2	/* pvpanic at a physical address */
#define   KVM_GUEST_PANIC_FAULT		3	/* a vCPU that triple-faults */

/* What a report does to the VM. */
#define KVM_DEV_GUEST_PANIC_CTRL	1
#define   KVM_GUEST_PANIC_FREEZE	0	/* __u32, 0 or 1 */
#define   KVM_GUEST_PANIC_RESUME	1	/* __u64, a seq; set only */
#define   KVM_GUEST_PANIC_DISCARD	2	/* no payload; set only */

/* What is outstanding: to read, to save, and to restore elsewhere. */
#define KVM_DEV_GUEST_PANIC_STATE	2
#define   KVM_GUEST_PANIC_LATCHED	0	/* struct kvm_guest_panic_event; get only */
#define   KVM_GUEST_PANIC_EVENT		1	/* the same, of the vCPU vcpu_id */
#define   KVM_GUEST_PANIC_SEQ		2	/* __u64, the newest seq */

/* kvm_guest_panic_model.events of ISA and MMIO: the bits that a guest writes. */
#define KVM_GUEST_PANIC_PANICKED	(1U << 0)
#define KVM_GUEST_PANIC_CRASH_LOADED	(1U << 1)
#define KVM_GUEST_PANIC_SHUTDOWN	(1U << 2)

/*
 * kvm_guest_panic_model.events of HYPERV: bits 63, 62, 61 and 60 to 58 of
 * CRASH_CTL.  NOTIFY must be set for the model to be enabled.
 */
#define KVM_GUEST_PANIC_NOTIFY		(1U << 0)
#define KVM_GUEST_PANIC_NOTIFY_MSG	(1U << 1)
#define KVM_GUEST_PANIC_NO_CRASH_DUMP	(1U << 2)
#define KVM_GUEST_PANIC_PRE_OS_ID	(1U << 3)

/* kvm_guest_panic_model.events of FAULT. */
#define KVM_GUEST_PANIC_TRIPLE_FAULT	(1U << 0)

/**
 * struct kvm_guest_panic_model - how a guest may report a panic
 * @addr:	the I/O port (ISA) or guest physical address (MMIO) of the
 *		1-byte register; 0 for HYPERV and FAULT
 * @events:	what the guest may report, as event bits of that model;
 *		0 disables the model
 * @flags:	must be 0
 * @reserved:	must be 0
 *
 * Payload of the KVM_DEV_GUEST_PANIC_MODEL attributes, set and get.
 */
struct kvm_guest_panic_model {
	__u64 addr;
	__u32 events;
	__u32 flags;
	__u64 reserved[2];
};

/* kvm_guest_panic_event.flags: KVM_RUN has returned the event. */
#define KVM_GUEST_PANIC_DELIVERED	(1U << 0)

/**
 * struct kvm_guest_panic_event - one report of a guest
 * @model:	KVM_GUEST_PANIC_HYPERV, _ISA, _MMIO or _FAULT
 * @vcpu_id:	KVM_CREATE_VCPU id of the vCPU that reported
 * @seq:	1, 2, 3, ... for each VM: a gap means that an event was missed
 * @code:	ISA, MMIO, FAULT: the event bits reported, of those offered;
 *		HYPERV: the value written to CRASH_CTL
 * @param:	HYPERV: P0 to P4 as they were at that write; else 0
 * @time:	of the report, in ns of the host's CLOCK_BOOTTIME
 * @flags:	KVM_GUEST_PANIC_DELIVERED
 * @reserved:	0
 *
 * Payload of KVM_GUEST_PANIC_LATCHED and KVM_GUEST_PANIC_EVENT.  The exit has
 * the same facts in kvm_run.system_event.data[]; see the indexes below.
 */
struct kvm_guest_panic_event {
	__u32 model;
	__u32 vcpu_id;
	__u64 seq;
	__u64 code;
	__u64 param[5];
	__u64 time;
	__u32 flags;
	__u32 reserved[5];
};

/* Indexes into kvm_run.system_event.data[] of KVM_SYSTEM_EVENT_CRASH. */
#define KVM_GUEST_PANIC_DATA_MODEL	0
#define KVM_GUEST_PANIC_DATA_VCPU_ID	1
#define KVM_GUEST_PANIC_DATA_SEQ	2
#define KVM_GUEST_PANIC_DATA_CODE	3
#define KVM_GUEST_PANIC_DATA_PARAM	4	/* the first of five */
#define KVM_GUEST_PANIC_DATA_TIME	9
#define KVM_GUEST_PANIC_DATA_FLAGS	10

/*
 * kvm_run.system_event.ndata of every event.  A crash that is not the
 * device's has ndata 0, as in kernels that lack the device.
 */
#define KVM_GUEST_PANIC_NDATA		11

#endif /* _UAPI_LINUX_KVM_GUEST_PANIC_H */
