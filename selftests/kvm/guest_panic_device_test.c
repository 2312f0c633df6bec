// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest-panic device as an object: how it is found and created, that a VM
 * has at most one, and that it lives exactly as long as its VM.
 */
#include <sys/resource.h>

#include "guest_panic.h"

/* A notice: it needs no acknowledgment, nor the device's fd. */
static void guest_code(void)
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
	self->vm = vm_create_with_one_vcpu(&self->vcpu, guest_code);
}

FIXTURE_TEARDOWN(guest_panic_device)
{
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

TEST_F(guest_panic_device, other_types_stay_unknown)
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

TEST_F(guest_panic_device, no_model_is_enabled_at_first)
{
	int dev = guest_panic_create(self->vm);

	TEST_ASSERT_EQ(guest_panic_get(dev, ISA).events, 0);
	TEST_ASSERT_EQ(guest_panic_get(dev, HYPERV).events, 0);
	run_and_verify_out(self->vcpu, PVPANIC_PORT, 1, SHUTDOWN);
}

TEST_F(guest_panic_device, may_be_created_before_any_vcpu)
{
	struct kvm_vm *vm = vm_create(1);
	int dev = guest_panic_create(vm);
	struct kvm_vcpu *vcpu;

	guest_panic_set(dev, ISA, PVPANIC_PORT, SHUTDOWN);
	vcpu = vm_vcpu_add(vm, 0, guest_code);
	run_and_verify_isa_event(vcpu, 1, SHUTDOWN);
	kvm_vm_free(vm);
}

/* With the seq of each, which a shared state would run on. */
TEST_F(guest_panic_device, each_vm_has_its_own)
{
	struct kvm_vcpu *other_vcpu;
	struct kvm_vm *other = vm_create_with_one_vcpu(&other_vcpu, guest_code);
	int dev = guest_panic_create(self->vm);
	int other_dev = guest_panic_create(other);

	guest_panic_set(dev, ISA, PVPANIC_PORT, CRASH_LOADED | SHUTDOWN);
	TEST_ASSERT_EQ(guest_panic_get(other_dev, ISA).events, 0);
	run_and_verify_isa_event(self->vcpu, 1, SHUTDOWN);
	run_and_verify_isa_event(self->vcpu, 2, SHUTDOWN);
	run_and_verify_out(other_vcpu, PVPANIC_PORT, 1, SHUTDOWN);

	guest_panic_set(other_dev, ISA, PVPANIC_PORT, SHUTDOWN);
	run_and_verify_isa_event(other_vcpu, 1, SHUTDOWN);
	run_and_verify_isa_event(self->vcpu, 3, SHUTDOWN);
	kvm_vm_free(other);
}

TEST_F(guest_panic_device, closed_device_still_reports)
{
	int dev = guest_panic_create(self->vm);

	guest_panic_set(dev, ISA, PVPANIC_PORT, SHUTDOWN);
	close(dev);
	run_and_verify_isa_event(self->vcpu, 1, SHUTDOWN);
	run_and_verify_isa_event(self->vcpu, 2, SHUTDOWN);
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

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();

	return test_harness_run(argc, argv);
}
