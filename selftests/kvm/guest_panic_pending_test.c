// SPDX-License-Identifier: GPL-2.0-only
/*
 * An event between the guest's write and its delivery: a signal and
 * immediate_exit come first, the event stays pending, and nothing that
 * happens meanwhile changes or takes it.
 *
 * Single-step gets a vCPU there without a race: KVM_RUN returns KVM_EXIT_DEBUG
 * right after the reporting instruction, with the event still in the vCPU.
 */
#include <signal.h>

#include "guest_panic_latch.h"

static const u64 params[NR_PARAMS] = { 1, 2, 3, 4, 5 };
static const u64 later_params[NR_PARAMS] = { 11, 12, 13, 14, 15 };

/* RBX tells the host where the instruction after the reporting one is. */
static void write_port(u8 value)
{
	asm volatile("lea 1f(%%rip), %%rbx\n\t"
		     "outb %%al, %%dx\n"
		     "1:"
		     : : "a"(value), "d"(PVPANIC_PORT) : "rbx", "memory");
}

static void guest_writes_port(void)
{
	write_port(PANICKED);
	GUEST_DONE();
}

static void guest_writes_notice(void)
{
	write_port(SHUTDOWN);
	GUEST_DONE();
}

static void guest_writes_ctl(void)
{
	asm volatile("lea 1f(%%rip), %%rbx\n\t"
		     "wrmsr\n"
		     "1:"
		     : : "c"(HV_X64_MSR_CRASH_CTL), "a"(0), "d"(1U << 31)
		     : "rbx", "memory");
	GUEST_DONE();
}

static void set_params(struct kvm_vcpu *vcpu, const u64 *values)
{
	int i;

	for (i = 0; i < NR_PARAMS; i++)
		vcpu_set_msr(vcpu, HV_X64_MSR_CRASH_P0 + i, values[i]);
}

static void run_until_pending(struct kvm_vcpu *vcpu)
{
	struct kvm_guest_debug debug = {
		.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP,
	};
	struct kvm_regs regs;

	vcpu_guest_debug_set(vcpu, &debug);
	do {
		vcpu_run(vcpu);
		TEST_ASSERT_KVM_EXIT_REASON(vcpu, KVM_EXIT_DEBUG);
		vcpu_regs_get(vcpu, &regs);
	} while (regs.rip != regs.rbx);

	debug.control = 0;
	vcpu_guest_debug_set(vcpu, &debug);
}

struct pending_vm {
	struct kvm_vcpu *vcpu;
	struct kvm_vcpu *other;
	int dev;
};

/* Two vCPUs, the event of the first is pending. */
static void pending_vm_create(struct pending_vm *pending, void *guest_code)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(&pending->vcpu, guest_code);

	pending->other = vm_vcpu_add(vm, 3, guest_code);
	vcpu_set_hv_cpuid(pending->vcpu);
	vcpu_set_hv_cpuid(pending->other);
	pending->dev = guest_panic_create(vm);
	guest_panic_set(pending->dev, ISA, PVPANIC_PORT, PANICKED | SHUTDOWN);
	guest_panic_set(pending->dev, HYPERV, 0, NOTIFY);
	set_params(pending->vcpu, params);
	run_until_pending(pending->vcpu);
}

static void pending_vm_free(struct pending_vm *pending)
{
	close(pending->dev);
	kvm_vm_free(pending->vcpu->vm);
}

FIXTURE(guest_panic_pending) {
	struct pending_vm vm;
};

FIXTURE_VARIANT(guest_panic_pending) {
	u32 model;
	void *guest_code;
};

FIXTURE_VARIANT_ADD(guest_panic_pending, isa) {
	.model = ISA,
	.guest_code = guest_writes_port,
};

FIXTURE_VARIANT_ADD(guest_panic_pending, hyperv) {
	.model = HYPERV,
	.guest_code = guest_writes_ctl,
};

FIXTURE_SETUP(guest_panic_pending)
{
	pending_vm_create(&self->vm, variant->guest_code);
}

FIXTURE_TEARDOWN(guest_panic_pending)
{
	pending_vm_free(&self->vm);
}

static void run_and_verify_event(struct kvm_vcpu *vcpu, u32 model,
				 u64 seq)
{
	if (model == HYPERV)
		run_and_verify_hyperv_event(vcpu, seq, CTL_NOTIFY, params);
	else
		run_and_verify_isa_event(vcpu, seq, PANICKED);
}

static void run_and_verify_interrupted(struct kvm_vcpu *vcpu)
{
	TEST_ASSERT_REFUSED(__vcpu_run(vcpu), EINTR);
}

TEST_F(guest_panic_pending, is_delivered_once_by_the_next_run)
{
	run_and_verify_event(self->vm.vcpu, variant->model, 1);
	run_and_verify_done(self->vm.vcpu);
}

TEST_F(guest_panic_pending, immediate_exit_comes_first)
{
	self->vm.vcpu->run->immediate_exit = 1;
	run_and_verify_interrupted(self->vm.vcpu);
	run_and_verify_interrupted(self->vm.vcpu);
	self->vm.vcpu->run->immediate_exit = 0;
	run_and_verify_event(self->vm.vcpu, variant->model, 1);
	run_and_verify_done(self->vm.vcpu);
}

/* SIGUSR1 is blocked, but in KVM_RUN: it can be made pending before that. */
static void block_signal_outside_kvm_run(struct kvm_vcpu *vcpu, sigset_t *usr1)
{
	struct {
		struct kvm_signal_mask head;
		u8 none[8];
	} mask = { .head.len = 8 };

	sigemptyset(usr1);
	sigaddset(usr1, SIGUSR1);
	TEST_ASSERT_EQ(pthread_sigmask(SIG_BLOCK, usr1, NULL), 0);
	vcpu_ioctl(vcpu, KVM_SET_SIGNAL_MASK, &mask.head);
}

TEST_F(guest_panic_pending, signal_comes_first)
{
	sigset_t usr1;
	int sig;

	block_signal_outside_kvm_run(self->vm.vcpu, &usr1);
	pthread_kill(pthread_self(), SIGUSR1);
	run_and_verify_interrupted(self->vm.vcpu);
	TEST_ASSERT_EQ(self->vm.vcpu->run->exit_reason, KVM_EXIT_INTR);
	run_and_verify_interrupted(self->vm.vcpu);

	TEST_ASSERT_EQ(sigwait(&usr1, &sig), 0);
	run_and_verify_event(self->vm.vcpu, variant->model, 1);
	run_and_verify_done(self->vm.vcpu);
}

/* The guest was offered the model when it wrote. */
TEST_F(guest_panic_pending, survives_that_the_models_are_disabled)
{
	guest_panic_set(self->vm.dev, ISA, PVPANIC_PORT, 0);
	guest_panic_set(self->vm.dev, HYPERV, 0, 0);
	run_and_verify_event(self->vm.vcpu, variant->model, 1);
	run_and_verify_done(self->vm.vcpu);
}

/* Numbered when it was written; the first one is latched until RESUME. */
TEST_F(guest_panic_pending, event_of_another_vcpu_does_not_take_its_place)
{
	run_until_pending(self->vm.other);
	run_and_verify_event(self->vm.vcpu, variant->model, 1);
	guest_panic_resume(self->vm.dev);
	run_and_verify_done(self->vm.vcpu);
	run_and_verify_event(self->vm.other, variant->model, 2);
	guest_panic_resume(self->vm.dev);
	run_and_verify_done(self->vm.other);
}

/* It does not latch, so nothing but the vCPU's own state has it. */
FIXTURE(guest_panic_notice) {
	struct pending_vm vm;
};

FIXTURE_SETUP(guest_panic_notice)
{
	pending_vm_create(&self->vm, guest_writes_notice);
}

FIXTURE_TEARDOWN(guest_panic_notice)
{
	pending_vm_free(&self->vm);
}

TEST_F(guest_panic_notice, latch_cannot_be_set_for_the_vcpu_it_waits_on)
{
	struct kvm_guest_panic_event event = isa_event(0, 9, PANICKED);
	int r = __guest_panic_set_latched(self->vm.dev, event);

	TEST_ASSERT_REFUSED(r, EBUSY);
	verify_nothing_latched(self->vm.dev);
	run_and_verify_isa_event(self->vm.vcpu, 1, SHUTDOWN);
	guest_panic_set_latched(self->vm.dev, event);
	run_and_verify_isa_event(self->vm.vcpu, 9, PANICKED);
	run_and_verify_done(self->vm.vcpu);
}

TEST_F(guest_panic_notice, latch_can_be_set_for_another_vcpu)
{
	guest_panic_set_latched(self->vm.dev, isa_event(3, 9, PANICKED));
	run_and_verify_isa_event(self->vm.other, 9, PANICKED);
	run_and_verify_isa_event(self->vm.vcpu, 1, SHUTDOWN);
	run_and_verify_done(self->vm.vcpu);
}

/* The parameters are VM-wide: the event has them as they were. */
FIXTURE(guest_panic_snapshot) {
	struct pending_vm vm;
};

FIXTURE_SETUP(guest_panic_snapshot)
{
	pending_vm_create(&self->vm, guest_writes_ctl);
}

FIXTURE_TEARDOWN(guest_panic_snapshot)
{
	pending_vm_free(&self->vm);
}

TEST_F(guest_panic_snapshot, host_writes_do_not_change_it)
{
	set_params(self->vm.other, later_params);
	vcpu_set_msr(self->vm.other, HV_X64_MSR_CRASH_CTL, 0);
	run_and_verify_event(self->vm.vcpu, HYPERV, 1);
}

static void guest_writes_later_params(void)
{
	int i;

	for (i = 0; i < NR_PARAMS; i++)
		wrmsr(HV_X64_MSR_CRASH_P0 + i, later_params[i]);
	GUEST_DONE();
}

TEST_F(guest_panic_snapshot, writes_of_another_vcpu_do_not_change_it)
{
	vcpu_arch_set_entry_point(self->vm.other, guest_writes_later_params);
	run_and_verify_done(self->vm.other);
	run_and_verify_event(self->vm.vcpu, HYPERV, 1);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV_CPUID));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_SET_GUEST_DEBUG));

	return test_harness_run(argc, argv);
}
