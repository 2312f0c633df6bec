// SPDX-License-Identifier: GPL-2.0-only
/*
 * A report by a KVM_RUN that returns EINTR: userspace is not told by that
 * return, but the event is latched, and the VM frozen, all the same.
 *
 * The reporting instruction gets its byte from userspace.  So KVM_RUN has it
 * to complete before it looks for a signal or immediate_exit, and the guest
 * reports without being entered.
 */
#include <signal.h>

#include "guest_panic_latch.h"

#define MMIO_GPA	(4ULL << 30)

static u64 counter;

static void guest_panics(void)
{
	u8 *p = (u8 *)MMIO_GPA;

	asm volatile("outsb" : "+S"(p) : "d"(PVPANIC_PORT) : "memory");
	GUEST_DONE();
}

static void guest_counts(void)
{
	for (;;)
		WRITE_ONCE(counter, counter + 1);
}

static void interrupt_by_immediate_exit(struct kvm_vcpu *vcpu)
{
	vcpu->run->immediate_exit = 1;
}

static void allow_immediate_exit(struct kvm_vcpu *vcpu)
{
	vcpu->run->immediate_exit = 0;
}

/* SIGUSR1 is blocked, but in KVM_RUN: it can be made pending before that. */
static void interrupt_by_signal(struct kvm_vcpu *vcpu)
{
	struct {
		struct kvm_signal_mask head;
		u8 none[8];
	} mask = { .head.len = 8 };
	sigset_t usr1;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	TEST_ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &usr1, NULL), 0);
	vcpu_ioctl(vcpu, KVM_SET_SIGNAL_MASK, &mask.head);
	pthread_kill(pthread_self(), SIGUSR1);
}

static void take_signal(struct kvm_vcpu *vcpu)
{
	sigset_t usr1;
	int sig;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	TEST_ASSERT_EQ(sigwait(&usr1, &sig), 0);
}

FIXTURE(guest_panic_interrupted) {
	struct kvm_vcpu *reporter;
	struct kvm_vcpu *vcpu;
	u64 *counter;
	int dev;
};

FIXTURE_VARIANT(guest_panic_interrupted) {
	void (*interrupt)(struct kvm_vcpu *vcpu);
	void (*allow)(struct kvm_vcpu *vcpu);
};

FIXTURE_VARIANT_ADD(guest_panic_interrupted, by_immediate_exit) {
	.interrupt = interrupt_by_immediate_exit,
	.allow = allow_immediate_exit,
};

FIXTURE_VARIANT_ADD(guest_panic_interrupted, by_signal) {
	.interrupt = interrupt_by_signal,
	.allow = take_signal,
};

FIXTURE_SETUP(guest_panic_interrupted)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(&self->reporter,
						    guest_panics);

	self->vcpu = vm_vcpu_add(vm, 1, guest_counts);
	self->counter = addr_gva2hva(vm, (u64)&counter);
	virt_map(vm, MMIO_GPA, MMIO_GPA, 1);
	self->dev = guest_panic_create(vm);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED);
	guest_panic_set_freeze(self->dev, 1);
}

FIXTURE_TEARDOWN(guest_panic_interrupted)
{
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

static void report(struct kvm_vcpu *reporter,
		   void (*interrupt)(struct kvm_vcpu *vcpu))
{
	vcpu_run(reporter);
	TEST_ASSERT_KVM_EXIT_REASON(reporter, KVM_EXIT_MMIO);
	reporter->run->mmio.data[0] = PANICKED;
	interrupt(reporter);
	TEST_ASSERT_REFUSED(__vcpu_run(reporter), EINTR);
}

TEST_F(guest_panic_interrupted, event_is_latched)
{
	report(self->reporter, variant->interrupt);
	verify_latched(self->dev, isa_event(0, 1, PANICKED));
}

TEST_F(guest_panic_interrupted, vm_is_frozen)
{
	pthread_t thread = start_run(self->vcpu);
	u64 at_return;

	wait_until_moved(self->counter);
	report(self->reporter, variant->interrupt);
	at_return = READ_ONCE(*self->counter);
	finish(thread);
	TEST_ASSERT_EQ(READ_ONCE(*self->counter), at_return);
	verify_isa_event_of(self->vcpu, self->reporter, 1, PANICKED);
}

TEST_F(guest_panic_interrupted, event_is_delivered_later)
{
	report(self->reporter, variant->interrupt);
	TEST_ASSERT_REFUSED(__vcpu_run(self->reporter), EINTR);
	variant->allow(self->reporter);
	run_and_verify_isa_event(self->reporter, 1, PANICKED);
	guest_panic_resume(self->dev);
	run_and_verify_done(self->reporter);
}

/* Userspace knows of it already, by the latch. */
TEST_F(guest_panic_interrupted, event_that_was_acknowledged_is_not)
{
	report(self->reporter, variant->interrupt);
	guest_panic_resume(self->dev);
	verify_nothing_latched(self->dev);
	variant->allow(self->reporter);
	run_and_verify_done(self->reporter);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();

	return test_harness_run(argc, argv);
}
