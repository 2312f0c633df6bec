// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls of the device while vCPUs report and other threads make calls as well.
 * Enters: a VM in any state.  Leaves: another one; since nobody knows which, any
 * answer will do that the contract has for the call.
 */
#include <errno.h>
#include <string.h>

#include "chaos.h"
#include "fail.h"

#define CTRL	KVM_DEV_GUEST_PANIC_CTRL
#define STATE	KVM_DEV_GUEST_PANIC_STATE

/* 0 is a right answer too. */
static void verify_one_of(const char *what, int r, int one, int other)
{
	if (r && r != one && r != other)
		fail("%s in chaos: %s", what, strerror(-r));
}

static void set_model(struct shared *s, struct random *r)
{
	static const uint64_t addr[NR_MODELS] = {
		[KVM_GUEST_PANIC_ISA] = PVPANIC_PORT,
		[KVM_GUEST_PANIC_MMIO] = MMIO_BASE,
	};
	uint64_t id = pick(r, NR_MODELS);
	struct kvm_guest_panic_model model = {
		.addr = addr[id], .events = pick(r, 4) ? 1 : 0,
	};

	if (addr[id])
		model.addr += pick(r, 4) ? 0 : 1;
	verify_one_of("set of a model",
		      vm_set(&s->vm, KVM_DEV_GUEST_PANIC_MODEL, id, &model), 0,
		      0);
}

static void freeze(struct shared *s, struct random *r)
{
	const uint32_t on = pick(r, 2);

	verify_one_of("FREEZE",
		      vm_set(&s->vm, CTRL, KVM_GUEST_PANIC_FREEZE, &on), 0, 0);
}

static void resume_latched(struct shared *s, struct random *r)
{
	struct kvm_guest_panic_event event;
	int err = shared_get_latched(s, &event);

	(void)r;
	verify_one_of("LATCHED", err, -ENOENT, 0);
	if (!err)
		verify_one_of("RESUME", shared_resume(s, event.seq), -ESTALE,
			      0);
}

static void discard(struct shared *s, struct random *r)
{
	(void)r;
	verify_one_of("DISCARD",
		      vm_set(&s->vm, CTRL, KVM_GUEST_PANIC_DISCARD, NULL), 0,
		      0);
}

static void set_event(struct shared *s, struct random *r)
{
	const uint64_t seq = pick_any(r) >> 40;
	struct kvm_guest_panic_event event = {
		.model = KVM_GUEST_PANIC_ISA,
		.vcpu_id = pick(r, VM_MAX_VCPUS),
		.seq = seq + 1,
		.code = pick(r, 3),
		.flags = pick(r, 4) ? 0 : KVM_GUEST_PANIC_DELIVERED,
	};

	if (!event.code)
		verify_one_of("clear of EVENT",
			      vm_set(&s->vm, STATE, KVM_GUEST_PANIC_EVENT,
				     &event), -ENOENT, 0);
	else
		verify_one_of("set of EVENT",
			      vm_set(&s->vm, STATE, KVM_GUEST_PANIC_EVENT,
				     &event), -EBUSY, -EINVAL);
}

static void get_event(struct shared *s, struct random *r)
{
	struct kvm_guest_panic_event event = {
		.vcpu_id = pick(r, VM_MAX_VCPUS),
	};

	verify_one_of("get of EVENT",
		      vm_get(&s->vm, STATE, KVM_GUEST_PANIC_EVENT, &event),
		      -ENOENT, 0);
}

static void set_seq(struct shared *s, struct random *r)
{
	const uint64_t seq = pick_any(r) >> 32;

	verify_one_of("set of SEQ",
		      vm_set(&s->vm, STATE, KVM_GUEST_PANIC_SEQ, &seq),
		      -EINVAL, 0);
}

void chaos_call(struct shared *s, struct random *r)
{
	static void (* const calls[])(struct shared *s, struct random *r) = {
		set_model, freeze, resume_latched, resume_latched, discard,
		set_event, get_event, set_seq,
	};

	PICK_OF(r, calls)(s, r);
}

void chaos_end(struct shared *s)
{
	const uint32_t off = 0;

	verify_errno("FREEZE off", vm_set(&s->vm, CTRL, KVM_GUEST_PANIC_FREEZE,
					  &off), 0);
	discard(s, NULL);
}
