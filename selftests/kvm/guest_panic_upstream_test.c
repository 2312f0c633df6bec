// SPDX-License-Identifier: GPL-2.0-only
/*
 * Without the guest-panic device, and with one that has no model enabled, a
 * VM behaves as it does in a kernel that has never heard of it.  So does each
 * of the two models while only the other one is enabled.
 *
 * The variant no_device runs, and passes, on such a kernel too.
 */
#include "guest_panic.h"

#define POISON	0xa5a5a5a5a5a5a5a5ULL

static const u64 params[NR_PARAMS] = { 1, 2, 3, 4, ~0ULL };

static void without_device(struct kvm_vm *vm)
{
}

static void with_no_model(struct kvm_vm *vm)
{
	guest_panic_create(vm);
}

static void with_models_disabled_again(struct kvm_vm *vm)
{
	int dev = guest_panic_create(vm);

	guest_panic_set(dev, ISA, PVPANIC_PORT, PANICKED);
	guest_panic_set(dev, HYPERV, 0, NOTIFY | NOTIFY_MSG);
	guest_panic_set(dev, ISA, PVPANIC_PORT, 0);
	guest_panic_set(dev, HYPERV, 0, 0);
}

static void with_isa_alone(struct kvm_vm *vm)
{
	guest_panic_set(guest_panic_create(vm), ISA, PVPANIC_PORT, PANICKED);
}

static void with_hyperv_alone(struct kvm_vm *vm)
{
	guest_panic_set(guest_panic_create(vm), HYPERV, 0, NOTIFY);
}

static struct kvm_vcpu *create_vcpu(void (*set_up)(struct kvm_vm *vm))
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = vm_create_with_one_vcpu(&vcpu, NULL);

	vcpu_set_hv_cpuid(vcpu);
	set_up(vm);
	return vcpu;
}

/* The crash MSRs, with the Hyper-V model absent or disabled. */
FIXTURE(upstream_crash_msrs) {
	struct kvm_vcpu *vcpu;
};

FIXTURE_VARIANT(upstream_crash_msrs) {
	void (*set_up)(struct kvm_vm *vm);
};

FIXTURE_VARIANT_ADD(upstream_crash_msrs, no_device) {
	.set_up = without_device,
};

FIXTURE_VARIANT_ADD(upstream_crash_msrs, no_model) {
	.set_up = with_no_model,
};

FIXTURE_VARIANT_ADD(upstream_crash_msrs, models_disabled_again) {
	.set_up = with_models_disabled_again,
};

FIXTURE_VARIANT_ADD(upstream_crash_msrs, isa_alone) {
	.set_up = with_isa_alone,
};

FIXTURE_SETUP(upstream_crash_msrs)
{
	if (variant->set_up != without_device && !has_guest_panic_device())
		SKIP(return, "no guest-panic device");
	self->vcpu = create_vcpu(variant->set_up);
}

FIXTURE_TEARDOWN(upstream_crash_msrs)
{
	if (self->vcpu)
		kvm_vm_free(self->vcpu->vm);
}

static void guest_crashes(void)
{
	guest_crash(params, CTL_NOTIFY);
	wrmsr(HV_X64_MSR_CRASH_CTL, CTL_NOTIFY | CTL_NOTIFY_MSG | 1);
	GUEST_DONE();
}

/* Bare: not even data[] is written. */
static void run_and_verify_bare_crash(struct kvm_vcpu *vcpu)
{
	__u64 *data = vcpu->run->system_event.data;
	struct ucall uc;
	int i;

	memset(data, 0xa5, sizeof(vcpu->run->system_event.data));
	run_to_exit(vcpu, &uc);
	verify_crash(vcpu, 0);
	for (i = 0; i < ARRAY_SIZE(vcpu->run->system_event.data); i++)
		TEST_ASSERT_EQ(data[i], POISON);
}

TEST_F(upstream_crash_msrs, notify_is_a_bare_exit)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_crashes);
	run_and_verify_bare_crash(self->vcpu);
	run_and_verify_bare_crash(self->vcpu);
	run_and_verify_done(self->vcpu);
}

static void guest_does_not_notify(void)
{
	guest_crash(params, ~CTL_NOTIFY);
	GUEST_SYNC(rdmsr(HV_X64_MSR_CRASH_CTL));
}

TEST_F(upstream_crash_msrs, write_without_notify_does_nothing)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_does_not_notify);
	run_and_verify_sync(self->vcpu, 0);
}

static void guest_reads_ctl(void)
{
	for (;;)
		GUEST_SYNC(rdmsr(HV_X64_MSR_CRASH_CTL));
}

TEST_F(upstream_crash_msrs, guest_reads_what_the_host_wrote_of_bit_63)
{
	struct kvm_vcpu *vcpu = self->vcpu;

	vcpu_arch_set_entry_point(vcpu, guest_reads_ctl);
	run_and_verify_sync(vcpu, 0);
	TEST_ASSERT_EQ(_vcpu_set_msr(vcpu, HV_X64_MSR_CRASH_CTL, ~0ULL), 1);
	TEST_ASSERT_EQ(vcpu_get_msr(vcpu, HV_X64_MSR_CRASH_CTL), CTL_NOTIFY);
	run_and_verify_sync(vcpu, CTL_NOTIFY);
	vcpu_set_msr(vcpu, HV_X64_MSR_CRASH_CTL, 0);
	run_and_verify_sync(vcpu, 0);
}

static void guest_crashes_and_reads_back(void)
{
	int i;

	guest_crash(params, CTL_NOTIFY);
	GUEST_ASSERT_EQ(rdmsr(HV_X64_MSR_CRASH_CTL), 0);
	for (i = 0; i < NR_PARAMS; i++)
		GUEST_ASSERT_EQ(rdmsr(HV_X64_MSR_CRASH_P0 + i), params[i]);
	GUEST_DONE();
}

TEST_F(upstream_crash_msrs, params_are_kept_and_ctl_is_not)
{
	int i;

	vcpu_arch_set_entry_point(self->vcpu, guest_crashes_and_reads_back);
	run_and_verify_bare_crash(self->vcpu);
	for (i = 0; i < NR_PARAMS; i++)
		TEST_ASSERT_EQ(vcpu_get_msr(self->vcpu,
					    HV_X64_MSR_CRASH_P0 + i),
			       params[i]);
	run_and_verify_done(self->vcpu);
}

/* The port, with the ISA model absent or disabled. */
FIXTURE(upstream_port) {
	struct kvm_vcpu *vcpu;
};

FIXTURE_VARIANT(upstream_port) {
	void (*set_up)(struct kvm_vm *vm);
};

FIXTURE_VARIANT_ADD(upstream_port, no_device) {
	.set_up = without_device,
};

FIXTURE_VARIANT_ADD(upstream_port, no_model) {
	.set_up = with_no_model,
};

FIXTURE_VARIANT_ADD(upstream_port, models_disabled_again) {
	.set_up = with_models_disabled_again,
};

FIXTURE_VARIANT_ADD(upstream_port, hyperv_alone) {
	.set_up = with_hyperv_alone,
};

FIXTURE_SETUP(upstream_port)
{
	if (variant->set_up != without_device && !has_guest_panic_device())
		SKIP(return, "no guest-panic device");
	self->vcpu = create_vcpu(variant->set_up);
}

FIXTURE_TEARDOWN(upstream_port)
{
	if (self->vcpu)
		kvm_vm_free(self->vcpu->vm);
}

static void guest_writes(void)
{
	port_outb(PVPANIC_PORT, PANICKED);
	port_outw(PVPANIC_PORT, 0x0101);
	port_outl(PVPANIC_PORT, 0x01010101);
	GUEST_DONE();
}

TEST_F(upstream_port, writes_go_to_userspace)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_writes);
	run_and_verify_out(self->vcpu, PVPANIC_PORT, 1, PANICKED);
	run_and_verify_out(self->vcpu, PVPANIC_PORT, 2, 0x0101);
	run_and_verify_out(self->vcpu, PVPANIC_PORT, 4, 0x01010101);
	run_and_verify_done(self->vcpu);
}

static void guest_reads(void)
{
	GUEST_SYNC(port_inb(PVPANIC_PORT));
	GUEST_SYNC(port_inw(PVPANIC_PORT));
	GUEST_SYNC(port_inl(PVPANIC_PORT));
}

TEST_F(upstream_port, reads_are_answered_by_userspace)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_reads);
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
TEST_F(upstream_port, string_write_goes_to_userspace)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_writes_string);
	run_and_verify_out(self->vcpu, PVPANIC_PORT, 1, 1);
	run_and_verify_out(self->vcpu, PVPANIC_PORT, 1, 2);
	run_and_verify_out(self->vcpu, PVPANIC_PORT, 1, 3);
	run_and_verify_done(self->vcpu);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV_CPUID));

	return test_harness_run(argc, argv);
}
