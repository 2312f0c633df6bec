// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest-panic device: takes the reports of the sources (Hyper-V crash
 * MSRs in hyperv.c, pvpanic in pvpanic.c) and delivers each to userspace as
 * one KVM_SYSTEM_EVENT_CRASH, on the vCPU that reported.
 *
 * A report is taken down in full at the guest's write, under gp->lock, into
 * the vCPU's own pending event: what other vCPUs write later cannot change
 * it, and no allocation can fail.  KVM_REQ_GUEST_PANIC then keeps the vCPU
 * out of guest mode until the event has been handed to userspace.
 *
 * See Documentation/virt/kvm/devices/guest_panic.rst.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kvm_host.h>
#include <linux/nospec.h>
#include <linux/uaccess.h>

#include "guest_panic.h"
#include "x86.h"

#define PVPANIC_EVENTS	(KVM_GUEST_PANIC_PANICKED |	\
			 KVM_GUEST_PANIC_CRASH_LOADED |	\
			 KVM_GUEST_PANIC_SHUTDOWN)

#define HYPERV_EVENTS	(KVM_GUEST_PANIC_NOTIFY |	\
			 KVM_GUEST_PANIC_NOTIFY_MSG)

static struct kvm_guest_panic *to_gp(struct kvm *kvm)
{
	return &kvm->arch.guest_panic;
}

void kvm_guest_panic_init_vm(struct kvm *kvm)
{
	spin_lock_init(&to_gp(kvm)->lock);
}

/* What an access to @addr may report, of what @model offers. */
static u32 gp_events(struct kvm_guest_panic *gp, u32 model, u64 addr)
{
	lockdep_assert_held(&gp->lock);

	return gp->model[model].addr == addr ? gp->model[model].events : 0;
}

u32 kvm_guest_panic_events(struct kvm *kvm, u32 model, u64 addr)
{
	struct kvm_guest_panic *gp = to_gp(kvm);
	u32 events;

	spin_lock(&gp->lock);
	events = gp_events(gp, model, addr);
	spin_unlock(&gp->lock);

	return events;
}

u64 kvm_guest_panic_hv_crash_ctl(struct kvm *kvm)
{
	u32 events = kvm_guest_panic_events(kvm, KVM_GUEST_PANIC_HYPERV, 0);
	u64 ctl = 0;

	if (events & KVM_GUEST_PANIC_NOTIFY)
		ctl |= HV_CRASH_CTL_CRASH_NOTIFY;
	if (events & KVM_GUEST_PANIC_NOTIFY_MSG)
		ctl |= HV_CRASH_CTL_CRASH_NOTIFY_MSG;

	return ctl;
}

/* The part of a write of @code that is an event; 0 if there is none. */
static u64 gp_code(u32 model, u32 events, u64 code)
{
	if (model != KVM_GUEST_PANIC_HYPERV)
		return code & events;

	return events && (code & HV_CRASH_CTL_CRASH_NOTIFY) ? code : 0;
}

static void gp_record(struct kvm_vcpu *vcpu, u32 model, u64 code,
		      const u64 *param)
{
	struct kvm_vcpu_guest_panic *vgp = &vcpu->arch.guest_panic;

	/*
	 * The vCPU cannot run a second instruction before the event of the
	 * first has been delivered: this is the same one, a string write.
	 */
	if (vgp->pending) {
		if (vgp->event.model == model && !param)
			vgp->event.code |= code;
		return;
	}

	vgp->event = (struct kvm_guest_panic_event) {
		.model = model,
		.vcpu_id = vcpu->vcpu_id,
		.seq = ++to_gp(vcpu->kvm)->seq,
		.code = code,
	};
	if (param)
		memcpy(vgp->event.param, param, sizeof(vgp->event.param));
	vgp->rip = kvm_rip_read(vcpu);
	vgp->finished = false;
	vgp->pending = true;
	kvm_make_request(KVM_REQ_GUEST_PANIC, vcpu);
}

bool kvm_guest_panic_report(struct kvm_vcpu *vcpu, u32 model, u64 addr,
			    u64 code, const u64 *param)
{
	struct kvm_guest_panic *gp = to_gp(vcpu->kvm);
	u32 events;

	spin_lock(&gp->lock);
	events = gp_events(gp, model, addr);
	code = gp_code(model, events, code);
	if (code)
		gp_record(vcpu, model, code, param);
	spin_unlock(&gp->lock);

	return events;
}

/*
 * The emulator hands a long string write back to the guest every 1024
 * elements, with RIP still at the instruction.  No other instruction has run
 * since the report, so RIP tells; but not that of a protected guest, whose
 * instructions are not emulated.  An exception ends the instruction too.
 */
static bool gp_instruction_unfinished(struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_guest_panic *vgp = &vcpu->arch.guest_panic;

	return !vgp->finished && !vcpu->arch.guest_state_protected &&
	       !kvm_is_exception_pending(vcpu) &&
	       kvm_rip_read(vcpu) == vgp->rip;
}

/*
 * Emulate what is left: in the guest, an interrupt would be taken first.  A
 * string instruction counts RCX down; what does not has been put there since,
 * by another vCPU or by userspace, and might never end.
 */
static int gp_finish_instruction(struct kvm_vcpu *vcpu)
{
	unsigned long rcx = kvm_rcx_read(vcpu);
	int r = kvm_emulate_instruction(vcpu, 0);

	if (r > 0 && kvm_rcx_read(vcpu) == rcx)
		vcpu->arch.guest_panic.finished = true;

	return r;
}

static void gp_fill_exit(struct kvm_run *run,
			 const struct kvm_guest_panic_event *event)
{
	u64 *data = run->system_event.data;

	run->exit_reason = KVM_EXIT_SYSTEM_EVENT;
	run->system_event.type = KVM_SYSTEM_EVENT_CRASH;
	run->system_event.ndata = KVM_GUEST_PANIC_NDATA_PVPANIC;
	data[KVM_GUEST_PANIC_DATA_MODEL] = event->model;
	data[KVM_GUEST_PANIC_DATA_VCPU_ID] = event->vcpu_id;
	data[KVM_GUEST_PANIC_DATA_SEQ] = event->seq;
	data[KVM_GUEST_PANIC_DATA_CODE] = event->code;

	if (event->model != KVM_GUEST_PANIC_HYPERV)
		return;

	run->system_event.ndata = KVM_GUEST_PANIC_NDATA_HYPERV;
	memcpy(&data[KVM_GUEST_PANIC_DATA_PARAM], event->param,
	       sizeof(event->param));
}

int kvm_guest_panic_deliver(struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_guest_panic *vgp = &vcpu->arch.guest_panic;
	struct kvm_guest_panic *gp = to_gp(vcpu->kvm);

	/* Before any way out but the last: the event must not be lost. */
	kvm_make_request(KVM_REQ_GUEST_PANIC, vcpu);

	if (signal_pending(current)) {
		vcpu->run->exit_reason = KVM_EXIT_INTR;
		++vcpu->stat.signal_exits;
		return -EINTR;
	}

	if (gp_instruction_unfinished(vcpu))
		return gp_finish_instruction(vcpu);

	kvm_clear_request(KVM_REQ_GUEST_PANIC, vcpu);

	spin_lock(&gp->lock);
	gp_fill_exit(vcpu->run, &vgp->event);
	vgp->pending = false;
	spin_unlock(&gp->lock);

	return 0;
}

static int gp_has_attr(struct kvm_device *dev, struct kvm_device_attr *attr)
{
	if (attr->group != KVM_DEV_GUEST_PANIC_MODEL)
		return -ENXIO;

	switch (attr->attr) {
	case KVM_GUEST_PANIC_HYPERV:
		if (!IS_ENABLED(CONFIG_KVM_HYPERV))
			return -ENXIO;
		fallthrough;
	case KVM_GUEST_PANIC_ISA:
		return attr->flags ? -EINVAL : 0;
	default:
		return -ENXIO;
	}
}

static bool gp_model_is_valid(u64 id, const struct kvm_guest_panic_model *model)
{
	if (model->flags)
		return false;

	if (id == KVM_GUEST_PANIC_HYPERV)
		return !model->addr && !(model->events & ~HYPERV_EVENTS) &&
		       (!model->events ||
			(model->events & KVM_GUEST_PANIC_NOTIFY));

	return model->addr <= U16_MAX && !(model->events & ~PVPANIC_EVENTS);
}

static struct kvm_guest_panic_model *gp_model(struct kvm_guest_panic *gp,
					      u64 id)
{
	return &gp->model[array_index_nospec(id, ARRAY_SIZE(gp->model))];
}

static int gp_set_model(struct kvm *kvm, u64 id,
			const struct kvm_guest_panic_model *model)
{
	struct kvm_guest_panic *gp = to_gp(kvm);
	int r;

	if (id == KVM_GUEST_PANIC_ISA && model->events) {
		r = kvm_pvpanic_register(kvm, model->addr);
		if (r)
			return r;
	}

	spin_lock(&gp->lock);
	*gp_model(gp, id) = *model;
	spin_unlock(&gp->lock);

	if (id == KVM_GUEST_PANIC_ISA)
		kvm_pvpanic_unregister_stale(kvm);

	return 0;
}

static int gp_set_attr(struct kvm_device *dev, struct kvm_device_attr *attr)
{
	struct kvm_guest_panic_model model;
	struct kvm *kvm = dev->kvm;
	int r;

	r = gp_has_attr(dev, attr);
	if (r)
		return r;

	if (copy_from_user(&model, u64_to_user_ptr(attr->addr), sizeof(model)))
		return -EFAULT;
	if (!gp_model_is_valid(attr->attr, &model))
		return -EINVAL;

	mutex_lock(&kvm->slots_lock);
	r = gp_set_model(kvm, attr->attr, &model);
	mutex_unlock(&kvm->slots_lock);

	return r;
}

static int gp_get_attr(struct kvm_device *dev, struct kvm_device_attr *attr)
{
	struct kvm_guest_panic *gp = to_gp(dev->kvm);
	struct kvm_guest_panic_model model;
	int r;

	r = gp_has_attr(dev, attr);
	if (r)
		return r;

	spin_lock(&gp->lock);
	model = *gp_model(gp, attr->attr);
	spin_unlock(&gp->lock);

	if (copy_to_user(u64_to_user_ptr(attr->addr), &model, sizeof(model)))
		return -EFAULT;

	return 0;
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
 * With the VM, or when its file could not be made: no model was enabled then,
 * and the state stays behind, unused.
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
