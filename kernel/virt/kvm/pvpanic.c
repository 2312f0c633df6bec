// SPDX-License-Identifier: GPL-2.0-only
/*
 * pvpanic on an I/O bus, a 1-byte register of the guest-panic device: a read
 * tells what the guest may report, a write reports.
 *
 * A register that has moved is on the bus twice for a moment.  The model's
 * address, which changes under gp->lock, decides which of them answers.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kvm_host.h>
#include <linux/slab.h>

#include <kvm/iodev.h>

#include "guest_panic.h"

struct pvpanic {
	struct kvm_io_device dev;
	u32 model;
	u64 addr;
};

static struct pvpanic *to_pvpanic(struct kvm_io_device *dev)
{
	return container_of(dev, struct pvpanic, dev);
}

static int pvpanic_read(struct kvm_vcpu *vcpu, struct kvm_io_device *this,
			gpa_t addr, int len, void *val)
{
	u32 events;

	if (len != 1)
		return -EOPNOTSUPP;

	events = kvm_guest_panic_events(vcpu->kvm, to_pvpanic(this)->model,
					addr);
	if (!events)
		return -EOPNOTSUPP;

	*(u8 *)val = events;
	return 0;
}

static int pvpanic_write(struct kvm_vcpu *vcpu, struct kvm_io_device *this,
			 gpa_t addr, int len, const void *val)
{
	int r;

	if (len != 1)
		return -EOPNOTSUPP;

	r = kvm_guest_panic_report(vcpu, to_pvpanic(this)->model, addr,
				   *(const u8 *)val, NULL);

	return r == -EOPNOTSUPP ? r : 0;
}

static void pvpanic_destroy(struct kvm_io_device *this)
{
	kfree(to_pvpanic(this));
}

static const struct kvm_io_device_ops pvpanic_ops = {
	.read = pvpanic_read,
	.write = pvpanic_write,
	.destructor = pvpanic_destroy,
};

static enum kvm_bus pvpanic_bus(u32 model)
{
	return model == KVM_GUEST_PANIC_ISA ? KVM_PIO_BUS : KVM_MMIO_BUS;
}

static bool pvpanic_addr_is_taken(struct kvm *kvm, u32 model, u64 addr)
{
	bool taken;
	int idx;

	idx = srcu_read_lock(&kvm->srcu);
	taken = kvm_io_bus_get_dev(kvm, pvpanic_bus(model), addr) ||
		kvm_arch_guest_panic_is_taken(kvm, model, addr);
	srcu_read_unlock(&kvm->srcu, idx);

	return taken;
}

static int pvpanic_register(struct kvm_guest_panic *gp, u32 model, u64 addr)
{
	struct pvpanic *pvpanic;
	int r;

	if (pvpanic_addr_is_taken(gp->kvm, model, addr))
		return -EBUSY;

	pvpanic = kzalloc(sizeof(*pvpanic), GFP_KERNEL_ACCOUNT);
	if (!pvpanic)
		return -ENOMEM;

	pvpanic->model = model;
	pvpanic->addr = addr;
	kvm_iodevice_init(&pvpanic->dev, &pvpanic_ops);
	r = kvm_io_bus_register_dev(gp->kvm, pvpanic_bus(model), addr, 1,
				    &pvpanic->dev);
	if (r) {
		kfree(pvpanic);
		return r;
	}

	gp->pvpanic[model] = &pvpanic->dev;
	return 0;
}

/*
 * Register the new place first: if that fails nothing has changed, while
 * leaving the old one cannot fail.
 */
int kvm_pvpanic_set_model(struct kvm_guest_panic *gp, u32 id,
			  const struct kvm_guest_panic_model *model)
{
	struct kvm_io_device *old = gp->pvpanic[id];
	bool moves;
	int r;

	lockdep_assert_held(&gp->kvm->slots_lock);

	moves = !old || to_pvpanic(old)->addr != model->addr;
	if (model->events && moves) {
		r = pvpanic_register(gp, id, model->addr);
		if (r)
			return r;
	}

	spin_lock(&gp->lock);
	gp->model[id] = *model;
	spin_unlock(&gp->lock);

	if (old && (!model->events || moves))
		kvm_io_bus_unregister_dev(gp->kvm, pvpanic_bus(id), old);
	if (!model->events)
		gp->pvpanic[id] = NULL;

	return 0;
}
