// SPDX-License-Identifier: GPL-2.0-only
/*
 * A port where a device of KVM already answers cannot be that of pvpanic:
 * one of the two would never see the guest's write.
 */
#include <sys/eventfd.h>

#include "guest_panic.h"

static void guest_code(void)
{
	GUEST_SYNC(port_inb(PVPANIC_PORT));
}

FIXTURE(guest_panic_busy) {
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;
	int dev;
};

/* The library's VMs have an in-kernel irqchip. */
FIXTURE_SETUP(guest_panic_busy)
{
	self->vm = vm_create_with_one_vcpu(&self->vcpu, guest_code);
	self->dev = guest_panic_create(self->vm);
}

FIXTURE_TEARDOWN(guest_panic_busy)
{
	close(self->dev);
	kvm_vm_free(self->vm);
}

static void verify_busy(int dev, u16 port)
{
	TEST_ASSERT_REFUSED(__guest_panic_set(dev, ISA, port, PANICKED), EBUSY);
}

static void verify_free(int dev, u16 port)
{
	guest_panic_set(dev, ISA, port, PANICKED);
	guest_panic_set(dev, ISA, port, 0);
}

TEST_F(guest_panic_busy, port_of_the_pic_is_EBUSY)
{
	const u16 ports[] = { 0x20, 0x21, 0xa0, 0xa1, 0x4d0, 0x4d1 };
	int i;

	for (i = 0; i < ARRAY_SIZE(ports); i++)
		verify_busy(self->dev, ports[i]);
	verify_free(self->dev, 0x22);
}

TEST_F(guest_panic_busy, port_of_the_pit_is_EBUSY)
{
	struct kvm_pit_config config = { .flags = KVM_PIT_SPEAKER_DUMMY };
	u16 port;

	verify_free(self->dev, 0x61);
	vm_ioctl(self->vm, KVM_CREATE_PIT2, &config);
	for (port = 0x40; port < 0x44; port++)
		verify_busy(self->dev, port);
	verify_busy(self->dev, 0x61);
	verify_free(self->dev, 0x44);
}

static void ioeventfd(struct kvm_vm *vm, u16 port, u32 len,
		      u32 flags)
{
	static int fd;
	struct kvm_ioeventfd args = {
		.addr = port,
		.len = len,
		.flags = KVM_IOEVENTFD_FLAG_PIO | flags,
	};

	if (!(flags & KVM_IOEVENTFD_FLAG_DEASSIGN))
		fd = eventfd(0, 0);
	args.fd = fd;
	vm_ioctl(vm, KVM_IOEVENTFD, &args);
}

/* One of a size that a pvpanic write does not have is there all the same. */
TEST_F(guest_panic_busy, port_of_an_ioeventfd_is_EBUSY)
{
	const u32 sizes[] = { 0, 1, 2, 4 };
	int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		ioeventfd(self->vm, PVPANIC_PORT, sizes[i], 0);
		verify_busy(self->dev, PVPANIC_PORT);
		ioeventfd(self->vm, PVPANIC_PORT, sizes[i],
			  KVM_IOEVENTFD_FLAG_DEASSIGN);
		verify_free(self->dev, PVPANIC_PORT);
	}
}

TEST_F(guest_panic_busy, port_in_a_coalesced_zone_is_EBUSY)
{
	if (!kvm_has_cap(KVM_CAP_COALESCED_PIO))
		SKIP(return, "no KVM_CAP_COALESCED_PIO");

	kvm_vm_register_coalesced_io(self->vm, PVPANIC_PORT, 3, true);
	verify_free(self->dev, PVPANIC_PORT - 1);
	verify_busy(self->dev, PVPANIC_PORT);
	verify_busy(self->dev, PVPANIC_PORT + 1);
	verify_busy(self->dev, PVPANIC_PORT + 2);
	verify_free(self->dev, PVPANIC_PORT + 3);

	kvm_vm_unregister_coalesced_io(self->vm, PVPANIC_PORT, 3, true);
	verify_free(self->dev, PVPANIC_PORT + 1);
}

/* A device of the other bus, at an address with the number of the port. */
TEST_F(guest_panic_busy, mmio_device_takes_no_port)
{
	kvm_vm_register_coalesced_io(self->vm, PVPANIC_PORT, 1, false);
	verify_free(self->dev, PVPANIC_PORT);
}

TEST_F(guest_panic_busy, its_own_port_is_not)
{
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED | SHUTDOWN);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, 0);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, CRASH_LOADED);
}

/* To the guest, too: what the model was set to before goes on answering. */
TEST_F(guest_panic_busy, refused_move_leaves_the_old_port)
{
	struct kvm_guest_panic_model model;

	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED | SHUTDOWN);
	verify_busy(self->dev, 0x20);
	model = guest_panic_get(self->dev, ISA);
	TEST_ASSERT_EQ(model.addr, PVPANIC_PORT);
	TEST_ASSERT_EQ(model.events, PANICKED | SHUTDOWN);
	run_and_verify_sync(self->vcpu, PANICKED | SHUTDOWN);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();

	return test_harness_run(argc, argv);
}
