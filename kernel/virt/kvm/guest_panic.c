// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest-panic device: from a guest's report to userspace's exit.
 *
 * Report: a source (pvpanic.c, or the architecture's) passes on what the guest
 * has written.  It becomes the vCPU's outstanding event at once.  A stopping
 * event is queued, and the first of the queue is latched.  If the VM freezes,
 * every vCPU is kicked out of guest mode before the report returns.
 *
 * Run: KVM_REQ_GUEST_PANIC makes a vCPU look at the device before it enters
 * the guest or blocks.  The reporter's KVM_RUN returns the event once it is the
 * latched one.  A vCPU that is held sleeps in KVM_RUN.
 *
 * Resume: userspace acknowledges the latched event by its number, the next one
 * of the queue is latched, and what is no longer held goes on.
 *
 * The guest's path takes one spinlock, and neither allocates, nor sleeps, nor
 * accesses guest or user memory.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kobject.h>
#include <linux/kvm_host.h>
#include <linux/nospec.h>
#include <linux/timekeeping.h>
#include <trace/events/kvm.h>

#include "guest_panic.h"

/* Sequence numbers never wrap: userspace cannot restore a higher one. */
#define SEQ_MAX			S64_MAX

#define PVPANIC_EVENTS	(KVM_GUEST_PANIC_PANICKED | KVM_GUEST_PANIC_SHUTDOWN | \
			 KVM_GUEST_PANIC_CRASH_LOADED)
#define HYPERV_EVENTS	(KVM_GUEST_PANIC_NOTIFY | KVM_GUEST_PANIC_NOTIFY_MSG | \
			 KVM_GUEST_PANIC_NO_CRASH_DUMP | \
			 KVM_GUEST_PANIC_PRE_OS_ID)

static const struct {
	const char *name;
	u32 events;
} gp_models[KVM_GUEST_PANIC_NR_MODELS] = {
	[KVM_GUEST_PANIC_HYPERV] = { "hyperv", HYPERV_EVENTS },
	[KVM_GUEST_PANIC_ISA] = { "isa", PVPANIC_EVENTS },
	[KVM_GUEST_PANIC_MMIO] = { "mmio", PVPANIC_EVENTS },
	[KVM_GUEST_PANIC_FAULT] = { "fault", KVM_GUEST_PANIC_TRIPLE_FAULT },
};

static void gp_init_vcpu(struct kvm_vcpu_guest_panic *vgp)
{
	INIT_LIST_HEAD(&vgp->stopping);
	vgp->event = (struct kvm_guest_panic_event) {};
}

static bool gp_is_stopping(const struct kvm_guest_panic_event *event)
{
	return event->model == KVM_GUEST_PANIC_HYPERV ||
	       event->model == KVM_GUEST_PANIC_FAULT ||
	       (event->code & KVM_GUEST_PANIC_PANICKED);
}

static bool gp_is_undelivered(const struct kvm_vcpu_guest_panic *vgp)
{
	return vgp->event.seq &&
	       !(vgp->event.flags & KVM_GUEST_PANIC_DELIVERED);
}

static struct kvm_vcpu_guest_panic *gp_latched(struct kvm_guest_panic *gp)
{
	lockdep_assert_held(&gp->lock);

	return list_first_entry_or_null(&gp->stopping,
					struct kvm_vcpu_guest_panic, stopping);
}

static bool gp_is_frozen(struct kvm_guest_panic *gp)
{
	return gp->freeze && gp_latched(gp);
}

/* KVM_RUN has to return the vCPU's own event now. */
static bool gp_is_due(struct kvm_guest_panic *gp,
		      const struct kvm_vcpu_guest_panic *vgp)
{
	return gp_is_undelivered(vgp) &&
	       (!gp_is_stopping(&vgp->event) || gp_latched(gp) == vgp);
}

static bool gp_is_held(struct kvm_guest_panic *gp,
		       const struct kvm_vcpu_guest_panic *vgp)
{
	if (gp_is_undelivered(vgp))
		return !gp_is_due(gp, vgp);

	return gp_is_frozen(gp);
}

/*
 * Defer the uevent to a worker: sending it allocates and may sleep.  A timer
 * costs the reporter less than waking the worker.
 */
static void gp_queue_uevent(struct kvm_guest_panic *gp,
			    const struct kvm_guest_panic_event *event)
{
	lockdep_assert_held(&gp->lock);

	gp->uevent = *event;
	schedule_delayed_work(&gp->uevent_work, 1);
}

static void gp_uevent_work(struct work_struct *work)
{
	struct kvm_guest_panic *gp = container_of(to_delayed_work(work),
						  struct kvm_guest_panic,
						  uevent_work);

	kvm_uevent_notify_change(KVM_EVENT_GUEST_PANIC, gp->kvm);
}

void kvm_guest_panic_add_uevent_vars(struct kvm *kvm,
				     struct kobj_uevent_env *env)
{
	struct kvm_guest_panic *gp = to_guest_panic(kvm);
	struct kvm_guest_panic_event event;

	scoped_guard(spinlock, &gp->lock)
		event = gp->uevent;

	add_uevent_var(env, "EVENT=guest_panic");
	add_uevent_var(env, "MODEL=%s", gp_models[event.model].name);
	add_uevent_var(env, "VCPU=%u", event.vcpu_id);
	add_uevent_var(env, "CODE=0x%llx", event.code);
	add_uevent_var(env, "SEQ=%llu", event.seq);
	add_uevent_var(env, "TIME=%llu", event.time);
}

/* Queue a stopping event in front of @next; the list's head is its end. */
static void gp_queue(struct kvm_guest_panic *gp,
		     struct kvm_vcpu_guest_panic *vgp, struct list_head *next)
{
	list_add_tail(&vgp->stopping, next);
	if (gp_latched(gp) == vgp && gp_is_undelivered(vgp))
		gp_queue_uevent(gp, &vgp->event);
}

/* The event is no longer outstanding.  The next one may be latched by that. */
static void gp_clear(struct kvm_guest_panic *gp,
		     struct kvm_vcpu_guest_panic *vgp)
{
	bool was_latched = gp_latched(gp) == vgp;

	list_del(&vgp->stopping);
	gp_init_vcpu(vgp);
	if (was_latched && gp_latched(gp))
		gp_queue_uevent(gp, &gp_latched(gp)->event);
}

/*
 * Returns when no vCPU is in guest mode.  None gets back while the VM is
 * frozen: a vCPU sets its mode before it looks for requests, and this one is
 * cleared, under gp->lock, only by a vCPU that finds the VM not frozen.
 *
 * Every vCPU that reports a stopping event kicks, whether its event is latched
 * or has to wait: so a KVM_RUN that returns one never relies on another
 * vCPU's kick, which may not be complete.
 */
static void gp_kick_all(struct kvm *kvm)
{
	kvm_make_all_cpus_request(kvm, KVM_REQ_GUEST_PANIC);
}

/* A vCPU that is still held goes back to sleep. */
static void gp_wake_all(struct kvm *kvm)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;

	kvm_for_each_vcpu(i, vcpu, kvm)
		__kvm_vcpu_wake_up(vcpu);
}

/* What an access to @addr may report. */
static u32 gp_events(struct kvm_guest_panic *gp, u32 model, u64 addr)
{
	lockdep_assert_held(&gp->lock);

	return gp->model[model].addr == addr ? gp->model[model].events : 0;
}

u32 kvm_guest_panic_events(struct kvm *kvm, u32 model, u64 addr)
{
	struct kvm_guest_panic *gp = to_guest_panic(kvm);

	if (!gp)
		return 0;

	guard(spinlock)(&gp->lock);
	return gp_events(gp, model, addr);
}

/* The part of @code that is an event; 0 if there is none. */
static u64 gp_code(u32 model, u32 events, u64 code)
{
	if (model == KVM_GUEST_PANIC_HYPERV)
		return code & BIT_ULL(63) ? code : 0;

	return code & events;
}

static void gp_record(struct kvm_vcpu *vcpu, u32 model, u64 code,
		      const u64 *param)
{
	struct kvm_guest_panic_event *event = &vcpu->guest_panic->event;
	struct kvm_guest_panic *gp = to_guest_panic(vcpu->kvm);

	/* All zero until now, see gp_init_vcpu(). */
	event->model = model;
	event->vcpu_id = vcpu->vcpu_id;
	event->seq = ++gp->seq;
	event->code = code;
	event->time = ktime_get_boottime_ns();
	if (param)
		memcpy(event->param, param, sizeof(event->param));

	vcpu->kvm->stat.generic.guest_panic_events++;
	trace_kvm_guest_panic(event);
	if (gp_is_stopping(event))
		gp_queue(gp, vcpu->guest_panic, &gp->stopping);
}

/*
 * The vCPU carries out no other instruction before KVM_RUN has returned its
 * event: a report that follows an undelivered notice is the same
 * instruction's, i.e. a string instruction.
 */
static int gp_merge(struct kvm_guest_panic *gp,
		    struct kvm_vcpu_guest_panic *vgp, u32 model, u64 code)
{
	struct kvm_guest_panic_event *event = &vgp->event;

	if (gp_is_stopping(event) || event->model != model)
		return -EINVAL;

	if (code & ~event->code) {
		event->code |= code;
		trace_kvm_guest_panic(event);
		if (gp_is_stopping(event))
			gp_queue(gp, vgp, &gp->stopping);
	}

	return 0;
}

static int gp_report(struct kvm_vcpu *vcpu, u32 model, u64 addr, u64 code,
		     const u64 *param)
{
	struct kvm_vcpu_guest_panic *vgp = vcpu->guest_panic;
	struct kvm_guest_panic *gp = to_guest_panic(vcpu->kvm);
	u32 events = gp_events(gp, model, addr);
	int r = 0;

	if (!events)
		return -EOPNOTSUPP;

	code = gp_code(model, events, code);
	if (!code)
		r = -EINVAL;
	else if (vgp->event.seq)
		r = gp_merge(gp, vgp, model, code);
	else
		gp_record(vcpu, model, code, param);
	if (r)
		vcpu->kvm->stat.generic.guest_panic_ignored++;

	return r;
}

int kvm_guest_panic_report(struct kvm_vcpu *vcpu, u32 model, u64 addr,
			   u64 code, const u64 *param)
{
	struct kvm_guest_panic *gp = to_guest_panic(vcpu->kvm);
	bool freeze;
	int r;

	if (!gp)
		return -EOPNOTSUPP;

	scoped_guard(spinlock, &gp->lock) {
		r = gp_report(vcpu, model, addr, code, param);
		freeze = gp_is_frozen(gp);
	}
	if (r)
		return r;

	if (freeze)
		gp_kick_all(vcpu->kvm);
	else
		kvm_make_request(KVM_REQ_GUEST_PANIC, vcpu);
	kvm_arch_guest_panic_reported(vcpu);

	return 0;
}

static void gp_fill_exit(struct kvm_run *run,
			 const struct kvm_guest_panic_event *event)
{
	u64 *data = run->system_event.data;

	run->exit_reason = KVM_EXIT_SYSTEM_EVENT;
	run->system_event.type = KVM_SYSTEM_EVENT_CRASH;
	run->system_event.ndata = KVM_GUEST_PANIC_NDATA;
	data[KVM_GUEST_PANIC_DATA_MODEL] = event->model;
	data[KVM_GUEST_PANIC_DATA_VCPU_ID] = event->vcpu_id;
	data[KVM_GUEST_PANIC_DATA_SEQ] = event->seq;
	data[KVM_GUEST_PANIC_DATA_CODE] = event->code;
	memcpy(&data[KVM_GUEST_PANIC_DATA_PARAM], event->param,
	       sizeof(event->param));
	data[KVM_GUEST_PANIC_DATA_TIME] = event->time;
	data[KVM_GUEST_PANIC_DATA_FLAGS] = event->flags;
}

/* A stopping event stays until RESUME, a notice has served its purpose. */
static void gp_deliver(struct kvm_guest_panic *gp, struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_guest_panic *vgp = vcpu->guest_panic;

	vgp->event.flags |= KVM_GUEST_PANIC_DELIVERED;
	gp_fill_exit(vcpu->run, &vgp->event);
	if (!gp_is_stopping(&vgp->event))
		gp_clear(gp, vgp);
}

/* Returns 1 to go on, 0 if the exit is filled in, -EAGAIN if it is held. */
static int gp_check(struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_guest_panic *vgp = vcpu->guest_panic;
	struct kvm_guest_panic *gp = to_guest_panic(vcpu->kvm);
	bool due;

	guard(spinlock)(&gp->lock);
	due = gp_is_due(gp, vgp);
	if (due)
		gp_deliver(gp, vcpu);
	if (gp_is_held(gp, vgp))
		return due ? 0 : -EAGAIN;

	/* Under gp->lock, so that no later latch is missed. */
	kvm_clear_request(KVM_REQ_GUEST_PANIC, vcpu);
	return !due;
}

bool __kvm_guest_panic_is_held(struct kvm_vcpu *vcpu)
{
	struct kvm_guest_panic *gp = to_guest_panic(vcpu->kvm);

	guard(spinlock)(&gp->lock);
	return gp_is_held(gp, vcpu->guest_panic);
}

/* Sleep as a halted vCPU does; gp_wake_all() ends it, or a signal. */
static void gp_wait(struct kvm_vcpu *vcpu)
{
	rcuwait_wait_event(kvm_arch_vcpu_get_wait(vcpu),
			   !kvm_guest_panic_is_held(vcpu),
			   TASK_INTERRUPTIBLE);
}

int __kvm_guest_panic_run(struct kvm_vcpu *vcpu)
{
	int r;

	for (;;) {
		if (signal_pending(current)) {
			kvm_handle_signal_exit(vcpu);
			return -EINTR;
		}

		r = gp_check(vcpu);
		if (r != -EAGAIN)
			return r;

		kvm_vcpu_srcu_read_unlock(vcpu);
		gp_wait(vcpu);
		kvm_vcpu_srcu_read_lock(vcpu);
	}
}

void __kvm_guest_panic_wait(struct kvm_vcpu *vcpu)
{
	if (!vcpu->wants_to_run || !__kvm_guest_panic_is_held(vcpu))
		return;

	kvm_sigset_activate(vcpu);
	gp_wait(vcpu);
	kvm_sigset_deactivate(vcpu);
}

/* The payload of the attribute @id. */
struct gp_data {
	u64 id;
	union {
		u32 freeze;
		u64 seq;
		struct kvm_guest_panic_model model;
		struct kvm_guest_panic_event event;
	};
};

static int gp_get_freeze(struct kvm_guest_panic *gp, struct gp_data *data)
{
	guard(spinlock)(&gp->lock);
	data->freeze = gp->freeze;
	return 0;
}

static int gp_set_freeze(struct kvm_guest_panic *gp, struct gp_data *data)
{
	bool kick;

	if (data->freeze > 1)
		return -EINVAL;

	scoped_guard(spinlock, &gp->lock) {
		gp->freeze = data->freeze;
		kick = gp_is_frozen(gp);
	}
	if (kick)
		gp_kick_all(gp->kvm);
	else
		gp_wake_all(gp->kvm);

	return 0;
}

static int gp_resume(struct kvm_guest_panic *gp, struct gp_data *data)
{
	scoped_guard(spinlock, &gp->lock) {
		struct kvm_vcpu_guest_panic *latched = gp_latched(gp);

		if (!latched || latched->event.seq != data->seq)
			return -ESTALE;
		gp_clear(gp, latched);
	}

	gp_wake_all(gp->kvm);
	return 0;
}

static int gp_discard(struct kvm_guest_panic *gp, struct gp_data *data)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;

	scoped_guard(spinlock, &gp->lock) {
		INIT_LIST_HEAD(&gp->stopping);
		kvm_for_each_vcpu(i, vcpu, gp->kvm)
			gp_init_vcpu(vcpu->guest_panic);
	}

	gp_wake_all(gp->kvm);
	return 0;
}

static int gp_get_latched(struct kvm_guest_panic *gp, struct gp_data *data)
{
	guard(spinlock)(&gp->lock);
	if (!gp_latched(gp))
		return -ENOENT;

	data->event = gp_latched(gp)->event;
	return 0;
}

/* Out of line: two copies of the walk would be larger than all around them. */
static noinline struct kvm_vcpu *gp_vcpu(struct kvm_guest_panic *gp,
					 const struct gp_data *data)
{
	return kvm_get_vcpu_by_id(gp->kvm, data->event.vcpu_id);
}

static int gp_get_event(struct kvm_guest_panic *gp, struct gp_data *data)
{
	struct kvm_vcpu *vcpu = gp_vcpu(gp, data);

	if (!vcpu)
		return -EINVAL;

	guard(spinlock)(&gp->lock);
	if (!vcpu->guest_panic->event.seq)
		return -ENOENT;

	data->event = vcpu->guest_panic->event;
	return 0;
}

/* Whether a guest could have reported this, whatever models are enabled now. */
static bool gp_event_is_valid(const struct kvm_guest_panic_event *event)
{
	u32 model = event->model;

	if (memchr_inv(event->reserved, 0, sizeof(event->reserved)) ||
	    event->flags & ~KVM_GUEST_PANIC_DELIVERED)
		return false;
	if (!event->code)
		return true;
	if (model >= KVM_GUEST_PANIC_NR_MODELS ||
	    !event->seq || event->seq > SEQ_MAX)
		return false;

	model = array_index_nospec(model, KVM_GUEST_PANIC_NR_MODELS);
	if (gp_code(model, gp_models[model].events, event->code) != event->code)
		return false;
	if (!gp_is_stopping(event) && event->flags)
		return false;
	if (model == KVM_GUEST_PANIC_HYPERV)
		return IS_ENABLED(CONFIG_KVM_HYPERV);

	return !memchr_inv(event->param, 0, sizeof(event->param));
}

/* Whether it can be outstanding beside what is. */
static bool gp_event_fits(struct kvm_guest_panic *gp,
			  const struct kvm_guest_panic_event *event)
{
	const struct kvm_guest_panic_event *other;
	struct kvm_vcpu *vcpu;
	unsigned long i;

	kvm_for_each_vcpu(i, vcpu, gp->kvm) {
		other = &vcpu->guest_panic->event;
		if (other->seq == event->seq || (other->flags & event->flags))
			return false;
	}

	return true;
}

/* The event that KVM_RUN has returned is the latched one; the rest by seq. */
static void gp_queue_restored(struct kvm_guest_panic *gp,
			      struct kvm_vcpu_guest_panic *vgp)
{
	struct kvm_vcpu_guest_panic *next;

	list_for_each_entry(next, &gp->stopping, stopping)
		if (!next->event.flags &&
		    (vgp->event.flags || vgp->event.seq < next->event.seq))
			break;

	gp_queue(gp, vgp, &next->stopping);
}

static int gp_restore(struct kvm_guest_panic *gp,
		      struct kvm_vcpu_guest_panic *vgp,
		      const struct kvm_guest_panic_event *event)
{
	guard(spinlock)(&gp->lock);
	if (!event->code) {
		if (!vgp->event.seq)
			return -ENOENT;
		gp_clear(gp, vgp);
		return 0;
	}

	if (vgp->event.seq)
		return -EBUSY;
	if (!gp_event_fits(gp, event))
		return -EINVAL;

	vgp->event = *event;
	gp->seq = max(gp->seq, event->seq);
	if (gp_is_stopping(event))
		gp_queue_restored(gp, vgp);

	return 0;
}

static int gp_set_event(struct kvm_guest_panic *gp, struct gp_data *data)
{
	const struct kvm_guest_panic_event *event = &data->event;
	struct kvm_vcpu *vcpu = gp_vcpu(gp, data);
	int r;

	if (!vcpu || !gp_event_is_valid(event))
		return -EINVAL;

	r = gp_restore(gp, vcpu->guest_panic, event);
	if (r)
		return r;

	/* A vCPU that is blocked already has to look, too. */
	gp_kick_all(gp->kvm);
	kvm_make_request(KVM_REQ_UNBLOCK, vcpu);
	gp_wake_all(gp->kvm);

	return 0;
}

static int gp_get_seq(struct kvm_guest_panic *gp, struct gp_data *data)
{
	guard(spinlock)(&gp->lock);
	data->seq = gp->seq;
	return 0;
}

static int gp_set_seq(struct kvm_guest_panic *gp, struct gp_data *data)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;

	if (data->seq > SEQ_MAX)
		return -EINVAL;

	guard(spinlock)(&gp->lock);
	kvm_for_each_vcpu(i, vcpu, gp->kvm)
		if (vcpu->guest_panic->event.seq > data->seq)
			return -EINVAL;

	gp->seq = data->seq;
	return 0;
}

static bool gp_model_is_valid(u64 id, const struct kvm_guest_panic_model *model)
{
	if (model->flags || model->reserved[0] || model->reserved[1] ||
	    model->events & ~gp_models[id].events)
		return false;

	switch (id) {
	case KVM_GUEST_PANIC_HYPERV:
		return !model->addr && (!model->events ||
					model->events & KVM_GUEST_PANIC_NOTIFY);
	case KVM_GUEST_PANIC_ISA:
		return model->addr <= U16_MAX;
	case KVM_GUEST_PANIC_MMIO:
		/* The register's end, one byte on, must not wrap. */
		return model->addr < U64_MAX;
	default:
		return !model->addr;
	}
}

static int gp_get_model(struct kvm_guest_panic *gp, struct gp_data *data)
{
	guard(spinlock)(&gp->lock);
	data->model = gp->model[data->id];
	return 0;
}

static int gp_set_model(struct kvm_guest_panic *gp, struct gp_data *data)
{
	if (!gp_model_is_valid(data->id, &data->model))
		return -EINVAL;

	guard(mutex)(&gp->kvm->slots_lock);
	if (gp_models[data->id].events == PVPANIC_EVENTS)
		return kvm_pvpanic_set_model(gp, data->id, &data->model);

	guard(spinlock)(&gp->lock);
	gp->model[data->id] = data->model;
	return 0;
}

static const struct gp_attr {
	u32 group;
	u64 id;
	size_t size;
	int (*get)(struct kvm_guest_panic *gp, struct gp_data *data);
	int (*set)(struct kvm_guest_panic *gp, struct gp_data *data);
} gp_attrs[] = {
#define GP_ATTR(group, id, size, get, set) \
	{ KVM_DEV_GUEST_PANIC_##group, KVM_GUEST_PANIC_##id, size, get, set }
#define GP_MODEL(id) \
	GP_ATTR(MODEL, id, sizeof(struct kvm_guest_panic_model), \
		gp_get_model, gp_set_model)
	GP_MODEL(ISA),
	GP_MODEL(MMIO),
	GP_MODEL(FAULT),
	GP_ATTR(CTRL, FREEZE, sizeof(u32), gp_get_freeze, gp_set_freeze),
	GP_ATTR(CTRL, RESUME, sizeof(u64), NULL, gp_resume),
	GP_ATTR(CTRL, DISCARD, 0, NULL, gp_discard),
	GP_ATTR(STATE, LATCHED, sizeof(struct kvm_guest_panic_event),
		gp_get_latched, NULL),
	GP_ATTR(STATE, EVENT, sizeof(struct kvm_guest_panic_event),
		gp_get_event, gp_set_event),
	GP_ATTR(STATE, SEQ, sizeof(u64), gp_get_seq, gp_set_seq),
	/* The last one, to be left out where there are no such MSRs. */
	GP_MODEL(HYPERV),
};

static int gp_find_attr(const struct kvm_device_attr *attr,
			const struct gp_attr **found)
{
	int i, nr = ARRAY_SIZE(gp_attrs) - !IS_ENABLED(CONFIG_KVM_HYPERV);

	for (i = 0; i < nr; i++) {
		*found = &gp_attrs[i];
		if ((*found)->group == attr->group && (*found)->id == attr->attr)
			return attr->flags ? -EINVAL : 0;
	}

	return -ENXIO;
}

static int gp_has_attr(struct kvm_device *dev, struct kvm_device_attr *attr)
{
	const struct gp_attr *found;

	return gp_find_attr(attr, &found);
}

static int gp_access_attr(struct kvm_device *dev, struct kvm_device_attr *attr,
			  bool set)
{
	int (*access)(struct kvm_guest_panic *gp, struct gp_data *data);
	void __user *uaddr = u64_to_user_ptr(attr->addr);
	const struct gp_attr *found;
	struct gp_data data;
	int r;

	r = gp_find_attr(attr, &found);
	if (r)
		return r;

	access = set ? found->set : found->get;
	if (!access)
		return -ENXIO;

	/* To get KVM_GUEST_PANIC_EVENT, the payload selects the vCPU. */
	data.id = found->id;
	if (copy_from_user(&data.event, uaddr, found->size))
		return -EFAULT;

	r = access(to_guest_panic(dev->kvm), &data);
	if (r || set)
		return r;

	return copy_to_user(uaddr, &data.event, found->size) ? -EFAULT : 0;
}

static int gp_set_attr(struct kvm_device *dev, struct kvm_device_attr *attr)
{
	return gp_access_attr(dev, attr, true);
}

static int gp_get_attr(struct kvm_device *dev, struct kvm_device_attr *attr)
{
	return gp_access_attr(dev, attr, false);
}

static int gp_vcpu_create(struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_guest_panic *vgp;

	vgp = kzalloc(sizeof(*vgp), GFP_KERNEL_ACCOUNT);
	if (!vgp)
		return -ENOMEM;

	gp_init_vcpu(vgp);
	vcpu->guest_panic = vgp;
	return 0;
}

/*
 * Called before the vCPU can be reached.  If the VM is frozen it has to wait
 * from its first KVM_RUN on.
 */
int kvm_guest_panic_vcpu_create(struct kvm_vcpu *vcpu)
{
	lockdep_assert_held(&vcpu->kvm->lock);

	if (!vcpu->kvm->guest_panic)
		return 0;

	kvm_make_request(KVM_REQ_GUEST_PANIC, vcpu);
	return gp_vcpu_create(vcpu);
}

void kvm_guest_panic_vcpu_destroy(struct kvm_vcpu *vcpu)
{
	kfree(vcpu->guest_panic);
}

static int gp_create(struct kvm_device *dev, u32 type)
{
	struct kvm *kvm = dev->kvm;
	struct kvm_guest_panic *gp;
	struct kvm_device *other;
	struct kvm_vcpu *vcpu;
	unsigned long i;

	lockdep_assert_held(&kvm->lock);

	list_for_each_entry(other, &kvm->devices, vm_node)
		if (other->ops == &kvm_guest_panic_device_ops)
			return -EEXIST;

	/* A device whose file could not be made has left it behind. */
	if (kvm->guest_panic)
		return 0;

	kvm_for_each_vcpu(i, vcpu, kvm)
		if (!vcpu->guest_panic && gp_vcpu_create(vcpu))
			return -ENOMEM;

	gp = kzalloc(sizeof(*gp), GFP_KERNEL_ACCOUNT);
	if (!gp)
		return -ENOMEM;

	gp->kvm = kvm;
	spin_lock_init(&gp->lock);
	INIT_LIST_HEAD(&gp->stopping);
	INIT_DELAYED_WORK(&gp->uevent_work, gp_uevent_work);

	/* Pairs with to_guest_panic(): every vCPU has its part before. */
	smp_store_release(&kvm->guest_panic, gp);
	return 0;
}

/*
 * With the VM, or when the device's file could not be made.  The state stays
 * until the VM goes, as vCPUs may be looking at it.
 */
static void gp_destroy(struct kvm_device *dev)
{
	kfree(dev);
}

const struct kvm_device_ops kvm_guest_panic_device_ops = {
	.name = "kvm-guest-panic",
	.create = gp_create,
	.destroy = gp_destroy,
	.set_attr = gp_set_attr,
	.get_attr = gp_get_attr,
	.has_attr = gp_has_attr,
};

/* A uevent that is due comes before that of the VM's destruction. */
void kvm_guest_panic_destroy_vm(struct kvm *kvm)
{
	struct kvm_guest_panic *gp = kvm->guest_panic;

	if (!gp)
		return;

	flush_delayed_work(&gp->uevent_work);
	kvm->guest_panic = NULL;
	kfree(gp);
}
