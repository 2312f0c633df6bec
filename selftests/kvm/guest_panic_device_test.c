// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest-panic device as an object: how it is found and created, every
 * attribute with every refusal of the contract, and that a refused call
 * changes nothing.  With no device, or no model enabled, KVM is what it is
 * without it: the variant no_device passes on a kernel that has none.
 */
#include <sys/mman.h>
#include <sys/resource.h>

#include "guest_panic.h"

static const u64 params[NR_PARAMS] = { 1, 2, 3, 4, ~0ULL };

/* Creation. */
static void guest_notifies(void)
{
	for (;;)
		port_outb(PVPANIC_PORT, SHUTDOWN);
}

FIXTURE(guest_panic_device) {
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;
};

FIXTURE_SETUP(guest_panic_device)
{
	if (!has_guest_panic_device())
		SKIP(return, "no guest-panic device");
	self->vm = vm_create_with_one_vcpu(&self->vcpu, guest_notifies);
}

FIXTURE_TEARDOWN(guest_panic_device)
{
	if (self->vm)
		kvm_vm_free(self->vm);
}

static int create(struct kvm_vm *vm)
{
	return __kvm_create_device(vm, KVM_DEV_TYPE_GUEST_PANIC);
}

static int probe(struct kvm_vm *vm)
{
	return __kvm_test_create_device(vm, KVM_DEV_TYPE_GUEST_PANIC);
}

TEST_F(guest_panic_device, type_is_64)
{
	TEST_ASSERT_EQ(KVM_DEV_TYPE_GUEST_PANIC, 64);
}

TEST_F(guest_panic_device, probe_finds_it_and_creates_nothing)
{
	TEST_ASSERT_EQ(probe(self->vm), 0);
	TEST_ASSERT_EQ(probe(self->vm), 0);
	guest_panic_create(self->vm);
}

TEST_F(guest_panic_device, second_create_is_EEXIST)
{
	guest_panic_create(self->vm);
	TEST_ASSERT_REFUSED(create(self->vm), EEXIST);
}

TEST_F(guest_panic_device, probe_succeeds_when_it_exists)
{
	guest_panic_create(self->vm);
	TEST_ASSERT_EQ(probe(self->vm), 0);
}

TEST_F(guest_panic_device, neighbouring_types_stay_unknown)
{
	const u64 types[] = {
		KVM_DEV_TYPE_GUEST_PANIC - 1, KVM_DEV_TYPE_GUEST_PANIC + 1,
		UINT32_MAX,
	};
	int i, r;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		r = __kvm_test_create_device(self->vm, types[i]);
		TEST_ASSERT_REFUSED(r, ENODEV);
		r = __kvm_create_device(self->vm, types[i]);
		TEST_ASSERT_REFUSED(r, ENODEV);
	}
}

/* KVM makes the file last: the device must not stay behind without one. */
TEST_F(guest_panic_device, create_without_a_free_fd_changes_nothing)
{
	struct rlimit limit, none;

	TEST_ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = 0;
	TEST_ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
	TEST_ASSERT_REFUSED(create(self->vm), EMFILE);
	TEST_ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);

	guest_panic_create(self->vm);
}

TEST_F(guest_panic_device, may_be_created_before_any_vcpu)
{
	struct kvm_vm *vm = vm_create(1);
	int dev = guest_panic_create(vm);
	struct kvm_vcpu *vcpu;

	guest_panic_set(dev, ISA, PVPANIC_PORT, SHUTDOWN);
	vcpu = vm_vcpu_add(vm, 0, guest_notifies);
	run_and_verify_event(vcpu, ISA, 1, SHUTDOWN);
	kvm_vm_free(vm);
}

/* With the seq of each, which a shared state would run on. */
TEST_F(guest_panic_device, each_vm_has_its_own)
{
	struct kvm_vcpu *other_vcpu;
	struct kvm_vm *other = vm_create_with_one_vcpu(&other_vcpu,
						       guest_notifies);
	int dev = guest_panic_create(self->vm);
	int other_dev = guest_panic_create(other);

	guest_panic_set(dev, ISA, PVPANIC_PORT, SHUTDOWN);
	run_and_verify_event(self->vcpu, ISA, 1, SHUTDOWN);
	run_and_verify_event(self->vcpu, ISA, 2, SHUTDOWN);
	run_and_verify_out(other_vcpu, PVPANIC_PORT, 1, SHUTDOWN);

	guest_panic_set(other_dev, ISA, PVPANIC_PORT, SHUTDOWN);
	run_and_verify_event(other_vcpu, ISA, 1, SHUTDOWN);
	run_and_verify_event(self->vcpu, ISA, 3, SHUTDOWN);
	kvm_vm_free(other);
}

TEST_F(guest_panic_device, closed_device_still_reports)
{
	int dev = guest_panic_create(self->vm);

	guest_panic_set(dev, ISA, PVPANIC_PORT, SHUTDOWN);
	close(dev);
	run_and_verify_event(self->vcpu, ISA, 1, SHUTDOWN);
	run_and_verify_event(self->vcpu, ISA, 2, SHUTDOWN);
}

TEST_F(guest_panic_device, closed_device_still_exists)
{
	close(guest_panic_create(self->vm));
	TEST_ASSERT_REFUSED(create(self->vm), EEXIST);
}

/* The fd of the device pins the VM, as that of any KVM device does. */
TEST_F(guest_panic_device, device_works_after_the_vm_fd_is_closed)
{
	struct kvm_vm *vm = vm_create_barebones();
	int dev = guest_panic_create(vm);

	kvm_vm_free(vm);
	guest_panic_set(dev, ISA, PVPANIC_PORT, CRASH_LOADED);
	TEST_ASSERT_EQ(guest_panic_get(dev, ISA).addr, PVPANIC_PORT);
	TEST_ASSERT_EQ(guest_panic_get(dev, ISA).events, CRASH_LOADED);
	close(dev);
}

TEST_F(guest_panic_device, works_for_a_vm_that_has_no_vcpu)
{
	struct kvm_vm *vm = vm_create_barebones();
	int dev = guest_panic_create(vm);
	struct kvm_guest_panic_event event;

	guest_panic_set(dev, ISA, PVPANIC_PORT, PANICKED);
	guest_panic_set_freeze(dev, 1);
	guest_panic_discard(dev);
	TEST_ASSERT_REFUSED(__guest_panic_resume(dev, 1), ESTALE);
	TEST_ASSERT_REFUSED(__guest_panic_get_event(dev, 0, &event), EINVAL);
	verify_nothing_latched(dev);
	close(dev);
	kvm_vm_free(vm);
}

/*
 * Attributes.  All models are enabled and an event is latched: each refusal is
 * followed by a look at all of that.
 */
static void guest_panics(void)
{
	for (;;)
		port_outb(PVPANIC_PORT, PANICKED);
}

FIXTURE(guest_panic_attr) {
	struct kvm_vcpu *vcpu;
	int dev;
};

static const struct kvm_guest_panic_model enabled[NR_MODELS] = {
	[HYPERV] = { .events = NOTIFY | NOTIFY_MSG },
	[ISA] = { .addr = PVPANIC_PORT, .events = PANICKED | SHUTDOWN },
	[MMIO] = { .addr = PVPANIC_GPA, .events = PANICKED | CRASH_LOADED },
	[FAULT] = { .events = TRIPLE_FAULT },
};

FIXTURE_SETUP(guest_panic_attr)
{
	u64 model;

	if (!has_guest_panic_device())
		SKIP(return, "no guest-panic device");
	self->dev = guest_panic_create(vm_create_with_one_vcpu(&self->vcpu,
							       guest_panics));
	for (model = 0; model < NR_MODELS; model++)
		guest_panic_set(self->dev, model, enabled[model].addr,
				enabled[model].events);
	run_and_verify_event(self->vcpu, ISA, 1, PANICKED);
}

FIXTURE_TEARDOWN(guest_panic_attr)
{
	if (!self->vcpu)
		return;
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

static u32 get_freeze(int dev)
{
	u32 freeze = 0xa5a5a5a5;

	kvm_device_attr_get(dev, GROUP_CTRL, FREEZE, &freeze);
	return freeze;
}

static void verify_model(int dev, u64 model, u64 addr, u32 events)
{
	struct kvm_guest_panic_model got = guest_panic_get(dev, model);

	TEST_ASSERT(got.addr == addr && got.events == events,
		    "model %lu: wanted 0x%lx, events 0x%x, got 0x%llx, 0x%x",
		    model, addr, events, got.addr, got.events);
	TEST_ASSERT_EQ(got.flags, 0);
	TEST_ASSERT_EQ(got.reserved[0], 0);
	TEST_ASSERT_EQ(got.reserved[1], 0);
}

static void verify_unchanged(int dev)
{
	struct kvm_guest_panic_event event = an_event(ISA, 0, 1, PANICKED);
	u64 model;

	for (model = 0; model < NR_MODELS; model++)
		verify_model(dev, model, enabled[model].addr,
			     enabled[model].events);
	TEST_ASSERT_EQ(get_freeze(dev), 0);
	TEST_ASSERT_EQ(guest_panic_get_seq(dev), 1);
	verify_latched(dev, delivered(event));
	verify_outstanding(dev, delivered(event));
}

static void verify_refused(int dev, u64 model, u64 addr, u32 events, int error)
{
	TEST_ASSERT_REFUSED(__guest_panic_set(dev, model, addr, events), error);
	verify_unchanged(dev);
}

static const struct attribute {
	u32 group;
	u64 attr;
	size_t size;
} attributes[] = {
	{ GROUP_MODEL, HYPERV, sizeof(struct kvm_guest_panic_model) },
	{ GROUP_MODEL, ISA, sizeof(struct kvm_guest_panic_model) },
	{ GROUP_MODEL, MMIO, sizeof(struct kvm_guest_panic_model) },
	{ GROUP_MODEL, FAULT, sizeof(struct kvm_guest_panic_model) },
	{ GROUP_CTRL, FREEZE, sizeof(u32) },
	{ GROUP_CTRL, RESUME, sizeof(u64) },
	{ GROUP_CTRL, DISCARD, 0 },
	{ GROUP_STATE, LATCHED, sizeof(struct kvm_guest_panic_event) },
	{ GROUP_STATE, EVENT, sizeof(struct kvm_guest_panic_event) },
	{ GROUP_STATE, SEQ, sizeof(u64) },
};

static bool can_be_read(const struct attribute *a)
{
	return a->group != GROUP_CTRL || a->attr == FREEZE;
}

static bool can_be_set(const struct attribute *a)
{
	return a->group != GROUP_STATE || a->attr != LATCHED;
}

TEST_F(guest_panic_attr, all_are_there)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(attributes); i++)
		kvm_has_device_attr(self->dev, attributes[i].group,
				    attributes[i].attr);
}

TEST_F(guest_panic_attr, structures_have_the_sizes_of_the_contract)
{
	TEST_ASSERT_EQ(sizeof(struct kvm_guest_panic_model), 32);
	TEST_ASSERT_EQ(sizeof(struct kvm_guest_panic_event), 96);
}

/* An attribute that is not there is not there for any of the three calls. */
static void verify_enxio(int dev, u32 group, u64 attr)
{
	u8 payload[128] = { };

	TEST_ASSERT_REFUSED(__kvm_has_device_attr(dev, group, attr), ENXIO);
	TEST_ASSERT_REFUSED(__kvm_device_attr_get(dev, group, attr, payload),
			    ENXIO);
	TEST_ASSERT_REFUSED(__kvm_device_attr_set(dev, group, attr, payload),
			    ENXIO);
	verify_unchanged(dev);
}

TEST_F(guest_panic_attr, unknown_group_is_ENXIO)
{
	verify_enxio(self->dev, GROUP_STATE + 1, 0);
	verify_enxio(self->dev, UINT32_MAX, 0);
}

/* The last three would be known if the upper half were dropped. */
TEST_F(guest_panic_attr, unknown_attribute_is_ENXIO)
{
	verify_enxio(self->dev, GROUP_MODEL, FAULT + 1);
	verify_enxio(self->dev, GROUP_CTRL, DISCARD + 1);
	verify_enxio(self->dev, GROUP_STATE, SEQ + 1);
	verify_enxio(self->dev, GROUP_MODEL, UINT64_MAX);
	verify_enxio(self->dev, GROUP_MODEL, (1ULL << 32) | ISA);
	verify_enxio(self->dev, GROUP_CTRL, (1ULL << 32) | DISCARD);
	verify_enxio(self->dev, GROUP_STATE, (1ULL << 32) | LATCHED);
}

TEST_F(guest_panic_attr, what_is_set_only_cannot_be_read)
{
	u64 payload = 1;

	TEST_ASSERT_REFUSED(__kvm_device_attr_get(self->dev, GROUP_CTRL, RESUME,
						  &payload), ENXIO);
	TEST_ASSERT_REFUSED(__kvm_device_attr_get(self->dev, GROUP_CTRL,
						  DISCARD, &payload), ENXIO);
	verify_unchanged(self->dev);
}

TEST_F(guest_panic_attr, what_is_read_only_cannot_be_set)
{
	struct kvm_guest_panic_event event = an_event(ISA, 0, 7, PANICKED);

	TEST_ASSERT_REFUSED(__kvm_device_attr_set(self->dev, GROUP_STATE,
						  LATCHED, &event), ENXIO);
	verify_unchanged(self->dev);
}

static void verify_flags_refused(int dev, unsigned long cmd,
				 const struct attribute *a, u32 flags)
{
	u8 payload[128] = { 1 };
	struct kvm_device_attr attr = {
		.flags = flags,
		.group = a->group,
		.attr = a->attr,
		.addr = (uintptr_t)payload,
	};

	TEST_ASSERT_REFUSED(ioctl(dev, cmd, &attr), EINVAL);
}

TEST_F(guest_panic_attr, flags_of_a_call_are_EINVAL)
{
	const u32 flags[] = { 1, 1U << 31 };
	const struct attribute *a;
	int i, j;

	for (i = 0; i < ARRAY_SIZE(attributes); i++) {
		a = &attributes[i];
		for (j = 0; j < ARRAY_SIZE(flags); j++) {
			verify_flags_refused(self->dev, KVM_HAS_DEVICE_ATTR, a,
					     flags[j]);
			if (can_be_read(a))
				verify_flags_refused(self->dev,
						     KVM_GET_DEVICE_ATTR, a,
						     flags[j]);
			if (can_be_set(a))
				verify_flags_refused(self->dev,
						     KVM_SET_DEVICE_ATTR, a,
						     flags[j]);
		}
		verify_unchanged(self->dev);
	}
}

static void *two_pages_with_a_hole(size_t page)
{
	void *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	TEST_ASSERT(p != MAP_FAILED, "mmap() failed: %s", strerror(errno));
	TEST_ASSERT_EQ(mprotect(p + page, page, PROT_NONE), 0);
	return p;
}

static void verify_efault(int dev, const struct attribute *a, void *bad)
{
	if (can_be_set(a))
		TEST_ASSERT_REFUSED(__kvm_device_attr_set(dev, a->group,
							  a->attr, bad),
				    EFAULT);
	if (can_be_read(a))
		TEST_ASSERT_REFUSED(__kvm_device_attr_get(dev, a->group,
							  a->attr, bad),
				    EFAULT);
	verify_unchanged(dev);
}

/* Nothing there, the kernel's half, and a payload that ends in a hole. */
TEST_F(guest_panic_attr, bad_pointer_is_EFAULT)
{
	size_t page = getpagesize();
	void *hole = two_pages_with_a_hole(page) + page;
	const struct attribute *a;
	int i;

	for (i = 0; i < ARRAY_SIZE(attributes); i++) {
		a = &attributes[i];
		if (!a->size)
			continue;
		verify_efault(self->dev, a, NULL);
		verify_efault(self->dev, a, (void *)(UINTPTR_MAX - page));
		verify_efault(self->dev, a, hole - a->size / 2);
	}
}

/* The models. */
TEST_F(guest_panic_attr, no_model_is_enabled_at_first)
{
	int dev = guest_panic_create(vm_create_barebones());
	u64 model;

	for (model = 0; model < NR_MODELS; model++)
		verify_model(dev, model, 0, 0);
}

TEST_F(guest_panic_attr, model_reads_back_as_set)
{
	guest_panic_set(self->dev, ISA, OTHER_PORT, CRASH_LOADED);
	guest_panic_set(self->dev, MMIO, PVPANIC_GPA + 1, PVPANIC_ALL);
	guest_panic_set(self->dev, HYPERV, 0,
			NOTIFY | NOTIFY_MSG | NO_CRASH_DUMP | PRE_OS_ID);
	verify_model(self->dev, ISA, OTHER_PORT, CRASH_LOADED);
	verify_model(self->dev, MMIO, PVPANIC_GPA + 1, PVPANIC_ALL);
	verify_model(self->dev, HYPERV, 0,
		     NOTIFY | NOTIFY_MSG | NO_CRASH_DUMP | PRE_OS_ID);
	verify_model(self->dev, FAULT, 0, TRIPLE_FAULT);
}

TEST_F(guest_panic_attr, disabled_model_keeps_its_address)
{
	guest_panic_set(self->dev, ISA, OTHER_PORT, 0);
	guest_panic_set(self->dev, MMIO, PVPANIC_GPA, 0);
	guest_panic_set(self->dev, HYPERV, 0, 0);
	guest_panic_set(self->dev, FAULT, 0, 0);
	verify_model(self->dev, ISA, OTHER_PORT, 0);
	verify_model(self->dev, MMIO, PVPANIC_GPA, 0);
	verify_model(self->dev, HYPERV, 0, 0);
	verify_model(self->dev, FAULT, 0, 0);
}

TEST_F(guest_panic_attr, lowest_and_highest_address_are_addresses)
{
	guest_panic_set(self->dev, ISA, 0, PANICKED);
	verify_model(self->dev, ISA, 0, PANICKED);
	guest_panic_set(self->dev, ISA, 0xffff, PANICKED);
	verify_model(self->dev, ISA, 0xffff, PANICKED);
	guest_panic_set(self->dev, MMIO, 0, PANICKED);
	verify_model(self->dev, MMIO, 0, PANICKED);
	guest_panic_set(self->dev, MMIO, UINT64_MAX - 1, PANICKED);
	verify_model(self->dev, MMIO, UINT64_MAX - 1, PANICKED);
}

/* The last one would be a port if its upper half were dropped. */
TEST_F(guest_panic_attr, port_above_ffff_is_EINVAL)
{
	verify_refused(self->dev, ISA, 0x10000, PANICKED, EINVAL);
	verify_refused(self->dev, ISA, 0x10000, 0, EINVAL);
	verify_refused(self->dev, ISA, UINT64_MAX, PANICKED, EINVAL);
	verify_refused(self->dev, ISA, (1ULL << 32) | OTHER_PORT, PANICKED,
		       EINVAL);
}

TEST_F(guest_panic_attr, address_that_wraps_is_EINVAL)
{
	verify_refused(self->dev, MMIO, UINT64_MAX, PANICKED, EINVAL);
	verify_refused(self->dev, MMIO, UINT64_MAX, 0, EINVAL);
}

TEST_F(guest_panic_attr, address_of_what_has_none_is_EINVAL)
{
	verify_refused(self->dev, HYPERV, 1, NOTIFY, EINVAL);
	verify_refused(self->dev, HYPERV, 1ULL << 32, NOTIFY, EINVAL);
	verify_refused(self->dev, FAULT, 1, TRIPLE_FAULT, EINVAL);
	verify_refused(self->dev, FAULT, 1, 0, EINVAL);
}

TEST_F(guest_panic_attr, unknown_event_is_EINVAL)
{
	verify_refused(self->dev, ISA, OTHER_PORT, 1U << 3, EINVAL);
	verify_refused(self->dev, ISA, OTHER_PORT, PANICKED | 1U << 31, EINVAL);
	verify_refused(self->dev, MMIO, PVPANIC_GPA, 1U << 3, EINVAL);
	verify_refused(self->dev, MMIO, PVPANIC_GPA, PANICKED | 1U << 31,
		       EINVAL);
	verify_refused(self->dev, HYPERV, 0, NOTIFY | 1U << 4, EINVAL);
	verify_refused(self->dev, HYPERV, 0, NOTIFY | 1U << 31, EINVAL);
	verify_refused(self->dev, FAULT, 0, 1U << 1, EINVAL);
	verify_refused(self->dev, FAULT, 0, TRIPLE_FAULT | 1U << 31, EINVAL);
}

TEST_F(guest_panic_attr, hyperv_without_notify_is_EINVAL)
{
	verify_refused(self->dev, HYPERV, 0, NOTIFY_MSG, EINVAL);
	verify_refused(self->dev, HYPERV, 0, NO_CRASH_DUMP, EINVAL);
	verify_refused(self->dev, HYPERV, 0, PRE_OS_ID, EINVAL);
}

/* Also where the model would be disabled. */
TEST_F(guest_panic_attr, flags_and_reserved_fields_of_a_model_are_EINVAL)
{
	struct kvm_guest_panic_model bad[] = {
		{ .events = 1, .flags = 1 },
		{ .events = 1, .flags = 1U << 31 },
		{ .events = 0, .flags = 1 },
		{ .events = 1, .reserved[0] = 1 },
		{ .events = 1, .reserved[1] = 1ULL << 63 },
		{ .events = 0, .reserved[1] = 1 },
	};
	u64 model;
	int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		for (model = 0; model < NR_MODELS; model++) {
			TEST_ASSERT_REFUSED(__kvm_device_attr_set(self->dev,
								  GROUP_MODEL,
								  model,
								  &bad[i]),
					    EINVAL);
			verify_unchanged(self->dev);
		}
	}
}

/* The controls. */
TEST_F(guest_panic_attr, freeze_reads_back_as_set)
{
	guest_panic_set_freeze(self->dev, 1);
	TEST_ASSERT_EQ(get_freeze(self->dev), 1);
	guest_panic_set_freeze(self->dev, 1);
	TEST_ASSERT_EQ(get_freeze(self->dev), 1);
	guest_panic_set_freeze(self->dev, 0);
	TEST_ASSERT_EQ(get_freeze(self->dev), 0);
}

TEST_F(guest_panic_attr, other_values_of_freeze_are_EINVAL)
{
	u32 values[] = { 2, 3, 1U << 31, UINT32_MAX };
	int i, r;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		r = __kvm_device_attr_set(self->dev, GROUP_CTRL, FREEZE,
					  &values[i]);
		TEST_ASSERT_REFUSED(r, EINVAL);
		verify_unchanged(self->dev);
	}
	guest_panic_set_freeze(self->dev, 1);
	r = __kvm_device_attr_set(self->dev, GROUP_CTRL, FREEZE, &values[0]);
	TEST_ASSERT_REFUSED(r, EINVAL);
	TEST_ASSERT_EQ(get_freeze(self->dev), 1);
}

TEST_F(guest_panic_attr, resume_of_another_number_is_ESTALE)
{
	const u64 others[] = { 0, 2, (1ULL << 32) | 1, UINT64_MAX };
	int i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		TEST_ASSERT_REFUSED(__guest_panic_resume(self->dev, others[i]),
				    ESTALE);
		verify_unchanged(self->dev);
	}
	guest_panic_resume(self->dev, 1);
	verify_nothing_latched(self->dev);
}

TEST_F(guest_panic_attr, resume_with_nothing_latched_is_ESTALE)
{
	guest_panic_resume(self->dev, 1);
	TEST_ASSERT_REFUSED(__guest_panic_resume(self->dev, 0), ESTALE);
	TEST_ASSERT_REFUSED(__guest_panic_resume(self->dev, 1), ESTALE);
	TEST_ASSERT_REFUSED(__guest_panic_resume(self->dev, 2), ESTALE);
	run_and_verify_event(self->vcpu, ISA, 2, PANICKED);
}

TEST_F(guest_panic_attr, discard_has_no_payload)
{
	kvm_device_attr_set(self->dev, GROUP_CTRL, DISCARD, (void *)-1UL);
	verify_nothing_latched(self->dev);
}

TEST_F(guest_panic_attr, discard_of_nothing_does_nothing)
{
	guest_panic_discard(self->dev);
	guest_panic_discard(self->dev);
	TEST_ASSERT_EQ(guest_panic_get_seq(self->dev), 1);
	run_and_verify_event(self->vcpu, ISA, 2, PANICKED);
}

/* What is without the device, with no model, or with another one alone. */
static void without_device(struct kvm_vm *vm)
{
}

static void with_no_model(struct kvm_vm *vm)
{
	guest_panic_set_freeze(guest_panic_create(vm), 1);
}

static void with_models_disabled_again(struct kvm_vm *vm)
{
	int dev = guest_panic_create(vm);

	guest_panic_set(dev, ISA, PVPANIC_PORT, PANICKED);
	guest_panic_set(dev, MMIO, PVPANIC_GPA, PANICKED);
	guest_panic_set(dev, HYPERV, 0, NOTIFY | NOTIFY_MSG);
	guest_panic_set(dev, FAULT, 0, TRIPLE_FAULT);
	guest_panic_set(dev, ISA, PVPANIC_PORT, 0);
	guest_panic_set(dev, MMIO, PVPANIC_GPA, 0);
	guest_panic_set(dev, HYPERV, 0, 0);
	guest_panic_set(dev, FAULT, 0, 0);
}

static void with_models_elsewhere(struct kvm_vm *vm)
{
	int dev = guest_panic_create(vm);

	guest_panic_set(dev, ISA, OTHER_PORT, PANICKED);
	guest_panic_set(dev, MMIO, PVPANIC_GPA + 8, PANICKED);
}

FIXTURE(upstream) {
	struct kvm_vcpu *vcpu;
};

FIXTURE_VARIANT(upstream) {
	void (*set_up)(struct kvm_vm *vm);
};

FIXTURE_VARIANT_ADD(upstream, no_device) {
	.set_up = without_device,
};

FIXTURE_VARIANT_ADD(upstream, no_model) {
	.set_up = with_no_model,
};

FIXTURE_VARIANT_ADD(upstream, models_disabled_again) {
	.set_up = with_models_disabled_again,
};

FIXTURE_VARIANT_ADD(upstream, models_elsewhere) {
	.set_up = with_models_elsewhere,
};

FIXTURE_SETUP(upstream)
{
	struct kvm_vm *vm;

	if (variant->set_up != without_device && !has_guest_panic_device())
		SKIP(return, "no guest-panic device");
	vm = vm_create_with_one_vcpu(&self->vcpu, NULL);
	virt_map(vm, PVPANIC_PAGE, PVPANIC_PAGE, 1);
	vcpu_set_hv_cpuid(self->vcpu);
	variant->set_up(vm);
}

FIXTURE_TEARDOWN(upstream)
{
	if (self->vcpu)
		kvm_vm_free(self->vcpu->vm);
}

static void guest_crashes(void)
{
	guest_crash(params, CTL_NOTIFY);
	GUEST_ASSERT_EQ(rdmsr(HV_X64_MSR_CRASH_CTL), 0);
	wrmsr(HV_X64_MSR_CRASH_CTL, CTL_NOTIFY | CTL_NOTIFY_MSG | 1);
	wrmsr(HV_X64_MSR_CRASH_CTL, ~CTL_NOTIFY);
	GUEST_DONE();
}

/* Bare: not even data[] is written. */
static void run_and_verify_bare_crash(struct kvm_vcpu *vcpu)
{
	struct ucall uc;
	int i;

	run_to_exit(vcpu, &uc);
	verify_crash(vcpu, 0);
	for (i = 0; i < ARRAY_SIZE(vcpu->run->system_event.data); i++)
		TEST_ASSERT_EQ(vcpu->run->system_event.data[i],
			       0xa5a5a5a5a5a5a5a5ULL);
}

TEST_F(upstream, crash_msrs_give_a_bare_exit)
{
	int i;

	vcpu_arch_set_entry_point(self->vcpu, guest_crashes);
	run_and_verify_bare_crash(self->vcpu);
	run_and_verify_bare_crash(self->vcpu);
	run_and_verify_done(self->vcpu);
	for (i = 0; i < NR_PARAMS; i++)
		TEST_ASSERT_EQ(vcpu_get_msr(self->vcpu,
					    HV_X64_MSR_CRASH_P0 + i),
			       params[i]);
}

static void guest_uses_the_port(void)
{
	port_outb(PVPANIC_PORT, PANICKED);
	port_outw(PVPANIC_PORT, 0x0101);
	port_outl(PVPANIC_PORT, 0x01010101);
	GUEST_SYNC(port_inb(PVPANIC_PORT));
	GUEST_SYNC(port_inw(PVPANIC_PORT));
	GUEST_SYNC(port_inl(PVPANIC_PORT));
}

TEST_F(upstream, port_is_userspace)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_uses_the_port);
	run_and_verify_out(self->vcpu, PVPANIC_PORT, 1, PANICKED);
	run_and_verify_out(self->vcpu, PVPANIC_PORT, 2, 0x0101);
	run_and_verify_out(self->vcpu, PVPANIC_PORT, 4, 0x01010101);
	run_and_verify_in(self->vcpu, PVPANIC_PORT, 1, 0x5a);
	run_and_verify_sync(self->vcpu, 0x5a);
	run_and_verify_in(self->vcpu, PVPANIC_PORT, 2, 0xabcd);
	run_and_verify_sync(self->vcpu, 0xabcd);
	run_and_verify_in(self->vcpu, PVPANIC_PORT, 4, 0x89abcdef);
	run_and_verify_sync(self->vcpu, 0x89abcdef);
}

static void guest_writes_string(void)
{
	const char bytes[] = { 1, 2, 3 }, *p = bytes;
	u64 count = sizeof(bytes);

	asm volatile("rep outsb" : "+S"(p), "+c"(count) : "d"(PVPANIC_PORT)
		     : "memory");
	GUEST_DONE();
}

/* One by one, for KVM reads the bytes of a string write one by one. */
TEST_F(upstream, string_write_is_userspace)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_writes_string);
	run_and_verify_out(self->vcpu, PVPANIC_PORT, 1, 1);
	run_and_verify_out(self->vcpu, PVPANIC_PORT, 1, 2);
	run_and_verify_out(self->vcpu, PVPANIC_PORT, 1, 3);
	run_and_verify_done(self->vcpu);
}

static void guest_uses_mmio(void)
{
	mmio_writeb(PVPANIC_GPA, PANICKED);
	GUEST_SYNC(mmio_readb(PVPANIC_GPA));
}

TEST_F(upstream, mmio_is_userspace)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_uses_mmio);
	run_and_verify_mmio_write(self->vcpu, PVPANIC_GPA, 1, PANICKED);
	run_and_verify_mmio_read(self->vcpu, PVPANIC_GPA, 1, 0x5a);
	run_and_verify_sync(self->vcpu, 0x5a);
}

static void guest_triple_faults(void)
{
	const struct desc_ptr no_idt = { };

	asm volatile("lidt %0; ud2" : : "m"(no_idt));
}

TEST_F(upstream, triple_fault_is_shutdown)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_triple_faults);
	vcpu_run(self->vcpu);
	TEST_ASSERT_KVM_EXIT_REASON(self->vcpu, KVM_EXIT_SHUTDOWN);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_HYPERV();

	return test_harness_run(argc, argv);
}
