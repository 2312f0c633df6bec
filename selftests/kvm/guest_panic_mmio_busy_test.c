// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the register of the MMIO model may be, and where not: the refusals of
 * its attribute, and that a refused call changes nothing.
 */
#include <sys/eventfd.h>

#include "guest_panic_latch.h"

#define GPA	(4ULL << 30)
#define IOAPIC	0xfec00000
#define LAPIC	0xfee00000

FIXTURE(guest_panic_mmio_busy) {
	struct kvm_vm *vm;
	int dev;
};

/* The library's VMs have an in-kernel irqchip. */
FIXTURE_SETUP(guest_panic_mmio_busy)
{
	self->vm = vm_create(1);
	self->dev = guest_panic_create(self->vm);
	guest_panic_set(self->dev, MMIO, GPA, PANICKED | SHUTDOWN);
}

FIXTURE_TEARDOWN(guest_panic_mmio_busy)
{
	close(self->dev);
	kvm_vm_free(self->vm);
}

static void verify_model(int dev, u64 addr, u32 events)
{
	struct kvm_guest_panic_model model = guest_panic_get(dev, MMIO);

	TEST_ASSERT_EQ(model.addr, addr);
	TEST_ASSERT_EQ(model.events, events);
	TEST_ASSERT_EQ(model.flags, 0);
}

static void verify_refused(int dev, u64 addr, u32 events, int error)
{
	TEST_ASSERT_REFUSED(__guest_panic_set(dev, MMIO, addr, events), error);
	verify_model(dev, GPA, PANICKED | SHUTDOWN);
}

static void verify_free(int dev, u64 addr)
{
	guest_panic_set(dev, MMIO, addr, PANICKED);
	verify_model(dev, addr, PANICKED);
	guest_panic_set(dev, MMIO, GPA, PANICKED | SHUTDOWN);
}

TEST_F(guest_panic_mmio_busy, mmio_is_there)
{
	kvm_has_device_attr(self->dev, KVM_DEV_GUEST_PANIC_MODEL, MMIO);
}

TEST_F(guest_panic_mmio_busy, get_returns_what_was_set)
{
	verify_model(self->dev, GPA, PANICKED | SHUTDOWN);
	guest_panic_set(self->dev, MMIO, GPA + 1, CRASH_LOADED);
	verify_model(self->dev, GPA + 1, CRASH_LOADED);
	guest_panic_set(self->dev, MMIO, GPA + 1, 0);
	verify_model(self->dev, GPA + 1, 0);
}

TEST_F(guest_panic_mmio_busy, lowest_and_highest_address_are_addresses)
{
	verify_free(self->dev, 0);
	verify_free(self->dev, UINT64_MAX - 1);
}

TEST_F(guest_panic_mmio_busy, address_that_wraps_is_EINVAL)
{
	verify_refused(self->dev, UINT64_MAX, PANICKED, EINVAL);
	verify_refused(self->dev, UINT64_MAX, 0, EINVAL);
}

TEST_F(guest_panic_mmio_busy, unknown_event_is_EINVAL)
{
	verify_refused(self->dev, GPA, 1U << 3, EINVAL);
	verify_refused(self->dev, GPA, PANICKED | 1U << 8, EINVAL);
	verify_refused(self->dev, GPA, PANICKED | 1U << 31, EINVAL);
}

TEST_F(guest_panic_mmio_busy, flags_are_EINVAL)
{
	struct kvm_guest_panic_model model = {
		.addr = GPA, .events = PANICKED, .flags = 1,
	};
	int r;

	r = __kvm_device_attr_set(self->dev, KVM_DEV_GUEST_PANIC_MODEL, MMIO,
				  &model);
	TEST_ASSERT_REFUSED(r, EINVAL);
	verify_model(self->dev, GPA, PANICKED | SHUTDOWN);
}

TEST_F(guest_panic_mmio_busy, bad_pointer_is_EFAULT)
{
	const u32 group = KVM_DEV_GUEST_PANIC_MODEL;

	TEST_ASSERT_REFUSED(__kvm_device_attr_set(self->dev, group, MMIO, NULL),
			    EFAULT);
	TEST_ASSERT_REFUSED(__kvm_device_attr_get(self->dev, group, MMIO, NULL),
			    EFAULT);
	verify_model(self->dev, GPA, PANICKED | SHUTDOWN);
}

TEST_F(guest_panic_mmio_busy, ioapic_is_EBUSY)
{
	verify_refused(self->dev, IOAPIC, PANICKED, EBUSY);
	verify_refused(self->dev, IOAPIC + 0xff, PANICKED, EBUSY);
	verify_free(self->dev, IOAPIC - 1);
	verify_free(self->dev, IOAPIC + 0x100);
}

TEST_F(guest_panic_mmio_busy, lapic_is_EBUSY)
{
	verify_refused(self->dev, LAPIC, PANICKED, EBUSY);
	verify_refused(self->dev, LAPIC + 0xfff, PANICKED, EBUSY);
	verify_free(self->dev, LAPIC - 1);
	verify_free(self->dev, LAPIC + 0x1000);
}

TEST_F(guest_panic_mmio_busy, without_an_irqchip_neither_is)
{
	struct kvm_vm *vm = vm_create_barebones();
	int dev = guest_panic_create(vm);

	verify_free(dev, IOAPIC);
	verify_free(dev, LAPIC);
	close(dev);
	kvm_vm_free(vm);
}

static void ioeventfd(struct kvm_vm *vm, int fd, u32 len, u32 flags)
{
	struct kvm_ioeventfd args = {
		.addr = GPA + 0x100,
		.len = len,
		.fd = fd,
		.flags = flags,
	};

	vm_ioctl(vm, KVM_IOEVENTFD, &args);
}

/* One of a size that a pvpanic write does not have is there all the same. */
TEST_F(guest_panic_mmio_busy, ioeventfd_is_EBUSY)
{
	const u32 sizes[] = { 0, 1, 2, 4, 8 };
	int fd = eventfd(0, 0);
	int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		ioeventfd(self->vm, fd, sizes[i], 0);
		verify_refused(self->dev, GPA + 0x100, PANICKED, EBUSY);
		ioeventfd(self->vm, fd, sizes[i],
			  KVM_IOEVENTFD_FLAG_DEASSIGN);
	}
	verify_free(self->dev, GPA + 0x100);
	close(fd);
}

TEST_F(guest_panic_mmio_busy, coalesced_zone_is_EBUSY)
{
	kvm_vm_register_coalesced_io(self->vm, GPA + 0x100, 3, false);
	verify_free(self->dev, GPA + 0xff);
	verify_refused(self->dev, GPA + 0x100, PANICKED, EBUSY);
	verify_refused(self->dev, GPA + 0x102, PANICKED, EBUSY);
	verify_free(self->dev, GPA + 0x103);
	kvm_vm_unregister_coalesced_io(self->vm, GPA + 0x100, 3, false);
	verify_free(self->dev, GPA + 0x101);
}

/* A device of the other bus, at a port with the number of the address. */
TEST_F(guest_panic_mmio_busy, port_takes_no_address)
{
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED);
	verify_free(self->dev, PVPANIC_PORT);
	verify_free(self->dev, 0x20);
}

TEST_F(guest_panic_mmio_busy, its_own_address_is_not)
{
	guest_panic_set(self->dev, MMIO, GPA, CRASH_LOADED);
	guest_panic_set(self->dev, MMIO, GPA, 0);
	guest_panic_set(self->dev, MMIO, GPA, PANICKED);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();

	return test_harness_run(argc, argv);
}
