// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest-panic device, from a guest's report to userspace's exit.
 *
 * Record: a source (Hyper-V crash MSRs in hyperv.c, pvpanic in pvpanic.c)
 * passes the guest's write.  It is taken down in the vCPU's own event under
 * gp->lock: what others write later cannot change it, nothing can fail.
 *
 * Commit: when the instruction is complete, and before KVM_RUN returns for
 * any reason, the event gets its seq.  A stopping event is latched if no
 * other is, and then every vCPU is kicked out of guest mode if it freezes.
 *
 * Deliver: KVM_REQ_GUEST_PANIC keeps the vCPU out of guest mode until its
 * event has been handed to userspace, and all vCPUs for as long as the VM is
 * frozen.
 *
 * See Documentation/virt/kvm/devices/guest_panic.rst.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kobject.h>
#include <linux/kvm_host.h>
#include <linux/nospec.h>

#include "guest_panic.h"
#include "trace.h"
#include "x86.h"

/* What an access to @addr may report, of what @model offers. */
static u32 gp_events(struct kvm_guest_panic *gp, u32 model, u64 addr)
{
	lockdep_assert_held(&gp->lock);

	return gp->model[model].addr == addr ? gp->model[model].events : 0;
}

u32 kvm_guest_panic_events(struct kvm *kvm, u32 model, u64 addr)
{
	struct kvm_guest_panic *gp = to_guest_panic(kvm);
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

static bool gp_is_stopping(const struct kvm_guest_panic_event *event)
{
	return event->model == KVM_GUEST_PANIC_HYPERV ||
	       (event->code & KVM_GUEST_PANIC_PANICKED);
}

static void gp_record(struct kvm_vcpu *vcpu, u32 model, u64 code,
		      const u64 *param)
{
	struct kvm_vcpu_guest_panic *vgp = &vcpu->arch.guest_panic;

	/*
	 * The vCPU runs no second instruction before the event of the first
	 * has been delivered.  This is the same one: a string write, whose
	 * bytes are one event; or the MSR list of a nested VM-entry, of which
	 * the first write stands.
	 */
	if (vgp->state != KVM_GUEST_PANIC_NONE) {
		if (vgp->event.model == model && !param)
			vgp->event.code |= code;
		return;
	}

	vgp->event = (struct kvm_guest_panic_event) {
		.model = model,
		.vcpu_id = vcpu->vcpu_id,
		.code = code,
	};
	if (param)
		memcpy(vgp->event.param, param, sizeof(vgp->event.param));
	vgp->rip = kvm_rip_read(vcpu);
	vgp->finished = false;
	vgp->state = KVM_GUEST_PANIC_RECORDED;
	kvm_make_request(KVM_REQ_GUEST_PANIC, vcpu);
}

bool kvm_guest_panic_report(struct kvm_vcpu *vcpu, u32 model, u64 addr,
			    u64 code, const u64 *param)
{
	struct kvm_guest_panic *gp = to_guest_panic(vcpu->kvm);
	u32 events;

	spin_lock(&gp->lock);
	events = gp_events(gp, model, addr);
	code = gp_code(model, events, code);
	if (code)
		gp_record(vcpu, model, code, param);
	else if (events)
		vcpu->kvm->stat.guest_panic_ignored++;
	spin_unlock(&gp->lock);

	return events;
}

/*
 * The host hears of it in a jiffy, from a worker: a uevent takes memory and
 * ten times as long as all of the exit, for which the VMM does not wait.
 * Waking a worker here would cost more than setting a timer.
 */
static void gp_queue_uevent(struct kvm_guest_panic *gp)
{
	lockdep_assert_held(&gp->lock);

	gp->uevent_due = true;
	schedule_delayed_work(&gp->uevent_work, 1);
}

static void gp_latch(struct kvm_guest_panic *gp,
		     const struct kvm_guest_panic_event *event)
{
	lockdep_assert_held(&gp->lock);

	gp->event = *event;
	gp->latched = true;
	gp->frozen = false;
	gp->epoch++;
	gp_queue_uevent(gp);
}

/* gp->epoch if every vCPU has yet to be kicked out of guest mode, else 0. */
static u64 gp_freeze_epoch(struct kvm_guest_panic *gp)
{
	lockdep_assert_held(&gp->lock);

	return gp->latched && gp->freeze && !gp->frozen ? gp->epoch : 0;
}

/*
 * Returns when no vCPU is in guest mode.  None gets back: a vCPU that is about
 * to enter sees the request after it has set vcpu->mode, as it would see any
 * other, and KVM_REQ_GUEST_PANIC is there until the VM is no longer frozen.
 *
 * KVM_REQ_UNBLOCK gets halted vCPUs, and those that wait for SIPI, out of
 * kvm_vcpu_block() without a change to their state.  It comes second: who
 * sees or clears it, a bit of the same word, sees KVM_REQ_GUEST_PANIC too.
 *
 * Several vCPUs may come here at once, none waits for another.  If userspace
 * resumed meanwhile, @epoch is over, and nobody is to be told it was frozen.
 */
static void gp_freeze(struct kvm *kvm, u64 epoch)
{
	struct kvm_guest_panic *gp = to_guest_panic(kvm);

	if (!epoch)
		return;

	kvm_make_all_cpus_request(kvm, KVM_REQ_GUEST_PANIC);
	kvm_make_all_cpus_request(kvm, KVM_REQ_UNBLOCK);

	spin_lock(&gp->lock);
	if (gp_freeze_epoch(gp) == epoch)
		gp->frozen = true;
	spin_unlock(&gp->lock);
}

/* Out of memory, the host goes without: the latch is what must not be lost. */
static void gp_send_uevent(struct kvm *kvm,
			   const struct kvm_guest_panic_event *event)
{
	static const char * const models[] = {
		[KVM_GUEST_PANIC_HYPERV] = "hyperv",
		[KVM_GUEST_PANIC_ISA] = "isa",
		[KVM_GUEST_PANIC_MMIO] = "mmio",
	};
	struct kobj_uevent_env *env;

	env = kzalloc(sizeof(*env), GFP_KERNEL_ACCOUNT);
	if (!env)
		return;

	add_uevent_var(env, "MODEL=%s", models[event->model]);
	add_uevent_var(env, "VCPU=%u", event->vcpu_id);
	add_uevent_var(env, "CODE=0x%llx", event->code);
	add_uevent_var(env, "SEQ=%llu", event->seq);
	kvm_uevent_notify_guest_panic(kvm, env);
	kfree(env);
}

static void gp_uevent_work(struct work_struct *work)
{
	struct kvm_guest_panic *gp = container_of(to_delayed_work(work),
						  struct kvm_guest_panic,
						  uevent_work);
	struct kvm_guest_panic_event event;

	spin_lock(&gp->lock);
	event = gp->event;
	gp->uevent_due = false;
	spin_unlock(&gp->lock);

	gp_send_uevent(container_of(gp, struct kvm, arch.guest_panic), &event);
}

void kvm_guest_panic_flush_uevent(struct kvm *kvm)
{
	flush_delayed_work(&to_guest_panic(kvm)->uevent_work);
}

/* Take the lock with the latch's uevent sent: the next latch takes its place. */
static void gp_lock_with_uevent_sent(struct kvm *kvm)
	__acquires(&to_guest_panic(kvm)->lock)
{
	struct kvm_guest_panic *gp = to_guest_panic(kvm);

	for (;;) {
		kvm_guest_panic_flush_uevent(kvm);
		spin_lock(&gp->lock);
		if (!gp->uevent_due)
			return;
		spin_unlock(&gp->lock);
	}
}

void kvm_guest_panic_init_vm(struct kvm *kvm)
{
	struct kvm_guest_panic *gp = to_guest_panic(kvm);

	spin_lock_init(&gp->lock);
	INIT_DELAYED_WORK(&gp->uevent_work, gp_uevent_work);
}

/*
 * The emulator hands a long string write back to the guest every 1024
 * elements, with RIP still at the instruction.  No other instruction has run
 * since the report, so RIP tells; but not that of a protected guest, whose
 * instructions are not emulated.  An exception ends the instruction too.
 */
static bool gp_instruction_is_complete(struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_guest_panic *vgp = &vcpu->arch.guest_panic;

	return vgp->finished || vcpu->arch.guest_state_protected ||
	       kvm_is_exception_pending(vcpu) ||
	       kvm_rip_read(vcpu) != vgp->rip;
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

static void gp_commit(struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_guest_panic *vgp = &vcpu->arch.guest_panic;
	struct kvm_guest_panic *gp = to_guest_panic(vcpu->kvm);

	lockdep_assert_held(&gp->lock);

	if (vgp->state != KVM_GUEST_PANIC_RECORDED ||
	    !gp_instruction_is_complete(vcpu))
		return;

	vgp->event.seq = ++gp->seq;
	vgp->state = KVM_GUEST_PANIC_COMMITTED;
	vcpu->kvm->stat.guest_panic_events++;
	trace_kvm_guest_panic(&vgp->event);
	if (gp_is_stopping(&vgp->event) && !gp->latched)
		gp_latch(gp, &vgp->event);
}

void __kvm_guest_panic_commit(struct kvm_vcpu *vcpu)
{
	struct kvm_guest_panic *gp = to_guest_panic(vcpu->kvm);
	u64 epoch;

	spin_lock(&gp->lock);
	gp_commit(vcpu);
	epoch = gp_freeze_epoch(gp);
	spin_unlock(&gp->lock);

	gp_freeze(vcpu->kvm, epoch);
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

/* A restored event may have the seq of one that waits on another vCPU. */
static bool gp_is_own(struct kvm_vcpu *vcpu,
		      const struct kvm_guest_panic_event *event)
{
	const struct kvm_vcpu_guest_panic *vgp = &vcpu->arch.guest_panic;

	return vgp->state == KVM_GUEST_PANIC_COMMITTED &&
	       vgp->event.vcpu_id == event->vcpu_id &&
	       vgp->event.seq == event->seq;
}

/*
 * The event that KVM_RUN has to return now: the latched one if the VM is
 * frozen, or if the vCPU's own is a later one and has to wait its turn.
 */
static const struct kvm_guest_panic_event *gp_due(struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_guest_panic *vgp = &vcpu->arch.guest_panic;
	struct kvm_guest_panic *gp = to_guest_panic(vcpu->kvm);
	bool committed = vgp->state == KVM_GUEST_PANIC_COMMITTED;

	if (gp->latched &&
	    (gp->freeze || (committed && gp_is_stopping(&vgp->event))))
		return &gp->event;

	return committed ? &vgp->event : NULL;
}

/* Returns true if the exit is filled. */
static bool gp_deliver(struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_guest_panic *vgp = &vcpu->arch.guest_panic;
	struct kvm_guest_panic *gp = to_guest_panic(vcpu->kvm);
	const struct kvm_guest_panic_event *due;

	lockdep_assert_held(&gp->lock);

	due = gp_due(vcpu);
	if (due) {
		gp_fill_exit(vcpu->run, due);
		if (gp_is_own(vcpu, due))
			vgp->state = KVM_GUEST_PANIC_NONE;
	}

	/* Both under the lock: who latches next makes the request after it. */
	kvm_clear_request(KVM_REQ_UNBLOCK, vcpu);
	kvm_clear_request(KVM_REQ_GUEST_PANIC, vcpu);
	if (vgp->state != KVM_GUEST_PANIC_NONE || (gp->latched && gp->freeze))
		kvm_make_request(KVM_REQ_GUEST_PANIC, vcpu);

	return due;
}

/*
 * A vCPU may run before it is online, as its file is there a moment earlier,
 * and would be missed by kvm_make_all_cpus_request().  Its creator is about
 * to put it online and waits for nothing.
 */
static bool gp_vcpu_is_online(struct kvm_vcpu *vcpu)
{
	return vcpu->vcpu_idx < atomic_read(&vcpu->kvm->online_vcpus);
}

/* One step towards KVM_RUN's return, or the guest: -EAGAIN for another. */
static int gp_step(struct kvm_vcpu *vcpu)
{
	struct kvm_guest_panic *gp = to_guest_panic(vcpu->kvm);
	bool delivered = false;
	bool unfinished;
	u64 epoch;
	int r;

	if (!gp_vcpu_is_online(vcpu))
		return -EAGAIN;

	spin_lock(&gp->lock);
	gp_commit(vcpu);
	epoch = gp_freeze_epoch(gp);
	if (!epoch)
		delivered = gp_deliver(vcpu);
	unfinished = vcpu->arch.guest_panic.state == KVM_GUEST_PANIC_RECORDED;
	spin_unlock(&gp->lock);

	if (epoch) {
		gp_freeze(vcpu->kvm, epoch);
		return -EAGAIN;
	}
	if (delivered)
		return 0;
	if (!unfinished)
		return 1;

	r = gp_finish_instruction(vcpu);
	return r > 0 ? -EAGAIN : r;
}

int __kvm_guest_panic_run(struct kvm_vcpu *vcpu)
{
	int r;

	do {
		if (signal_pending(current)) {
			vcpu->run->exit_reason = KVM_EXIT_INTR;
			++vcpu->stat.signal_exits;
			return -EINTR;
		}
		cond_resched();
		r = gp_step(vcpu);
	} while (r == -EAGAIN);

	return r;
}

void kvm_guest_panic_set_freeze(struct kvm *kvm, bool freeze)
{
	struct kvm_guest_panic *gp = to_guest_panic(kvm);
	u64 epoch;

	spin_lock(&gp->lock);
	if (gp->freeze != freeze) {
		gp->freeze = freeze;
		gp->frozen = false;
		gp->epoch++;
	}
	epoch = gp_freeze_epoch(gp);
	spin_unlock(&gp->lock);

	gp_freeze(kvm, epoch);
}

/* Of the stopping events that wait, the earliest. */
static const struct kvm_guest_panic_event *gp_next_stopping(struct kvm *kvm)
{
	const struct kvm_guest_panic_event *next = NULL;
	struct kvm_vcpu *vcpu;
	unsigned long i;

	kvm_for_each_vcpu(i, vcpu, kvm) {
		struct kvm_vcpu_guest_panic *vgp = &vcpu->arch.guest_panic;

		if (vgp->state == KVM_GUEST_PANIC_COMMITTED &&
		    gp_is_stopping(&vgp->event) &&
		    (!next || vgp->event.seq < next->seq))
			next = &vgp->event;
	}

	return next;
}

/* The latched event is known to userspace, by whichever way. */
static void gp_acknowledge(struct kvm *kvm)
{
	struct kvm_guest_panic *gp = to_guest_panic(kvm);
	struct kvm_vcpu *vcpu = kvm_get_vcpu_by_id(kvm, gp->event.vcpu_id);

	if (gp_is_own(vcpu, &gp->event))
		vcpu->arch.guest_panic.state = KVM_GUEST_PANIC_NONE;

	gp->latched = false;
	gp->frozen = false;
}

void kvm_guest_panic_resume(struct kvm *kvm)
{
	struct kvm_guest_panic *gp = to_guest_panic(kvm);
	const struct kvm_guest_panic_event *next = NULL;
	u64 epoch;

	gp_lock_with_uevent_sent(kvm);
	if (gp->latched) {
		gp_acknowledge(kvm);
		next = gp_next_stopping(kvm);
	}
	if (next)
		gp_latch(gp, next);
	epoch = gp_freeze_epoch(gp);
	spin_unlock(&gp->lock);

	gp_freeze(kvm, epoch);
}

int kvm_guest_panic_get_latched(struct kvm *kvm,
				struct kvm_guest_panic_event *event)
{
	struct kvm_guest_panic *gp = to_guest_panic(kvm);
	bool latched;

	spin_lock(&gp->lock);
	latched = gp->latched;
	*event = gp->event;
	spin_unlock(&gp->lock);

	return latched ? 0 : -ENOENT;
}

/* A stopping event that a guest of this device can report. */
static bool gp_is_possible(struct kvm_guest_panic *gp,
			   const struct kvm_guest_panic_event *event)
{
	u32 events, model = event->model;

	if (model >= ARRAY_SIZE(gp->model) || !event->seq)
		return false;

	model = array_index_nospec(model, ARRAY_SIZE(gp->model));
	events = gp->model[model].events;
	if (!events || gp_code(model, events, event->code) != event->code ||
	    !gp_is_stopping(event))
		return false;

	return model == KVM_GUEST_PANIC_HYPERV ||
	       !memchr_inv(event->param, 0, sizeof(event->param));
}

static int gp_restore(struct kvm_vcpu *vcpu,
		      const struct kvm_guest_panic_event *event)
{
	struct kvm_vcpu_guest_panic *vgp = &vcpu->arch.guest_panic;
	struct kvm_guest_panic *gp = to_guest_panic(vcpu->kvm);

	if (!gp_is_possible(gp, event))
		return -EINVAL;
	if (gp->latched || vgp->state != KVM_GUEST_PANIC_NONE)
		return -EBUSY;

	gp->seq = max(gp->seq, event->seq);
	vgp->event = *event;
	vgp->state = KVM_GUEST_PANIC_COMMITTED;
	gp_latch(gp, event);

	return 0;
}

int kvm_guest_panic_set_latched(struct kvm *kvm,
				const struct kvm_guest_panic_event *event)
{
	struct kvm_guest_panic *gp = to_guest_panic(kvm);
	struct kvm_vcpu *vcpu;
	u64 epoch;
	int r;

	vcpu = kvm_get_vcpu_by_id(kvm, event->vcpu_id);
	if (!vcpu)
		return -EINVAL;

	spin_lock(&gp->lock);
	r = gp_restore(vcpu, event);
	epoch = gp_freeze_epoch(gp);
	spin_unlock(&gp->lock);
	if (r)
		return r;

	/* Without freeze, too, the vCPU that reported delivers it. */
	kvm_make_request(KVM_REQ_GUEST_PANIC, vcpu);
	kvm_make_request(KVM_REQ_UNBLOCK, vcpu);
	kvm_vcpu_kick(vcpu);
	gp_freeze(kvm, epoch);

	return 0;
}
