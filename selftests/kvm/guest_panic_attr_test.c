// SPDX-License-Identifier: GPL-2.0-only
/*
 * The attributes of the guest-panic device: what may be set, every refusal
 * of the contract, and that a refused call changes nothing.
 *
 * Each refusal is tried with both models enabled, and both are compared with
 * what they were.
 */
#include <sys/mman.h>

#include "guest_panic.h"

#define GROUP_MODEL	KVM_DEV_GUEST_PANIC_MODEL
#define GROUP_CTRL	KVM_DEV_GUEST_PANIC_CTRL
#define GROUP_STATE	KVM_DEV_GUEST_PANIC_STATE

FIXTURE(guest_panic_attr) {
	struct kvm_vm *vm;
	int dev;
};

FIXTURE_SETUP(guest_panic_attr)
{
	self->vm = vm_create_barebones();
	self->dev = guest_panic_create(self->vm);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED | SHUTDOWN);
	guest_panic_set(self->dev, HYPERV, 0, NOTIFY | NOTIFY_MSG);
}

FIXTURE_TEARDOWN(guest_panic_attr)
{
	close(self->dev);
	kvm_vm_free(self->vm);
}

static void verify_model(int dev, u64 model, u64 addr,
			 u32 events)
{
	struct kvm_guest_panic_model got = guest_panic_get(dev, model);

	TEST_ASSERT_EQ(got.addr, addr);
	TEST_ASSERT_EQ(got.events, events);
	TEST_ASSERT_EQ(got.flags, 0);
}

static void verify_unchanged(int dev)
{
	verify_model(dev, ISA, PVPANIC_PORT, PANICKED | SHUTDOWN);
	verify_model(dev, HYPERV, 0, NOTIFY | NOTIFY_MSG);
}

static void verify_refused(int dev, u64 model, u64 addr,
			   u32 events, int error)
{
	TEST_ASSERT_REFUSED(__guest_panic_set(dev, model, addr, events), error);
	verify_unchanged(dev);
}

/* An attribute that is not there is not there for any of the three calls. */
static void verify_enxio(int dev, u32 group, u64 attr)
{
	struct kvm_guest_panic_model payload = { };

	TEST_ASSERT_REFUSED(__kvm_has_device_attr(dev, group, attr), ENXIO);
	TEST_ASSERT_REFUSED(__kvm_device_attr_get(dev, group, attr, &payload),
			    ENXIO);
	TEST_ASSERT_REFUSED(__kvm_device_attr_set(dev, group, attr, &payload),
			    ENXIO);
	verify_unchanged(dev);
}

TEST_F(guest_panic_attr, hyperv_and_isa_are_there)
{
	kvm_has_device_attr(self->dev, GROUP_MODEL, HYPERV);
	kvm_has_device_attr(self->dev, GROUP_MODEL, ISA);
}

TEST_F(guest_panic_attr, get_returns_what_was_set)
{
	verify_unchanged(self->dev);

	guest_panic_set(self->dev, ISA, OTHER_PORT, CRASH_LOADED);
	guest_panic_set(self->dev, HYPERV, 0, NOTIFY);
	verify_model(self->dev, ISA, OTHER_PORT, CRASH_LOADED);
	verify_model(self->dev, HYPERV, 0, NOTIFY);

	guest_panic_set(self->dev, ISA, OTHER_PORT, 0);
	guest_panic_set(self->dev, HYPERV, 0, 0);
	verify_model(self->dev, ISA, OTHER_PORT, 0);
	verify_model(self->dev, HYPERV, 0, 0);
}

TEST_F(guest_panic_attr, lowest_and_highest_port_are_ports)
{
	guest_panic_set(self->dev, ISA, 0, PANICKED);
	verify_model(self->dev, ISA, 0, PANICKED);
	guest_panic_set(self->dev, ISA, 0xffff, PANICKED);
	verify_model(self->dev, ISA, 0xffff, PANICKED);
}

TEST_F(guest_panic_attr, unknown_group_is_ENXIO)
{
	verify_enxio(self->dev, GROUP_STATE + 1, 0);
	verify_enxio(self->dev, UINT32_MAX, 0);
}

/* The last two would be HYPERV and ISA if the upper half were dropped. */
TEST_F(guest_panic_attr, unknown_attribute_is_ENXIO)
{
	verify_enxio(self->dev, GROUP_MODEL, KVM_GUEST_PANIC_MMIO + 1);
	verify_enxio(self->dev, GROUP_CTRL, KVM_GUEST_PANIC_RESUME + 1);
	verify_enxio(self->dev, GROUP_STATE, KVM_GUEST_PANIC_LATCHED + 1);
	verify_enxio(self->dev, GROUP_MODEL, UINT64_MAX);
	verify_enxio(self->dev, GROUP_MODEL, (1ULL << 32) | HYPERV);
	verify_enxio(self->dev, GROUP_MODEL, (1ULL << 32) | ISA);
}

static int attr_ioctl(int dev, unsigned long cmd, u64 model,
		      u32 flags)
{
	struct kvm_guest_panic_model payload = {
		.addr = model == ISA ? OTHER_PORT : 0,
		.events = 1,
	};
	struct kvm_device_attr attr = {
		.flags = flags,
		.group = GROUP_MODEL,
		.attr = model,
		.addr = (uintptr_t)&payload,
	};

	return ioctl(dev, cmd, &attr);
}

TEST_F(guest_panic_attr, flags_of_the_call_are_EINVAL)
{
	const unsigned long cmds[] = {
		KVM_HAS_DEVICE_ATTR, KVM_GET_DEVICE_ATTR, KVM_SET_DEVICE_ATTR,
	};
	u64 model;
	int i, r;

	for (i = 0; i < ARRAY_SIZE(cmds); i++) {
		for (model = HYPERV; model <= ISA; model++) {
			r = attr_ioctl(self->dev, cmds[i], model, 1);
			TEST_ASSERT_REFUSED(r, EINVAL);
			r = attr_ioctl(self->dev, cmds[i], model, 1U << 31);
			TEST_ASSERT_REFUSED(r, EINVAL);
		}
		verify_unchanged(self->dev);
	}
}

static int set_flags(int dev, u64 model, u32 events, u32 flags)
{
	struct kvm_guest_panic_model payload = {
		.events = events,
		.flags = flags,
	};

	return __kvm_device_attr_set(dev, GROUP_MODEL, model, &payload);
}

/* Also when the model would be disabled, which needs no event bits. */
TEST_F(guest_panic_attr, flags_of_a_model_are_EINVAL)
{
	const u32 flags[] = { 1, 1U << 31 };
	u64 model;
	int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		for (model = HYPERV; model <= ISA; model++) {
			TEST_ASSERT_REFUSED(set_flags(self->dev, model, 1,
						      flags[i]), EINVAL);
			TEST_ASSERT_REFUSED(set_flags(self->dev, model, 0,
						      flags[i]), EINVAL);
			verify_unchanged(self->dev);
		}
	}
}

/* The last one would be a port if its upper half were dropped. */
TEST_F(guest_panic_attr, port_above_ffff_is_EINVAL)
{
	verify_refused(self->dev, ISA, 0x10000, PANICKED, EINVAL);
	verify_refused(self->dev, ISA, UINT64_MAX, PANICKED, EINVAL);
	verify_refused(self->dev, ISA, (1ULL << 32) | OTHER_PORT, PANICKED,
		       EINVAL);
}

TEST_F(guest_panic_attr, unknown_isa_event_is_EINVAL)
{
	verify_refused(self->dev, ISA, OTHER_PORT, 1U << 3, EINVAL);
	verify_refused(self->dev, ISA, OTHER_PORT, PANICKED | 1U << 8, EINVAL);
	verify_refused(self->dev, ISA, OTHER_PORT, PANICKED | 1U << 31, EINVAL);
}

TEST_F(guest_panic_attr, unknown_hyperv_event_is_EINVAL)
{
	verify_refused(self->dev, HYPERV, 0, NOTIFY | 1U << 2, EINVAL);
	verify_refused(self->dev, HYPERV, 0, NOTIFY | 1U << 31, EINVAL);
}

TEST_F(guest_panic_attr, hyperv_address_is_EINVAL)
{
	verify_refused(self->dev, HYPERV, 1, NOTIFY, EINVAL);
	verify_refused(self->dev, HYPERV, 1ULL << 32, NOTIFY, EINVAL);
}

TEST_F(guest_panic_attr, message_without_notify_is_EINVAL)
{
	verify_refused(self->dev, HYPERV, 0, NOTIFY_MSG, EINVAL);
}

static void *two_pages_with_a_hole(size_t page)
{
	void *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	TEST_ASSERT(p != MAP_FAILED, "mmap() failed: %s", strerror(errno));
	TEST_ASSERT_EQ(mprotect(p + page, page, PROT_NONE), 0);
	return p;
}

static void verify_efault(int dev, u64 model, void *bad)
{
	TEST_ASSERT_REFUSED(__kvm_device_attr_set(dev, GROUP_MODEL, model, bad),
			    EFAULT);
	TEST_ASSERT_REFUSED(__kvm_device_attr_get(dev, GROUP_MODEL, model, bad),
			    EFAULT);
	verify_unchanged(dev);
}

/* Nothing there, the kernel's half, and a payload that ends in a hole. */
TEST_F(guest_panic_attr, bad_pointer_is_EFAULT)
{
	size_t page = getpagesize();
	void *bad[] = {
		NULL, (void *)(UINTPTR_MAX - page),
		two_pages_with_a_hole(page) + page - 8,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		verify_efault(self->dev, HYPERV, bad[i]);
		verify_efault(self->dev, ISA, bad[i]);
	}
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();

	return test_harness_run(argc, argv);
}
