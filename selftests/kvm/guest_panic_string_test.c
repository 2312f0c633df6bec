// SPDX-License-Identifier: GPL-2.0-only
/*
 * String I/O at the pvpanic port: all writes of one instruction are one event
 * whose code is their OR, delivered when the instruction is complete.
 *
 * KVM hands a long "rep outsb" back to the guest every 1,024 bytes, and stops
 * in the middle of one for a signal, for a fault, and for a byte that only
 * userspace can supply.
 */
#include <signal.h>
#include <sys/time.h>

#include "guest_panic_latch.h"

#define BUFFER_SIZE	12288
/* f3 6e */
#define REP_OUTSB_SIZE	2

#define MMIO_GPA	(4ULL << 30)
#define HOLE		(5ULL << 30)

static u8 guest_buffer[BUFFER_SIZE] __aligned(4096);

static void guest_outs(void *buffer, u64 count)
{
	void *end = buffer + count;

	/* RBX tells the host where the next instruction is. */
	asm volatile("lea 1f(%%rip), %%rbx\n\t"
		     "rep outsb\n"
		     "1:"
		     : "+S"(buffer), "+c"(count) : "d"(PVPANIC_PORT)
		     : "rbx", "memory");
	GUEST_ASSERT_EQ(count, 0);
	GUEST_ASSERT_EQ(buffer, end);
	GUEST_DONE();
}

FIXTURE(guest_panic_string) {
	struct kvm_vcpu *vcpu;
	u8 *buffer;
	u64 gva;
	int dev;
};

FIXTURE_SETUP(guest_panic_string)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(&self->vcpu, guest_outs);

	self->dev = guest_panic_create(vm);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT,
			PANICKED | CRASH_LOADED | SHUTDOWN);
	self->gva = (u64)guest_buffer;
	self->buffer = addr_gva2hva(vm, self->gva);
}

FIXTURE_TEARDOWN(guest_panic_string)
{
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

static void start(struct kvm_vcpu *vcpu, void *guest_code, u64 buffer,
		  u64 count)
{
	vcpu_arch_set_entry_point(vcpu, guest_code);
	vcpu_args_set(vcpu, 2, buffer, count);
}

TEST_F(guest_panic_string, rep_outsb_is_one_event_with_the_or)
{
	const u8 bytes[] = { 0, PANICKED, 0xf8, SHUTDOWN, PANICKED };

	memcpy(self->buffer, bytes, sizeof(bytes));
	start(self->vcpu, guest_outs, self->gva, sizeof(bytes));
	run_and_verify_isa_event(self->vcpu, 1, PANICKED | SHUTDOWN);
	run_and_verify_done(self->vcpu);
}

static const u64 long_counts[] = {
	1023, 1024, 1025, 2048, 4095, 4096, 4097, 10000, BUFFER_SIZE,
};

TEST_F(guest_panic_string, long_rep_outsb_is_one_event_with_the_or)
{
	u64 count;
	int i;

	for (i = 0; i < ARRAY_SIZE(long_counts); i++) {
		count = long_counts[i];
		memset(self->buffer, 0, BUFFER_SIZE);
		self->buffer[0] = PANICKED;
		self->buffer[count / 2] = CRASH_LOADED;
		self->buffer[count - 1] = SHUTDOWN;
		start(self->vcpu, guest_outs, self->gva, count);
		run_and_verify_isa_event(self->vcpu, i + 1, PANICKED |
					 CRASH_LOADED | SHUTDOWN);
		guest_panic_resume(self->dev);
		run_and_verify_done(self->vcpu);
	}
}

/* What is delivered early would be so where only the first byte counts. */
TEST_F(guest_panic_string, rep_outsb_is_complete_when_delivered)
{
	struct kvm_regs regs;
	u64 count;
	int i;

	self->buffer[0] = PANICKED;
	for (i = 0; i < ARRAY_SIZE(long_counts); i++) {
		count = long_counts[i];
		start(self->vcpu, guest_outs, self->gva, count);
		run_and_verify_isa_event(self->vcpu, i + 1, PANICKED);
		guest_panic_resume(self->dev);
		vcpu_regs_get(self->vcpu, &regs);
		TEST_ASSERT_EQ(regs.rcx, 0);
		TEST_ASSERT_EQ(regs.rsi, self->gva + count);
		TEST_ASSERT_EQ(regs.rip, regs.rbx);
	}
}

TEST_F(guest_panic_string, rep_outsb_of_no_offered_bit_is_ignored)
{
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED);
	memset(self->buffer, 0xff & ~PANICKED, BUFFER_SIZE);
	start(self->vcpu, guest_outs, self->gva, BUFFER_SIZE);
	run_and_verify_done(self->vcpu);

	self->buffer[0] = PANICKED;
	start(self->vcpu, guest_outs, self->gva, 1);
	run_and_verify_isa_event(self->vcpu, 1, PANICKED);
}

TEST_F(guest_panic_string, rep_outsb_of_nothing_is_ignored)
{
	self->buffer[0] = PANICKED;
	start(self->vcpu, guest_outs, self->gva, 0);
	run_and_verify_done(self->vcpu);
}

/* Not even when the one follows the other without an exit between them. */
static void guest_outs_then_out(void *buffer, u64 count)
{
	asm volatile("rep outsb\n"
		     "movb $4, %%al\n"
		     "outb %%al, %%dx"
		     : "+S"(buffer), "+c"(count) : "d"(PVPANIC_PORT)
		     : "rax", "memory");
	GUEST_DONE();
}

TEST_F(guest_panic_string, next_instruction_is_an_event_of_its_own)
{
	memset(self->buffer, PANICKED, 2000);
	start(self->vcpu, guest_outs_then_out, self->gva, 2000);
	run_and_verify_isa_event(self->vcpu, 1, PANICKED);
	run_and_verify_isa_event(self->vcpu, 2, SHUTDOWN);
	run_and_verify_done(self->vcpu);
}

static void guest_outs_downwards(void *buffer, u64 count)
{
	asm volatile("std; rep outsb; cld"
		     : "+S"(buffer), "+c"(count) : "d"(PVPANIC_PORT)
		     : "memory");
	GUEST_ASSERT_EQ(count, 0);
	GUEST_DONE();
}

TEST_F(guest_panic_string, downward_rep_outsb_is_one_event_with_the_or)
{
	self->buffer[0] = CRASH_LOADED;
	self->buffer[2999] = PANICKED;
	start(self->vcpu, guest_outs_downwards, self->gva + 2999, 3000);
	run_and_verify_isa_event(self->vcpu, 1, PANICKED | CRASH_LOADED);
	run_and_verify_done(self->vcpu);
}

static void run_and_supply(struct kvm_vcpu *vcpu, u8 byte)
{
	vcpu_run(vcpu);
	TEST_ASSERT_KVM_EXIT_REASON(vcpu, KVM_EXIT_MMIO);
	vcpu->run->mmio.data[0] = byte;
}

TEST_F(guest_panic_string, bytes_from_userspace_are_one_event_with_the_or)
{
	virt_map(self->vcpu->vm, MMIO_GPA, MMIO_GPA, 1);
	start(self->vcpu, guest_outs, MMIO_GPA, 3);
	run_and_supply(self->vcpu, PANICKED);
	run_and_supply(self->vcpu, 0);
	run_and_supply(self->vcpu, SHUTDOWN);
	run_and_verify_isa_event(self->vcpu, 1, PANICKED | SHUTDOWN);
	run_and_verify_done(self->vcpu);
}

/* A #PF may end the instruction for good: what was written is reported. */
static void guest_skip_fault(struct ex_regs *regs)
{
	regs->rip = regs->rbx;
	regs->rsi += regs->rcx;
	regs->rcx = 0;
}

TEST_F(guest_panic_string, fault_in_the_middle_loses_nothing)
{
	struct kvm_vm *vm = self->vcpu->vm;

	vm_install_exception_handler(vm, PF_VECTOR, guest_skip_fault);
	virt_map(vm, HOLE - vm->page_size, addr_gva2gpa(vm, self->gva), 1);
	self->buffer[vm->page_size - 1] = PANICKED;
	start(self->vcpu, guest_outs, HOLE - 2000, 3000);
	run_and_verify_isa_event(self->vcpu, 1, PANICKED);
	run_and_verify_done(self->vcpu);
}

static void on_alarm(int sig)
{
}

static void start_alarms(void)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval often = {
		.it_interval.tv_usec = 200,
		.it_value.tv_usec = 200,
	};

	TEST_ASSERT_EQ(sigaction(SIGALRM, &action, NULL), 0);
	TEST_ASSERT_EQ(setitimer(ITIMER_REAL, &often, NULL), 0);
}

/* Returns how often a signal interrupted the instruction in its middle. */
static int run_under_signals(struct kvm_vcpu *vcpu)
{
	struct kvm_regs regs;
	int cuts = 0;

	while (__vcpu_run(vcpu)) {
		TEST_ASSERT_EQ(errno, EINTR);
		vcpu_regs_get(vcpu, &regs);
		cuts += regs.rip + REP_OUTSB_SIZE == regs.rbx &&
			regs.rcx < BUFFER_SIZE;
	}
	return cuts;
}

TEST_F(guest_panic_string, signals_in_the_middle_lose_and_repeat_nothing)
{
	int cuts = 0;
	u64 seq;

	self->buffer[0] = PANICKED;
	self->buffer[BUFFER_SIZE - 1] = SHUTDOWN;
	start_alarms();
	for (seq = 1; cuts < 10; seq++) {
		start(self->vcpu, guest_outs, self->gva, BUFFER_SIZE);
		cuts += run_under_signals(self->vcpu);
		verify_isa_event(self->vcpu, seq, PANICKED | SHUTDOWN);
		guest_panic_resume(self->dev);
		run_and_verify_done(self->vcpu);
	}
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();

	return test_harness_run(argc, argv);
}
