// SPDX-License-Identifier: GPL-2.0-only
/*
 * pvpanic, at an I/O port or in physical memory: a 1-byte register of the
 * guest-panic device.  A read tells what may be reported, a write reports.
 * Any other access is not for it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kvm_host.h>
#include <linux/slab.h>

#include <kvm/iodev.h>

#include "guest_panic.h"
#include "irq.h"

static u32 pvpanic_model(struct kvm_vcpu *vcpu, struct kvm_io_device *this)
{
	return this == &to_guest_panic(vcpu->kvm)->pio ? KVM_GUEST_PANIC_ISA :
							 KVM_GUEST_PANIC_MMIO;
}

static int pvpanic_read(struct kvm_vcpu *vcpu, struct kvm_io_device *this,
			gpa_t addr, int len, void *val)
{
	u32 events;

	if (len != 1)
		return -EOPNOTSUPP;

	events = kvm_guest_panic_events(vcpu->kvm, pvpanic_model(vcpu, this),
					addr);
	if (!events)
		return -EOPNOTSUPP;

	*(u8 *)val = events;
	return 0;
}

static int pvpanic_write(struct kvm_vcpu *vcpu, struct kvm_io_device *this,
			 gpa_t addr, int len, const void *val)
{
	if (len != 1 ||
	    !kvm_guest_panic_report(vcpu, pvpanic_model(vcpu, this), addr,
				    *(const u8 *)val, NULL))
		return -EOPNOTSUPP;

	return 0;
}

static const struct kvm_io_device_ops pvpanic_ops = {
	.read = pvpanic_read,
	.write = pvpanic_write,
};

static bool pvpanic_range_overlaps(const struct kvm_io_range *range, u64 addr)
{
	/* A range of length 0 is an ioeventfd that takes any length there. */
	return addr >= range->addr &&
	       addr - range->addr < max(range->len, 1);
}

/* The local APICs are not on the bus, and answer before it is asked. */
static bool pvpanic_hits_lapic(struct kvm *kvm, u32 model, u64 addr)
{
	return model == KVM_GUEST_PANIC_MMIO && irqchip_in_kernel(kvm) &&
	       (addr & PAGE_MASK) == APIC_DEFAULT_PHYS_BASE;
}

static enum kvm_bus pvpanic_bus(u32 model)
{
	return model == KVM_GUEST_PANIC_ISA ? KVM_PIO_BUS : KVM_MMIO_BUS;
}

static struct kvm_io_device *pvpanic_dev(struct kvm *kvm, u32 model)
{
	struct kvm_guest_panic *gp = to_guest_panic(kvm);

	return model == KVM_GUEST_PANIC_ISA ? &gp->pio : &gp->mmio;
}

int kvm_pvpanic_register(struct kvm *kvm, u32 model, u64 addr)
{
	struct kvm_io_bus *bus = kvm_get_bus(kvm, pvpanic_bus(model));
	struct kvm_io_device *dev = pvpanic_dev(kvm, model);
	bool registered = false;
	int i;

	lockdep_assert_held(&kvm->slots_lock);

	if (pvpanic_hits_lapic(kvm, model, addr))
		return -EBUSY;

	for (i = 0; bus && i < bus->dev_count; i++) {
		if (!pvpanic_range_overlaps(&bus->range[i], addr))
			continue;
		if (bus->range[i].dev != dev)
			return -EBUSY;
		registered = true;
	}
	if (registered)
		return 0;

	kvm_iodevice_init(dev, &pvpanic_ops);
	return kvm_io_bus_register_dev(kvm, pvpanic_bus(model), addr, 1, dev);
}

static bool pvpanic_is_stale(struct kvm *kvm, u32 id,
			     const struct kvm_io_range *range)
{
	const struct kvm_guest_panic_model *model =
		&to_guest_panic(kvm)->model[id];

	return range->dev == pvpanic_dev(kvm, id) &&
	       !(model->events && model->addr == range->addr);
}

/*
 * Take the range that the model has left off the bus.  It does not answer any
 * more, so without memory it may as well stay until the next change; while
 * kvm_io_bus_unregister_dev() would then drop every device of the bus.
 */
void kvm_pvpanic_unregister_stale(struct kvm *kvm, u32 model)
{
	enum kvm_bus bus_idx = pvpanic_bus(model);
	struct kvm_io_bus *new, *bus = kvm_get_bus(kvm, bus_idx);
	int i, nr_stale = 0;

	lockdep_assert_held(&kvm->slots_lock);

	for (i = 0; bus && i < bus->dev_count; i++)
		nr_stale += pvpanic_is_stale(kvm, model, &bus->range[i]);
	if (!nr_stale)
		return;

	new = kmemdup(bus, struct_size(bus, range, bus->dev_count),
		      GFP_KERNEL_ACCOUNT);
	if (!new)
		return;

	new->dev_count = 0;
	for (i = 0; i < bus->dev_count; i++)
		if (!pvpanic_is_stale(kvm, model, &bus->range[i]))
			new->range[new->dev_count++] = bus->range[i];

	rcu_assign_pointer(kvm->buses[bus_idx], new);
	synchronize_srcu_expedited(&kvm->srcu);
	kfree(bus);
}
