// SPDX-License-Identifier: GPL-2.0-only
/* Calls of the device at random, good and bad, each answer as predicted. */
#include <errno.h>
#include <string.h>

#include "fuzz.h"

static const uint64_t ports[] = {
	PVPANIC_PORT, PVPANIC_PORT, 0x606, 0xffff, 0x20, 0x4d1, 0x10000,
	1ULL << 32 | PVPANIC_PORT,
};

static const uint64_t addresses[] = {
	MMIO_BASE, MMIO_BASE, MMIO_BASE + 1, MMIO_BASE + 0xff0, 0xfec00000,
	0xfee00fff, UINT64_MAX, UINT64_MAX - 1,
};

static const uint32_t unknown_bits[] = { 0, 0, 0, 0, 0, 0, 8, 1U << 31 };
static const uint32_t few_flags[] = { 0, 0, 0, 0, 0, 0, 0, 1 };

static void verify_errno(const char *what, int got, int wanted)
{
	if (got != wanted)
		fail("%s: wanted %s, got %s", what, strerror(-wanted),
		     strerror(-got));
}

static uint64_t pick_address(struct random *r, uint64_t attr)
{
	if (attr == KVM_GUEST_PANIC_HYPERV)
		return pick(r, 8) ? 0 : pick_any(r);
	return attr == KVM_GUEST_PANIC_ISA ? PICK_OF(r, ports) :
					     PICK_OF(r, addresses);
}

static void set_model(struct fuzz *f)
{
	uint64_t attr = pick(&f->random, NR_MODELS + 1);
	struct kvm_guest_panic_model payload = {
		.addr = pick_address(&f->random, attr),
		.events = pick(&f->random, 8) | PICK_OF(&f->random, unknown_bits),
		.flags = PICK_OF(&f->random, few_flags),
	};

	verify_errno("set of a model",
		     vm_set(&f->vm, KVM_DEV_GUEST_PANIC_MODEL, attr, &payload),
		     model_set(&f->model, attr, payload));
}

static void get_model(struct fuzz *f)
{
	uint64_t attr = pick(&f->random, NR_MODELS);
	struct kvm_guest_panic_model got;

	verify_errno("get of a model",
		     vm_get(&f->vm, KVM_DEV_GUEST_PANIC_MODEL, attr, &got), 0);
	if (memcmp(&got, &f->model.setting[attr], sizeof(got)))
		fail("model %lu is not what was set", attr);
}

static void set_freeze(struct fuzz *f)
{
	uint32_t freeze = pick(&f->random, 8) ? pick(&f->random, 2) :
						pick_any(&f->random);

	verify_errno("set of FREEZE",
		     vm_set(&f->vm, KVM_DEV_GUEST_PANIC_CTRL,
			    KVM_GUEST_PANIC_FREEZE, &freeze),
		     model_set_freeze(&f->model, freeze));
}

static void get_freeze(struct fuzz *f)
{
	uint32_t freeze;

	verify_errno("get of FREEZE",
		     vm_get(&f->vm, KVM_DEV_GUEST_PANIC_CTRL,
			    KVM_GUEST_PANIC_FREEZE, &freeze), 0);
	if (freeze != f->model.freeze)
		fail("FREEZE: wanted %d, got %u", f->model.freeze, freeze);
}

static void resume(struct fuzz *f)
{
	verify_errno("RESUME", vm_set(&f->vm, KVM_DEV_GUEST_PANIC_CTRL,
				      KVM_GUEST_PANIC_RESUME, NULL), 0);
	model_resume(&f->model);
}

static uint64_t pick_code(struct random *r, uint32_t model)
{
	static const uint64_t other_bits[] = { 0, 0, 0, 1ULL << 3, 1ULL << 40 };

	if (model == KVM_GUEST_PANIC_HYPERV)
		return pick_any(r) | (pick(r, 4) ? CTL_NOTIFY : 0);
	return pick(r, 8) | PICK_OF(r, other_bits);
}

static struct kvm_guest_panic_event pick_event(struct fuzz *f)
{
	struct random *r = &f->random;
	struct kvm_guest_panic_event event = {
		.model = pick(r, NR_MODELS + 1),
		.vcpu_id = f->model.vcpu[pick(r, f->model.nr_vcpus)].id,
		.seq = pick(r, 8) ? f->model.seq + pick(r, 3) : 0,
	};
	bool has_params = event.model == KVM_GUEST_PANIC_HYPERV || !pick(r, 8);
	int i;

	event.code = pick_code(r, event.model);
	if (!pick(r, 8))
		event.vcpu_id = pick_any(r);
	for (i = 0; has_params && i < NR_PARAMS; i++)
		event.param[i] = pick_any(r);
	return event;
}

static void set_latched(struct fuzz *f)
{
	struct kvm_guest_panic_event event = pick_event(f);

	verify_errno("set of LATCHED",
		     vm_set(&f->vm, KVM_DEV_GUEST_PANIC_STATE,
			    KVM_GUEST_PANIC_LATCHED, &event),
		     model_set_latched(&f->model, event));
}

static void get_latched(struct fuzz *f)
{
	struct kvm_guest_panic_event got = { 0 }, wanted;
	int r = model_get_latched(&f->model, &wanted);

	verify_errno("get of LATCHED",
		     vm_get(&f->vm, KVM_DEV_GUEST_PANIC_STATE,
			    KVM_GUEST_PANIC_LATCHED, &got), r);
	if (!r && memcmp(&got, &wanted, sizeof(got)))
		fail("LATCHED: wanted seq %llu of vCPU %u, got %llu of %u",
		     wanted.seq, wanted.vcpu_id, got.seq, got.vcpu_id);
}

/* Group, attribute and flags of the call: what is there, and what not. */
static void has_attr(struct fuzz *f)
{
	static const uint32_t last[] = { 2, 1, 0 };
	uint32_t group = pick(&f->random, 4), flags = pick(&f->random, 2);
	uint64_t attr = pick(&f->random, 4);
	int wanted = flags ? -EINVAL : 0;

	if (!pick(&f->random, 8))
		attr = pick_any(&f->random) | 4;
	if (group > 2 || attr > last[group])
		wanted = -ENXIO;
	verify_errno("HAS_DEVICE_ATTR",
		     vm_has(&f->vm, group, attr, flags), wanted);
}

/* RESUME has no payload, and an empty latch nothing to copy. */
static void use_bad_pointer(struct fuzz *f)
{
	uint64_t attr = pick(&f->random, NR_MODELS);
	void *bad = pick(&f->random, 2) ? NULL : (void *)-4096UL;

	verify_errno("set from a bad pointer",
		     vm_set(&f->vm, KVM_DEV_GUEST_PANIC_MODEL, attr, bad),
		     -EFAULT);
	verify_errno("get to a bad pointer",
		     vm_get(&f->vm, KVM_DEV_GUEST_PANIC_MODEL, attr, bad),
		     -EFAULT);
	verify_errno("set of FREEZE from a bad pointer",
		     vm_set(&f->vm, KVM_DEV_GUEST_PANIC_CTRL,
			    KVM_GUEST_PANIC_FREEZE, bad), -EFAULT);
	verify_errno("get of LATCHED to a bad pointer",
		     vm_get(&f->vm, KVM_DEV_GUEST_PANIC_STATE,
			    KVM_GUEST_PANIC_LATCHED, bad),
		     f->model.latched.seq ? -EFAULT : -ENOENT);
	verify_errno("set of LATCHED from a bad pointer",
		     vm_set(&f->vm, KVM_DEV_GUEST_PANIC_STATE,
			    KVM_GUEST_PANIC_LATCHED, bad), -EFAULT);
}

static void verify_stat(struct vm *vm, const char *name, uint64_t wanted)
{
	uint64_t got = vm_stat(vm, name);

	if (got != wanted)
		fail("%s: wanted %lu, got %lu", name, wanted, got);
}

/* Reading them is slow: not each time. */
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
		resume, resume, resume, set_latched, get_latched, has_attr,
		use_bad_pointer, read_stats,
	};

	PICK_OF(&f->random, calls)(f);
}
