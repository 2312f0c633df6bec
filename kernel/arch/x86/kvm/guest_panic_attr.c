// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest-panic device as userspace sees it: its creation and attributes.
 * All that comes from userspace is checked here; a call that fails has
 * changed nothing.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kvm_host.h>
#include <linux/nospec.h>
#include <linux/uaccess.h>

#include "guest_panic.h"

#define PVPANIC_EVENTS	(KVM_GUEST_PANIC_PANICKED |	\
			 KVM_GUEST_PANIC_CRASH_LOADED |	\
			 KVM_GUEST_PANIC_SHUTDOWN)

#define HYPERV_EVENTS	(KVM_GUEST_PANIC_NOTIFY |	\
			 KVM_GUEST_PANIC_NOTIFY_MSG)

static int gp_has_model(u64 id)
{
	switch (id) {
	case KVM_GUEST_PANIC_HYPERV:
		return IS_ENABLED(CONFIG_KVM_HYPERV) ? 0 : -ENXIO;
	case KVM_GUEST_PANIC_ISA:
	case KVM_GUEST_PANIC_MMIO:
		return 0;
	default:
		return -ENXIO;
	}
}

static bool gp_model_is_valid(u64 id, const struct kvm_guest_panic_model *model)
{
	if (model->flags)
		return false;

	switch (id) {
	case KVM_GUEST_PANIC_HYPERV:
		return !model->addr && !(model->events & ~HYPERV_EVENTS) &&
		       (!model->events ||
			(model->events & KVM_GUEST_PANIC_NOTIFY));
	case KVM_GUEST_PANIC_ISA:
		return model->addr <= U16_MAX &&
		       !(model->events & ~PVPANIC_EVENTS);
	default:
		/* The register's end, one byte on, must not wrap. */
		return model->addr < U64_MAX &&
		       !(model->events & ~PVPANIC_EVENTS);
	}
}

static struct kvm_guest_panic_model *gp_model(struct kvm *kvm, u64 id)
{
	struct kvm_guest_panic *gp = to_guest_panic(kvm);

	return &gp->model[array_index_nospec(id, ARRAY_SIZE(gp->model))];
}

static int gp_set_model(struct kvm *kvm, u64 id, void __user *uaddr)
{
	struct kvm_guest_panic *gp = to_guest_panic(kvm);
	bool is_pvpanic = id != KVM_GUEST_PANIC_HYPERV;
	struct kvm_guest_panic_model model;
	int r = 0;

	if (copy_from_user(&model, uaddr, sizeof(model)))
		return -EFAULT;
	if (!gp_model_is_valid(id, &model))
		return -EINVAL;

	mutex_lock(&kvm->slots_lock);
	if (is_pvpanic && model.events)
		r = kvm_pvpanic_register(kvm, id, model.addr);
	if (r)
		goto out_unlock;

	spin_lock(&gp->lock);
	*gp_model(kvm, id) = model;
	spin_unlock(&gp->lock);

	if (is_pvpanic)
		kvm_pvpanic_unregister_stale(kvm, id);
out_unlock:
	mutex_unlock(&kvm->slots_lock);

	return r;
}

static int gp_get_model(struct kvm *kvm, u64 id, void __user *uaddr)
{
	struct kvm_guest_panic *gp = to_guest_panic(kvm);
	struct kvm_guest_panic_model model;

	spin_lock(&gp->lock);
	model = *gp_model(kvm, id);
	spin_unlock(&gp->lock);

	return copy_to_user(uaddr, &model, sizeof(model)) ? -EFAULT : 0;
}

static int gp_set_ctrl(struct kvm *kvm, u64 id, void __user *uaddr)
{
	u32 freeze;

	if (id == KVM_GUEST_PANIC_RESUME) {
		kvm_guest_panic_resume(kvm);
		return 0;
	}

	if (get_user(freeze, (u32 __user *)uaddr))
		return -EFAULT;
	if (freeze > 1)
		return -EINVAL;

	kvm_guest_panic_set_freeze(kvm, freeze);
	return 0;
}

static int gp_get_ctrl(struct kvm *kvm, u64 id, void __user *uaddr)
{
	struct kvm_guest_panic *gp = to_guest_panic(kvm);
	u32 freeze;

	if (id != KVM_GUEST_PANIC_FREEZE)
		return -ENXIO;

	spin_lock(&gp->lock);
	freeze = gp->freeze;
	spin_unlock(&gp->lock);

	return put_user(freeze, (u32 __user *)uaddr);
}

static int gp_set_latched(struct kvm *kvm, void __user *uaddr)
{
	struct kvm_guest_panic_event event;

	if (copy_from_user(&event, uaddr, sizeof(event)))
		return -EFAULT;

	return kvm_guest_panic_set_latched(kvm, &event);
}

static int gp_get_latched(struct kvm *kvm, void __user *uaddr)
{
	struct kvm_guest_panic_event event;
	int r;

	r = kvm_guest_panic_get_latched(kvm, &event);
	if (r)
		return r;

	return copy_to_user(uaddr, &event, sizeof(event)) ? -EFAULT : 0;
}

static int gp_has_attr(struct kvm_device *dev, struct kvm_device_attr *attr)
{
	int r;

	switch (attr->group) {
	case KVM_DEV_GUEST_PANIC_MODEL:
		r = gp_has_model(attr->attr);
		break;
	case KVM_DEV_GUEST_PANIC_CTRL:
		r = attr->attr <= KVM_GUEST_PANIC_RESUME ? 0 : -ENXIO;
		break;
	case KVM_DEV_GUEST_PANIC_STATE:
		r = attr->attr == KVM_GUEST_PANIC_LATCHED ? 0 : -ENXIO;
		break;
	default:
		r = -ENXIO;
	}
	if (!r && attr->flags)
		r = -EINVAL;

	return r;
}

static int gp_set_attr(struct kvm_device *dev, struct kvm_device_attr *attr)
{
	void __user *uaddr = u64_to_user_ptr(attr->addr);
	int r;

	r = gp_has_attr(dev, attr);
	if (r)
		return r;

	switch (attr->group) {
	case KVM_DEV_GUEST_PANIC_MODEL:
		return gp_set_model(dev->kvm, attr->attr, uaddr);
	case KVM_DEV_GUEST_PANIC_CTRL:
		return gp_set_ctrl(dev->kvm, attr->attr, uaddr);
	default:
		return gp_set_latched(dev->kvm, uaddr);
	}
}

static int gp_get_attr(struct kvm_device *dev, struct kvm_device_attr *attr)
{
	void __user *uaddr = u64_to_user_ptr(attr->addr);
	int r;

	r = gp_has_attr(dev, attr);
	if (r)
		return r;

	switch (attr->group) {
	case KVM_DEV_GUEST_PANIC_MODEL:
		return gp_get_model(dev->kvm, attr->attr, uaddr);
	case KVM_DEV_GUEST_PANIC_CTRL:
		return gp_get_ctrl(dev->kvm, attr->attr, uaddr);
	default:
		return gp_get_latched(dev->kvm, uaddr);
	}
}

static const struct kvm_device_ops gp_ops;

static int gp_create(struct kvm_device *dev, u32 type)
{
	struct kvm_device *tmp;

	lockdep_assert_held(&dev->kvm->lock);

	list_for_each_entry(tmp, &dev->kvm->devices, vm_node)
		if (tmp->ops == &gp_ops)
			return -EEXIST;

	return 0;
}

/*
 * With the VM, or when its file could not be made: nothing was set up then,
 * and the state, which is the VM's, is as it was.
 */
static void gp_destroy(struct kvm_device *dev)
{
	kfree(dev);
}

static const struct kvm_device_ops gp_ops = {
	.name = "kvm-guest-panic",
	.create = gp_create,
	.destroy = gp_destroy,
	.set_attr = gp_set_attr,
	.get_attr = gp_get_attr,
	.has_attr = gp_has_attr,
};

int kvm_guest_panic_ops_init(void)
{
	return kvm_register_device_ops(&gp_ops, KVM_DEV_TYPE_GUEST_PANIC);
}
