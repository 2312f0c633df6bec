// SPDX-License-Identifier: GPL-2.0-only
/*
 * What x86 brings to the guest-panic device, beside the hooks in hyperv.c and
 * x86.c that report.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kvm_host.h>

#include "guest_panic.h"
#include "irq.h"

u64 __kvm_guest_panic_hv_crash_ctl(struct kvm *kvm)
{
	u32 events = kvm_guest_panic_events(kvm, KVM_GUEST_PANIC_HYPERV, 0);
	u64 ctl = 0;

	if (events & KVM_GUEST_PANIC_NOTIFY)
		ctl |= BIT_ULL(63);
	if (events & KVM_GUEST_PANIC_NOTIFY_MSG)
		ctl |= BIT_ULL(62);
	if (events & KVM_GUEST_PANIC_NO_CRASH_DUMP)
		ctl |= BIT_ULL(61);
	if (events & KVM_GUEST_PANIC_PRE_OS_ID)
		ctl |= GENMASK_ULL(60, 58);

	return ctl;
}

/*
 * VMX emulates up to 130 instructions in a row while the guest's state is not
 * one that it can run.  It looks for this request between them.
 */
void kvm_arch_guest_panic_reported(struct kvm_vcpu *vcpu)
{
	kvm_make_request(KVM_REQ_EVENT, vcpu);
}

/* Local APICs are not on the bus. */
bool kvm_arch_guest_panic_is_taken(struct kvm *kvm, u32 model, u64 addr)
{
	return model == KVM_GUEST_PANIC_MMIO && irqchip_in_kernel(kvm) &&
	       (addr & PAGE_MASK) == APIC_DEFAULT_PHYS_BASE;
}
