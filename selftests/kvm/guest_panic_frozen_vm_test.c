// SPDX-License-Identifier: GPL-2.0-only
/*
 * What userspace may do to a frozen VM: everything but run it.  vCPUs that it
 * creates are frozen too, and what it changes holds after RESUME.
 */
#include <signal.h>

#include "guest_panic_latch.h"
#include "guest_panic_stat.h"

#define DONE_PORT	0x700
#define SIPI_PAGE	8

static u64 counter;

static void guest_panics(void)
{
	for (;;)
		port_outb(PVPANIC_PORT, PANICKED);
}

static void guest_counts(void)
{
	for (;;)
		WRITE_ONCE(counter, counter + 1);
}

static void guest_is_done(void)
{
	port_outb(DONE_PORT, 0);
}

FIXTURE(guest_panic_frozen_vm) {
	struct kvm_vm *vm;
	struct kvm_vcpu *reporter;
	struct kvm_vcpu *vcpu;
	u64 *counter;
	int dev;
};

FIXTURE_SETUP(guest_panic_frozen_vm)
{
	self->vm = vm_create_with_one_vcpu(&self->reporter, guest_panics);
	self->vcpu = vm_vcpu_add(self->vm, 1, guest_counts);
	publish_apic_id(self->vcpu);
	self->dev = guest_panic_create(self->vm);
	self->counter = addr_gva2hva(self->vm, (u64)&counter);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED);
	guest_panic_set_freeze(self->dev, 1);
}

FIXTURE_TEARDOWN(guest_panic_frozen_vm)
{
	close(self->dev);
	kvm_vm_free(self->vm);
}

static void report_panic(struct kvm_vcpu *reporter, u64 seq)
{
	run_and_verify_isa_event_of(reporter, reporter, seq, PANICKED);
}

TEST_F(guest_panic_frozen_vm, vcpu_that_is_created_is_frozen)
{
	struct kvm_vcpu *late;

	report_panic(self->reporter, 1);
	late = vm_vcpu_add(self->vm, 7, guest_is_done);
	run_and_verify_isa_event_of(late, self->reporter, 1, PANICKED);
	run_and_verify_isa_event_of(late, self->reporter, 1, PANICKED);
	guest_panic_resume(self->dev);
	run_and_verify_out(late, DONE_PORT, 1, 0);
}

TEST_F(guest_panic_frozen_vm, other_vcpu_ioctls_work)
{
	struct kvm_vcpu *vcpu = self->vcpu;
	struct kvm_vcpu_events events;
	struct kvm_lapic_state apic;
	struct kvm_mp_state state;
	struct kvm_sregs sregs;
	struct kvm_xsave xsave;
	struct kvm_regs regs;

	report_panic(self->reporter, 1);
	vcpu_regs_get(vcpu, &regs);
	vcpu_regs_set(vcpu, &regs);
	vcpu_sregs_get(vcpu, &sregs);
	vcpu_sregs_set(vcpu, &sregs);
	vcpu_set_msr(vcpu, MSR_STAR, vcpu_get_msr(vcpu, MSR_STAR));
	vcpu_mp_state_get(vcpu, &state);
	vcpu_mp_state_set(vcpu, &state);
	vcpu_events_get(vcpu, &events);
	vcpu_events_set(vcpu, &events);
	vcpu_ioctl(vcpu, KVM_GET_XSAVE, &xsave);
	vcpu_ioctl(vcpu, KVM_SET_XSAVE, &xsave);
	vcpu_ioctl(vcpu, KVM_GET_LAPIC, &apic);
	vcpu_ioctl(vcpu, KVM_SET_LAPIC, &apic);
	run_and_verify_isa_event_of(vcpu, self->reporter, 1, PANICKED);
}

TEST_F(guest_panic_frozen_vm, registers_that_were_set_hold_after_resume)
{
	report_panic(self->reporter, 1);
	vcpu_arch_set_entry_point(self->vcpu, guest_is_done);
	run_and_verify_isa_event_of(self->vcpu, self->reporter, 1, PANICKED);
	guest_panic_resume(self->dev);
	run_and_verify_out(self->vcpu, DONE_PORT, 1, 0);
}

static void put_done_at_sipi(struct kvm_vm *vm)
{
	/* mov $DONE_PORT, %dx; out %al, %dx */
	const u8 code[] = { 0xba, DONE_PORT & 0xff, DONE_PORT >> 8, 0xee };

	memcpy(addr_gpa2hva(vm, SIPI_PAGE << 12), code, sizeof(code));
}

TEST_F(guest_panic_frozen_vm, init_and_sipi_take_effect_after_resume)
{
	struct kvm_regs before, after;

	put_done_at_sipi(self->vm);
	report_panic(self->reporter, 1);
	vcpu_regs_get(self->vcpu, &before);
	send_msi(self->vcpu, MSI_INIT);
	send_msi(self->vcpu, MSI_SIPI | SIPI_PAGE);
	run_and_verify_isa_event_of(self->vcpu, self->reporter, 1, PANICKED);
	vcpu_regs_get(self->vcpu, &after);
	TEST_ASSERT_EQ(memcmp(&before, &after, sizeof(after)), 0);

	guest_panic_resume(self->dev);
	run_once(self->vcpu);
	verify_io(self->vcpu, KVM_EXIT_IO_OUT, DONE_PORT, 1, 1);
}

/* KVM_GET_MP_STATE would have the vCPU accept the SIPI: look at RIP only. */
TEST_F(guest_panic_frozen_vm, sipi_to_a_vcpu_that_waits_takes_effect_after_resume)
{
	struct kvm_regs before, after;
	struct kvm_mp_state state;

	put_done_at_sipi(self->vm);
	send_msi(self->vcpu, MSI_INIT);
	vcpu_mp_state_get(self->vcpu, &state);
	TEST_ASSERT_EQ(state.mp_state, KVM_MP_STATE_INIT_RECEIVED);

	report_panic(self->reporter, 1);
	vcpu_regs_get(self->vcpu, &before);
	send_msi(self->vcpu, MSI_SIPI | SIPI_PAGE);
	run_and_verify_isa_event_of(self->vcpu, self->reporter, 1, PANICKED);
	run_and_verify_isa_event_of(self->vcpu, self->reporter, 1, PANICKED);
	vcpu_regs_get(self->vcpu, &after);
	TEST_ASSERT_EQ(after.rip, before.rip);

	guest_panic_resume(self->dev);
	run_once(self->vcpu);
	verify_io(self->vcpu, KVM_EXIT_IO_OUT, DONE_PORT, 1, 1);
}

static void set_uninitialized(struct kvm_vcpu *vcpu)
{
	struct kvm_mp_state state = {
		.mp_state = KVM_MP_STATE_UNINITIALIZED,
	};

	vcpu_mp_state_set(vcpu, &state);
}

static void run_frozen_and_uninitialized(struct kvm_vcpu *vcpu,
					 struct kvm_vcpu *reporter)
{
	struct kvm_mp_state state;

	run_and_verify_isa_event_of(vcpu, reporter, 1, PANICKED);
	vcpu_mp_state_get(vcpu, &state);
	TEST_ASSERT_EQ(state.mp_state, KVM_MP_STATE_UNINITIALIZED);
}

/* As a CPU that the guest has not brought online yet, and does after RESUME. */
TEST_F(guest_panic_frozen_vm, vcpu_that_was_never_online_starts_after_resume)
{
	struct kvm_vcpu *late;

	put_done_at_sipi(self->vm);
	set_uninitialized(self->vcpu);
	report_panic(self->reporter, 1);
	late = vm_vcpu_add(self->vm, 7, guest_is_done);
	publish_apic_id(late);
	set_uninitialized(late);
	run_frozen_and_uninitialized(self->vcpu, self->reporter);
	run_frozen_and_uninitialized(late, self->reporter);

	guest_panic_resume(self->dev);
	send_msi(late, MSI_INIT);
	send_msi(late, MSI_SIPI | SIPI_PAGE);
	run_once(late);
	verify_io(late, KVM_EXIT_IO_OUT, DONE_PORT, 1, 1);
}

TEST_F(guest_panic_frozen_vm, mp_state_that_was_set_holds_after_resume)
{
	pthread_t thread;
	int stats;

	put_done_at_sipi(self->vm);
	report_panic(self->reporter, 1);
	set_uninitialized(self->vcpu);
	run_frozen_and_uninitialized(self->vcpu, self->reporter);

	guest_panic_resume(self->dev);
	stats = vcpu_get_stats_fd(self->vcpu);
	thread = start_run(self->vcpu);
	wait_until_blocking(stats);
	TEST_ASSERT_EQ(*self->counter, 0);
	send_msi(self->vcpu, MSI_INIT);
	send_msi(self->vcpu, MSI_SIPI | SIPI_PAGE);
	finish(thread);
	close(stats);
	verify_io(self->vcpu, KVM_EXIT_IO_OUT, DONE_PORT, 1, 1);
}

TEST_F(guest_panic_frozen_vm, freeze_set_to_1_freezes_what_is_latched)
{
	pthread_t thread;
	u64 at_return;

	guest_panic_set_freeze(self->dev, 0);
	report_panic(self->reporter, 1);
	thread = start_run(self->vcpu);
	wait_until_moved(self->counter);
	guest_panic_set_freeze(self->dev, 1);
	at_return = READ_ONCE(*self->counter);
	finish(thread);
	TEST_ASSERT_EQ(READ_ONCE(*self->counter), at_return);
	verify_isa_event_of(self->vcpu, self->reporter, 1, PANICKED);
	run_and_verify_isa_event_of(self->reporter, self->reporter, 1,
				    PANICKED);
}

TEST_F(guest_panic_frozen_vm, freeze_set_to_0_lets_it_go_on_still_latched)
{
	pthread_t thread;

	report_panic(self->reporter, 1);
	run_and_verify_isa_event_of(self->vcpu, self->reporter, 1, PANICKED);
	guest_panic_set_freeze(self->dev, 0);
	thread = start_run(self->vcpu);
	wait_until_moved(self->counter);
	verify_latched(self->dev, isa_event(0, 1, PANICKED));
	guest_panic_set_freeze(self->dev, 1);
	finish(thread);
	verify_isa_event_of(self->vcpu, self->reporter, 1, PANICKED);
}

static void run_and_verify_interrupted(struct kvm_vcpu *vcpu)
{
	TEST_ASSERT_REFUSED(__vcpu_run(vcpu), EINTR);
}

TEST_F(guest_panic_frozen_vm, immediate_exit_comes_first)
{
	report_panic(self->reporter, 1);
	self->vcpu->run->immediate_exit = 1;
	run_and_verify_interrupted(self->vcpu);
	run_and_verify_interrupted(self->vcpu);
	self->vcpu->run->immediate_exit = 0;
	run_and_verify_isa_event_of(self->vcpu, self->reporter, 1, PANICKED);
}

TEST_F(guest_panic_frozen_vm, signal_comes_first)
{
	struct {
		struct kvm_signal_mask head;
		u8 none[8];
	} mask = { .head.len = 8 };
	sigset_t usr1;
	int sig;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	TEST_ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &usr1, NULL), 0);
	vcpu_ioctl(self->vcpu, KVM_SET_SIGNAL_MASK, &mask.head);
	report_panic(self->reporter, 1);
	pthread_kill(pthread_self(), SIGUSR1);
	run_and_verify_interrupted(self->vcpu);
	run_and_verify_interrupted(self->vcpu);
	TEST_ASSERT_EQ(sigwait(&usr1, &sig), 0);
	run_and_verify_isa_event_of(self->vcpu, self->reporter, 1, PANICKED);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();

	return test_harness_run(argc, argv);
}
