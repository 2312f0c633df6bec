// SPDX-License-Identifier: GPL-2.0-only
/*
 * The attributes FREEZE, RESUME and LATCHED as attributes: what may be set and
 * read, every refusal, and that a refused call changes nothing.
 */
#include <sys/mman.h>

#include "guest_panic_latch.h"

static void guest_panics(void)
{
	for (;;)
		port_outb(PVPANIC_PORT, PANICKED);
}

FIXTURE(guest_panic_ctrl) {
	struct kvm_vcpu *vcpu;
	int dev;
};

FIXTURE_SETUP(guest_panic_ctrl)
{
	self->dev = guest_panic_create(vm_create_with_one_vcpu(&self->vcpu,
							       guest_panics));
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED);
}

FIXTURE_TEARDOWN(guest_panic_ctrl)
{
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

static void verify_freeze(int dev, u32 wanted)
{
	u32 freeze = 0xa5a5a5a5;

	kvm_device_attr_get(dev, GROUP_CTRL, FREEZE, &freeze);
	TEST_ASSERT_EQ(freeze, wanted);
}

TEST_F(guest_panic_ctrl, all_are_there)
{
	kvm_has_device_attr(self->dev, GROUP_CTRL, FREEZE);
	kvm_has_device_attr(self->dev, GROUP_CTRL, RESUME);
	kvm_has_device_attr(self->dev, GROUP_STATE, LATCHED);
}

TEST_F(guest_panic_ctrl, freeze_is_off_at_first)
{
	verify_freeze(self->dev, 0);
}

TEST_F(guest_panic_ctrl, freeze_reads_back_as_set)
{
	guest_panic_set_freeze(self->dev, 1);
	verify_freeze(self->dev, 1);
	guest_panic_set_freeze(self->dev, 1);
	verify_freeze(self->dev, 1);
	guest_panic_set_freeze(self->dev, 0);
	verify_freeze(self->dev, 0);
}

TEST_F(guest_panic_ctrl, other_values_of_freeze_are_EINVAL)
{
	const u32 values[] = { 2, 3, 1U << 31, UINT32_MAX };
	u32 now, value;
	int i, r;

	for (i = 0; i < 2 * ARRAY_SIZE(values); i++) {
		now = i % 2;
		value = values[i / 2];
		guest_panic_set_freeze(self->dev, now);
		r = __kvm_device_attr_set(self->dev, GROUP_CTRL, FREEZE,
					  &value);
		TEST_ASSERT_REFUSED(r, EINVAL);
		verify_freeze(self->dev, now);
	}
}

TEST_F(guest_panic_ctrl, resume_cannot_be_read)
{
	u64 payload = 0;

	run_and_verify_isa_event(self->vcpu, 1, PANICKED);
	TEST_ASSERT_REFUSED(__kvm_device_attr_get(self->dev, GROUP_CTRL, RESUME,
						  &payload), ENXIO);
	verify_latched(self->dev, isa_event(0, 1, PANICKED));
}

TEST_F(guest_panic_ctrl, resume_has_no_payload)
{
	run_and_verify_isa_event(self->vcpu, 1, PANICKED);
	kvm_device_attr_set(self->dev, GROUP_CTRL, RESUME, (void *)-1UL);
	verify_nothing_latched(self->dev);
}

static int attr_ioctl(int dev, unsigned long cmd, u32 group, u64 attribute)
{
	struct kvm_guest_panic_event payload = isa_event(0, 7, PANICKED);
	struct kvm_device_attr attr = {
		.flags = 1,
		.group = group,
		.attr = attribute,
		.addr = (uintptr_t)&payload,
	};

	return ioctl(dev, cmd, &attr);
}

TEST_F(guest_panic_ctrl, flags_of_the_call_are_EINVAL)
{
	const unsigned long cmds[] = {
		KVM_HAS_DEVICE_ATTR, KVM_GET_DEVICE_ATTR, KVM_SET_DEVICE_ATTR,
	};
	int i, r;

	run_and_verify_isa_event(self->vcpu, 1, PANICKED);
	for (i = 0; i < ARRAY_SIZE(cmds); i++) {
		r = attr_ioctl(self->dev, cmds[i], GROUP_CTRL, FREEZE);
		TEST_ASSERT_REFUSED(r, EINVAL);
		r = attr_ioctl(self->dev, cmds[i], GROUP_CTRL, RESUME);
		TEST_ASSERT_REFUSED(r, EINVAL);
		r = attr_ioctl(self->dev, cmds[i], GROUP_STATE, LATCHED);
		TEST_ASSERT_REFUSED(r, EINVAL);
	}
	verify_freeze(self->dev, 0);
	verify_latched(self->dev, isa_event(0, 1, PANICKED));
}

static void *two_pages_with_a_hole(size_t page)
{
	void *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	TEST_ASSERT(p != MAP_FAILED, "mmap() failed: %s", strerror(errno));
	TEST_ASSERT_EQ(mprotect(p + page, page, PROT_NONE), 0);
	return p;
}

static void verify_efault(int dev, u32 group, u64 attr, void *bad)
{
	TEST_ASSERT_REFUSED(__kvm_device_attr_set(dev, group, attr, bad),
			    EFAULT);
	TEST_ASSERT_REFUSED(__kvm_device_attr_get(dev, group, attr, bad),
			    EFAULT);
}

/* Nothing there, the kernel's half, and a payload that ends in a hole. */
TEST_F(guest_panic_ctrl, bad_pointer_is_EFAULT)
{
	size_t page = getpagesize();
	void *hole = two_pages_with_a_hole(page) + page;
	void *kernel = (void *)(UINTPTR_MAX - page);

	run_and_verify_isa_event(self->vcpu, 1, PANICKED);
	verify_efault(self->dev, GROUP_CTRL, FREEZE, NULL);
	verify_efault(self->dev, GROUP_CTRL, FREEZE, kernel);
	verify_efault(self->dev, GROUP_CTRL, FREEZE, hole - 2);
	verify_efault(self->dev, GROUP_STATE, LATCHED, NULL);
	verify_efault(self->dev, GROUP_STATE, LATCHED, kernel);
	verify_efault(self->dev, GROUP_STATE, LATCHED, hole - 8);
	verify_freeze(self->dev, 0);
	verify_latched(self->dev, isa_event(0, 1, PANICKED));
}

/* With nothing latched there is nothing to copy. */
TEST_F(guest_panic_ctrl, empty_latch_is_ENOENT_also_to_a_bad_pointer)
{
	TEST_ASSERT_REFUSED(__kvm_device_attr_get(self->dev, GROUP_STATE,
						  LATCHED, NULL), ENOENT);
	verify_nothing_latched(self->dev);
}

TEST_F(guest_panic_ctrl, works_for_a_vm_that_has_no_vcpu)
{
	struct kvm_vm *vm = vm_create_barebones();
	int dev = guest_panic_create(vm);

	guest_panic_set(dev, ISA, PVPANIC_PORT, PANICKED);
	guest_panic_set_freeze(dev, 1);
	verify_freeze(dev, 1);
	guest_panic_resume(dev);
	verify_nothing_latched(dev);
	TEST_ASSERT_REFUSED(__guest_panic_set_latched(dev, isa_event(0, 1, 1)),
			    EINVAL);
	close(dev);
	kvm_vm_free(vm);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();

	return test_harness_run(argc, argv);
}
