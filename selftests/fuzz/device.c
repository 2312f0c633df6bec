// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls of the device at random, good and bad.  Enters: a VM and its model.
 * Leaves: both after the call; what it answered was as the model predicted.
 */
#include <errno.h>
#include <string.h>

#include "device.h"
#include "event.h"
#include "fail.h"

#define MODEL	KVM_DEV_GUEST_PANIC_MODEL
#define CTRL	KVM_DEV_GUEST_PANIC_CTRL
#define STATE	KVM_DEV_GUEST_PANIC_STATE

static const uint64_t ports[] = {
	PVPANIC_PORT, PVPANIC_PORT, 0x606, 0xffff, 0x20, 0x4d1, 0x10000,
	1ULL << 32 | PVPANIC_PORT,
};

static const uint64_t addresses[] = {
	MMIO_BASE, MMIO_BASE, MMIO_BASE + 1, MMIO_BASE + 0xff0, 0xfec00000,
	0xfee00fff, UINT64_MAX, UINT64_MAX - 1,
};

static const uint32_t unknown_bits[] = { 0, 0, 0, 0, 0, 0, 16, 1U << 31 };
static const uint32_t few_flags[] = { 0, 0, 0, 0, 0, 0, 0, 1 };

static uint64_t pick_address(struct random *r, uint64_t attr)
{
	switch (attr) {
	case KVM_GUEST_PANIC_ISA:
		return PICK_OF(r, ports);
	case KVM_GUEST_PANIC_MMIO:
		return PICK_OF(r, addresses);
	default:
		return pick(r, 16) ? 0 : pick_any(r);
	}
}

/* HYPERV is mostly enabled, and FAULT is mostly given a value that it can have. */
static uint32_t pick_events(struct random *r, uint64_t attr)
{
	uint32_t events = pick(r, attr == KVM_GUEST_PANIC_FAULT ? 2 : 16);

	if (attr == KVM_GUEST_PANIC_HYPERV)
		events |= pick(r, 8) ? KVM_GUEST_PANIC_NOTIFY : 0;
	else if (pick(r, 8))
		events &= 7;
	return events | PICK_OF(r, unknown_bits);
}

static void set_model(struct fuzz *f)
{
	struct random *r = &f->random;
	uint64_t attr = pick(r, NR_MODELS + 1);
	struct kvm_guest_panic_model payload = {
		.addr = pick_address(r, attr),
		.events = pick_events(r, attr),
		.flags = PICK_OF(r, few_flags),
		.reserved[0] = PICK_OF(r, few_flags),
		.reserved[1] = PICK_OF(r, few_flags),
	};

	verify_errno("set of a model",
		     vm_set(&f->vm, MODEL, attr, &payload),
		     model_set(&f->model, attr, payload));
}

static void get_model(struct fuzz *f)
{
	uint64_t attr = pick(&f->random, NR_MODELS);
	struct kvm_guest_panic_model got;

	verify_errno("get of a model", vm_get(&f->vm, MODEL, attr, &got), 0);
	if (memcmp(&got, &f->model.setting[attr], sizeof(got)))
		fail("model %lu is not what was set", attr);
}

static void set_freeze(struct fuzz *f)
{
	uint32_t freeze = pick(&f->random, 8) ? pick(&f->random, 2) :
						pick_any(&f->random);

	verify_errno("set of FREEZE",
		     vm_set(&f->vm, CTRL, KVM_GUEST_PANIC_FREEZE, &freeze),
		     model_set_freeze(&f->model, freeze));
}

static void get_freeze(struct fuzz *f)
{
	uint32_t freeze;

	verify_errno("get of FREEZE",
		     vm_get(&f->vm, CTRL, KVM_GUEST_PANIC_FREEZE, &freeze), 0);
	if (freeze != f->model.freeze)
		fail("FREEZE: wanted %d, got %u", f->model.freeze, freeze);
}

/* The number that a VMM has read, or one that is near it, or any. */
static uint64_t pick_seq(struct fuzz *f)
{
	const struct model_vcpu *latched = model_latched(&f->model);
	struct random *r = &f->random;

	if (latched && pick(r, 4))
		return latched->event.seq;
	if (pick(r, 4))
		return f->model.seq + pick(r, 4) - 2;
	return pick_any(r);
}

static void resume(struct fuzz *f)
{
	uint64_t seq = pick_seq(f);

	verify_errno("RESUME",
		     vm_set(&f->vm, CTRL, KVM_GUEST_PANIC_RESUME, &seq),
		     model_resume(&f->model, seq));
}

static void discard(struct fuzz *f)
{
	if (pick(&f->random, 8))
		return;
	verify_errno("DISCARD",
		     vm_set(&f->vm, CTRL, KVM_GUEST_PANIC_DISCARD, NULL), 0);
	model_discard(&f->model);
}

static uint64_t pick_code(struct random *r, uint32_t model)
{
	static const uint64_t other_bits[] = { 0, 0, 0, 1ULL << 3, 1ULL << 40 };

	if (model == KVM_GUEST_PANIC_HYPERV)
		return pick_any(r) | (pick(r, 4) ? CTL_NOTIFY : 0);
	if (model == KVM_GUEST_PANIC_FAULT)
		return pick(r, 8) ? 1 : pick(r, 4);
	return pick(r, 8) | PICK_OF(r, other_bits);
}

/* A new number, or one that some event has or had, or an impossible one. */
static uint64_t pick_event_seq(struct fuzz *f)
{
	static const uint64_t odd[] = { 0, SEQ_MAX + 1, UINT64_MAX };
	struct random *r = &f->random;

	if (!pick(r, 16))
		return PICK_OF(r, odd);
	if (pick(r, 2))
		return f->model.seq + 1 + pick(r, 3);
	return f->model.seq - pick(r, 8);
}

static struct kvm_guest_panic_event pick_event(struct fuzz *f)
{
	struct random *r = &f->random;
	struct kvm_guest_panic_event event = {
		.model = pick(r, 32) ? pick(r, NR_MODELS) : pick_any(r),
		.vcpu_id = f->model.vcpu[pick(r, f->model.nr_vcpus)].id,
		.seq = pick_event_seq(f),
		.time = pick_any(r),
		.flags = pick(r, 3) ? 0 : KVM_GUEST_PANIC_DELIVERED,
	};
	bool has_params = event.model == KVM_GUEST_PANIC_HYPERV || !pick(r, 8);
	int i;

	event.code = pick_code(r, event.model);
	if (!pick(r, 16))
		event.vcpu_id = pick_any(r);
	if (!pick(r, 16))
		event.flags |= 1U << pick(r, 32);
	if (!pick(r, 16))
		event.reserved[pick(r, 5)] = 1 + pick(r, 8);
	for (i = 0; has_params && i < NR_PARAMS; i++)
		event.param[i] = pick_any(r);
	return event;
}

static void set_event(struct fuzz *f)
{
	struct kvm_guest_panic_event event = pick_event(f);

	verify_errno("set of EVENT",
		     vm_set(&f->vm, STATE, KVM_GUEST_PANIC_EVENT, &event),
		     model_set_event(&f->model, event));
}

/* To clear an event, the device looks at nothing but the vCPU's number. */
static void clear_event(struct fuzz *f)
{
	struct kvm_guest_panic_event event = pick_event(f);

	event.code = 0;
	verify_errno("clear of EVENT",
		     vm_set(&f->vm, STATE, KVM_GUEST_PANIC_EVENT, &event),
		     model_set_event(&f->model, event));
}

static void get_event(struct fuzz *f)
{
	struct kvm_guest_panic_event event = pick_event(f);
	struct model_vcpu *vcpu = model_find_vcpu(&f->model, event.vcpu_id);
	int wanted = !vcpu ? -EINVAL : vcpu->event.seq ? 0 : -ENOENT;

	verify_errno("get of EVENT",
		     vm_get(&f->vm, STATE, KVM_GUEST_PANIC_EVENT, &event),
		     wanted);
	if (!wanted)
		verify_outstanding("EVENT", vcpu, &event);
}

static void get_latched(struct fuzz *f)
{
	struct model_vcpu *latched = model_latched(&f->model);
	struct kvm_guest_panic_event got;

	verify_errno("get of LATCHED",
		     vm_get(&f->vm, STATE, KVM_GUEST_PANIC_LATCHED, &got),
		     latched ? 0 : -ENOENT);
	if (latched)
		verify_outstanding("LATCHED", latched, &got);
}

static void change_seq(struct fuzz *f, uint64_t seq)
{
	verify_errno("set of SEQ",
		     vm_set(&f->vm, STATE, KVM_GUEST_PANIC_SEQ, &seq),
		     model_set_seq(&f->model, seq));
}

/* SEQ_MAX is tried, and not kept, since it leaves no number for an event. */
static void set_seq(struct fuzz *f)
{
	static const uint64_t odd[] = { SEQ_MAX + 1, UINT64_MAX, SEQ_MAX };
	struct random *r = &f->random;
	uint64_t before = f->model.seq;

	if (pick(r, 8)) {
		change_seq(f, before + pick(r, 8) - 4);
	} else if (!pick(r, 8)) {
		change_seq(f, pick_any(r) >> 2);
	} else {
		change_seq(f, PICK_OF(r, odd));
		change_seq(f, before);
	}
}

static void get_seq(struct fuzz *f)
{
	uint64_t seq;

	verify_errno("get of SEQ",
		     vm_get(&f->vm, STATE, KVM_GUEST_PANIC_SEQ, &seq), 0);
	if (seq != f->model.seq)
		fail("SEQ: wanted %lu, got %lu", f->model.seq, seq);
}

/* By group: how many attributes there are, and which can only be got or set. */
static const struct attr {
	int nr;
	int no_set, no_get;	/* -1 if there is none */
} attrs[] = {
	[MODEL] = { NR_MODELS, -1, -1 },
	[CTRL] = { 3, -1, KVM_GUEST_PANIC_RESUME },
	[STATE] = { 3, KVM_GUEST_PANIC_LATCHED, -1 },
};

static uint64_t pick_attr(struct random *r)
{
	return pick(r, 8) ? pick(r, 5) : pick_any(r);
}

static void has_attr(struct fuzz *f)
{
	uint32_t group = pick(&f->random, 4), flags = pick(&f->random, 2);
	uint64_t attr = pick_attr(&f->random);
	int wanted = flags ? -EINVAL : 0;

	if (group > STATE || attr >= (uint64_t)attrs[group].nr)
		wanted = -ENXIO;
	verify_errno("HAS_DEVICE_ATTR",
		     vm_has(&f->vm, group, attr, flags), wanted);
}

/* Attributes that do not exist, or that can only be got or only be set. */
static void use_no_attr(struct fuzz *f)
{
	static const struct {
		uint32_t group;
		uint64_t attr;
	} no_set[] = {
		{ STATE, KVM_GUEST_PANIC_LATCHED }, { MODEL, NR_MODELS },
		{ CTRL, 3 }, { STATE, 3 }, { 3, 0 }, { UINT32_MAX, 0 },
		{ MODEL, 1ULL << 32 },
	}, no_get[] = {
		{ CTRL, KVM_GUEST_PANIC_RESUME },
		{ CTRL, KVM_GUEST_PANIC_DISCARD }, { MODEL, NR_MODELS },
		{ STATE, 3 }, { 3, 0 }, { UINT32_MAX, 0 },
	};
	int i = pick(&f->random, sizeof(no_set) / sizeof(no_set[0]));
	int j = pick(&f->random, sizeof(no_get) / sizeof(no_get[0]));
	uint64_t room[16] = { 0 };

	verify_errno("set of no attribute",
		     vm_set(&f->vm, no_set[i].group, no_set[i].attr, room),
		     -ENXIO);
	verify_errno("get of no attribute",
		     vm_get(&f->vm, no_get[j].group, no_get[j].attr, room),
		     -ENXIO);
}

/* No call has flags of its own. */
static void use_flags(struct fuzz *f)
{
	uint32_t group = pick(&f->random, 3), flags = 1 + pick(&f->random, 8);
	int attr = pick(&f->random, attrs[group].nr);
	uint64_t room[16] = { 0 };

	if (attr != attrs[group].no_set)
		verify_errno("set with flags",
			     vm_set_flags(&f->vm, group, attr, flags, room),
			     -EINVAL);
	if (attr != attrs[group].no_get &&
	    !(group == CTRL && attr == KVM_GUEST_PANIC_DISCARD))
		verify_errno("get with flags",
			     vm_get_flags(&f->vm, group, attr, flags, room),
			     -EINVAL);
}

/*
 * DISCARD has no payload to read.  With nothing latched, a get of LATCHED may
 * find that out first, so it is tried only if something is.
 */
static void use_bad_pointer(struct fuzz *f)
{
	static const struct {
		uint32_t group;
		uint64_t attr;
	} sets[] = {
		{ CTRL, KVM_GUEST_PANIC_FREEZE },
		{ CTRL, KVM_GUEST_PANIC_RESUME },
		{ STATE, KVM_GUEST_PANIC_EVENT },
		{ STATE, KVM_GUEST_PANIC_SEQ },
	}, gets[] = {
		{ CTRL, KVM_GUEST_PANIC_FREEZE },
		{ STATE, KVM_GUEST_PANIC_EVENT },
		{ STATE, KVM_GUEST_PANIC_SEQ },
	};
	uint64_t model = pick(&f->random, NR_MODELS);
	void *bad = pick(&f->random, 2) ? NULL : (void *)-4096UL;
	int i = pick(&f->random, sizeof(sets) / sizeof(sets[0]));
	int j = pick(&f->random, sizeof(gets) / sizeof(gets[0]));

	verify_errno("set of a model from a bad pointer",
		     vm_set(&f->vm, MODEL, model, bad), -EFAULT);
	verify_errno("get of a model to a bad pointer",
		     vm_get(&f->vm, MODEL, model, bad), -EFAULT);
	verify_errno("set from a bad pointer",
		     vm_set(&f->vm, sets[i].group, sets[i].attr, bad),
		     -EFAULT);
	verify_errno("get to a bad pointer",
		     vm_get(&f->vm, gets[j].group, gets[j].attr, bad),
		     -EFAULT);
	if (model_latched(&f->model))
		verify_errno("get of LATCHED to a bad pointer",
			     vm_get(&f->vm, STATE, KVM_GUEST_PANIC_LATCHED,
				    bad), -EFAULT);
}

static void verify_stat(struct vm *vm, const char *name, uint64_t wanted)
{
	uint64_t got = vm_stat(vm, name);

	if (got != wanted)
		fail("%s: wanted %lu, got %lu", name, wanted, got);
}

/* Only now and then, because reading statistics is slow. */
static void read_stats(struct fuzz *f)
{
	if (pick(&f->random, 32))
		return;
	verify_stat(&f->vm, "guest_panic_events", f->model.events);
	verify_stat(&f->vm, "guest_panic_ignored", f->model.ignored);
}

void fuzz_device(struct fuzz *f)
{
	static void (* const calls[])(struct fuzz *f) = {
		set_model, set_model, get_model, set_freeze, get_freeze,
		resume, resume, resume, resume, discard, set_event, set_event,
		clear_event, get_event, get_event, get_latched, set_seq,
		get_seq, has_attr, use_no_attr, use_flags, use_bad_pointer,
		read_stats,
	};

	PICK_OF(&f->random, calls)(f);
}
