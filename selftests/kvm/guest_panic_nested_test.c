// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports from a nested guest.  L1 intercepts neither the port nor the crash
 * MSRs, so an access of L2 is one of the VM: the exit comes while the vCPU is
 * in L2, and L2 goes on after it.
 */
#include "guest_panic.h"
#include "guest_panic_l2.h"

static const u64 params[NR_PARAMS] = { 21, 22, 23, 24, 25 };

static const u8 bytes[2000] = {
	[0] = PANICKED, [sizeof(bytes) - 1] = CRASH_LOADED,
};

/* Run @l2_guest_code in L2 until its VMMCALL. */
static void run_l2(struct svm_test_data *svm, void *l2_guest_code)
{
	enter_l2(svm, l2_guest_code);
	GUEST_ASSERT_EQ(svm->vmcb->control.exit_code, SVM_EXIT_VMMCALL);
	GUEST_DONE();
}

static bool is_in_l2(struct kvm_vcpu *vcpu)
{
	union {
		struct kvm_nested_state state;
		u8 room[16384];
	} nested = { .state.size = sizeof(nested) };

	vcpu_nested_state_get(vcpu, &nested.state);
	return nested.state.flags & KVM_STATE_NESTED_GUEST_MODE;
}

FIXTURE(guest_panic_nested) {
	struct kvm_vcpu *vcpu;
};

FIXTURE_SETUP(guest_panic_nested)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(&self->vcpu, NULL);
	int dev = guest_panic_create(vm);
	u64 svm_gva;

	vcpu_set_hv_cpuid(self->vcpu);
	vcpu_alloc_svm(vm, &svm_gva);
	vcpu_args_set(self->vcpu, 1, svm_gva);
	guest_panic_set(dev, ISA, PVPANIC_PORT, PANICKED | CRASH_LOADED);
	guest_panic_set(dev, HYPERV, 0, NOTIFY);
}

FIXTURE_TEARDOWN(guest_panic_nested)
{
	kvm_vm_free(self->vcpu->vm);
}

static void l2_writes_port(void)
{
	port_outb(PVPANIC_PORT, PANICKED);
	GUEST_ASSERT_EQ(port_inb(PVPANIC_PORT), PANICKED | CRASH_LOADED);
	vmmcall();
}

static void l1_of_port_write(struct svm_test_data *svm)
{
	run_l2(svm, l2_writes_port);
}

TEST_F(guest_panic_nested, port_write_is_an_event_and_l2_goes_on)
{
	vcpu_arch_set_entry_point(self->vcpu, l1_of_port_write);
	run_and_verify_isa_event(self->vcpu, 1, PANICKED);
	TEST_ASSERT_EQ(is_in_l2(self->vcpu), true);
	run_and_verify_done(self->vcpu);
}

static void l2_writes_string(void)
{
	const u8 *p = bytes;
	u64 count = sizeof(bytes);

	asm volatile("rep outsb" : "+S"(p), "+c"(count) : "d"(PVPANIC_PORT)
		     : "memory");
	GUEST_ASSERT_EQ(count, 0);
	vmmcall();
}

static void l1_of_string_write(struct svm_test_data *svm)
{
	run_l2(svm, l2_writes_string);
}

TEST_F(guest_panic_nested, long_string_write_is_one_event_and_l2_goes_on)
{
	vcpu_arch_set_entry_point(self->vcpu, l1_of_string_write);
	run_and_verify_isa_event(self->vcpu, 1, PANICKED | CRASH_LOADED);
	TEST_ASSERT_EQ(is_in_l2(self->vcpu), true);
	run_and_verify_done(self->vcpu);
}

static void l2_writes_ctl(void)
{
	guest_crash(params, CTL_NOTIFY);
	GUEST_ASSERT_EQ(rdmsr(HV_X64_MSR_CRASH_CTL), CTL_NOTIFY);
	vmmcall();
}

static void l1_of_ctl_write(struct svm_test_data *svm)
{
	run_l2(svm, l2_writes_ctl);
}

TEST_F(guest_panic_nested, notify_is_an_event_and_l2_goes_on)
{
	vcpu_arch_set_entry_point(self->vcpu, l1_of_ctl_write);
	run_and_verify_hyperv_event(self->vcpu, 1, CTL_NOTIFY, params);
	TEST_ASSERT_EQ(is_in_l2(self->vcpu), true);
	run_and_verify_done(self->vcpu);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();
	TEST_REQUIRE(kvm_cpu_has(X86_FEATURE_SVM));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_NESTED_STATE));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV_CPUID));

	return test_harness_run(argc, argv);
}
