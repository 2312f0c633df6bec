// SPDX-License-Identifier: GPL-2.0-only
/*
 * Migration while events are outstanding.  Enters: a VM and its model.  Leaves:
 * the same VM after DISCARD, or a new one, which was given all that had been
 * read before; the model goes on as if nothing had been done.
 */
#include <errno.h>
#include <string.h>

#include "event.h"
#include "fail.h"
#include "restore.h"

#define CTRL	KVM_DEV_GUEST_PANIC_CTRL
#define STATE	KVM_DEV_GUEST_PANIC_STATE

struct saved {
	struct kvm_guest_panic_event event[MODEL_VCPUS];
	int nr;
	uint64_t seq;
};

static void save_all(struct fuzz *f, struct saved *saved)
{
	struct kvm_guest_panic_event *event;
	struct model_vcpu *vcpu;
	int i;

	saved->nr = 0;
	for (i = 0; i < f->model.nr_vcpus; i++) {
		vcpu = &f->model.vcpu[i];
		event = &saved->event[saved->nr];
		*event = (struct kvm_guest_panic_event) { .vcpu_id = vcpu->id };
		verify_errno("save of EVENT",
			     vm_get(&f->vm, STATE, KVM_GUEST_PANIC_EVENT,
				    event), vcpu->event.seq ? 0 : -ENOENT);
		if (!vcpu->event.seq)
			continue;
		verify_outstanding("save of EVENT", vcpu, event);
		saved->nr++;
	}
	verify_errno("save of SEQ",
		     vm_get(&f->vm, STATE, KVM_GUEST_PANIC_SEQ, &saved->seq),
		     0);
	if (saved->seq != f->model.seq)
		fail("save of SEQ: wanted %lu, got %lu", f->model.seq,
		     saved->seq);
}

static void restore_seq(struct fuzz *f, const struct saved *saved)
{
	verify_errno("restore of SEQ",
		     vm_set(&f->vm, STATE, KVM_GUEST_PANIC_SEQ, &saved->seq),
		     model_set_seq(&f->model, saved->seq));
}

/* In any order, as what is latched follows from the events alone. */
static void restore_all(struct fuzz *f, struct saved *saved)
{
	bool is_seq_first = pick(&f->random, 2);
	int i;

	if (is_seq_first)
		restore_seq(f, saved);
	while (saved->nr) {
		i = pick(&f->random, saved->nr);
		verify_errno("restore of EVENT",
			     vm_set(&f->vm, STATE, KVM_GUEST_PANIC_EVENT,
				    &saved->event[i]), 0);
		if (model_set_event(&f->model, saved->event[i]))
			fail("the model refuses an event");
		saved->event[i] = saved->event[--saved->nr];
	}
	if (!is_seq_first)
		restore_seq(f, saved);
}

static void restore_settings(struct fuzz *f)
{
	const uint32_t freeze = f->model.freeze;
	int i;

	for (i = 0; i < NR_MODELS; i++)
		verify_errno("restore of a model",
			     vm_set(&f->vm, KVM_DEV_GUEST_PANIC_MODEL, i,
				    &f->model.setting[i]), 0);
	verify_errno("restore of FREEZE",
		     vm_set(&f->vm, CTRL, KVM_GUEST_PANIC_FREEZE, &freeze), 0);
}

/* They belong to the VM; any vCPU sets them. */
static void restore_msrs(struct fuzz *f)
{
	struct vcpu *vcpu = &f->vm.vcpu[0];
	int i;

	for (i = 0; i < NR_PARAMS; i++)
		vcpu_set_msr(vcpu, MSR_CRASH_P0 + i, f->model.crash_param[i]);
	vcpu_set_msr(vcpu, MSR_CRASH_CTL, f->model.crash_ctl);
}

static void move_to_new_vm(struct fuzz *f)
{
	int i;

	vm_destroy(&f->vm);
	vm_create(&f->vm);
	for (i = 0; i < f->model.nr_vcpus; i++)
		vm_add_vcpu(&f->vm, f->model.vcpu[i].id);
	/* A new VM's statistics begin with 0. */
	f->model.events = 0;
	f->model.ignored = 0;
	restore_msrs(f);
}

void fuzz_restore(struct fuzz *f)
{
	bool is_late = pick(&f->random, 2), is_new = !pick(&f->random, 8);
	struct saved saved;

	save_all(f, &saved);
	model_discard(&f->model);
	if (is_new) {
		move_to_new_vm(f);
		f->model.seq = 0;
	} else {
		verify_errno("DISCARD", vm_set(&f->vm, CTRL,
					       KVM_GUEST_PANIC_DISCARD, NULL),
			     0);
	}
	if (is_new && !is_late)
		restore_settings(f);
	restore_all(f, &saved);
	if (is_new && is_late)
		restore_settings(f);
	save_all(f, &saved);
}
