// SPDX-License-Identifier: GPL-2.0-only
/*
 * pvpanic: a 1-byte register of the guest-panic device.  A read tells what
 * may be reported, a write reports.  Any other access is not for it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kvm_host.h>

#include <kvm/iodev.h>

#include "guest_panic.h"

static int pvpanic_read(struct kvm_vcpu *vcpu, struct kvm_io_device *this,
			gpa_t addr, int len, void *val)
{
	u32 events;

	if (len != 1)
		return -EOPNOTSUPP;

	events = kvm_guest_panic_events(vcpu->kvm, KVM_GUEST_PANIC_ISA, addr);
	if (!events)
		return -EOPNOTSUPP;

	*(u8 *)val = events;
	return 0;
}

static int pvpanic_write(struct kvm_vcpu *vcpu, struct kvm_io_device *this,
			 gpa_t addr, int len, const void *val)
{
	if (len != 1 ||
	    !kvm_guest_panic_report(vcpu, KVM_GUEST_PANIC_ISA, addr,
				    *(const u8 *)val, NULL))
		return -EOPNOTSUPP;

	return 0;
}

static const struct kvm_io_device_ops pvpanic_ops = {
	.read = pvpanic_read,
	.write = pvpanic_write,
};

static bool pvpanic_range_overlaps(const struct kvm_io_range *range, gpa_t addr)
{
	/* A range of length 0 is an ioeventfd that takes any length there. */
	return addr >= range->addr &&
	       addr - range->addr < max(range->len, 1);
}

/*
 * A range that the model has left stays on the bus, and does not answer:
 * kvm_io_bus_unregister_dev() drops every device of the bus when it is out of
 * memory, and a change of the model that fails must change nothing.
 */
int kvm_pvpanic_register(struct kvm *kvm, u16 port)
{
	struct kvm_io_device *dev = &kvm->arch.guest_panic.isa;
	struct kvm_io_bus *bus = kvm_get_bus(kvm, KVM_PIO_BUS);
	bool registered = false;
	int i;

	lockdep_assert_held(&kvm->slots_lock);

	for (i = 0; bus && i < bus->dev_count; i++) {
		if (!pvpanic_range_overlaps(&bus->range[i], port))
			continue;
		if (bus->range[i].dev != dev)
			return -EBUSY;
		registered = true;
	}
	if (registered)
		return 0;

	kvm_iodevice_init(dev, &pvpanic_ops);
	return kvm_io_bus_register_dev(kvm, KVM_PIO_BUS, port, 1, dev);
}
