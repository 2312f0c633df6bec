// SPDX-License-Identifier: GPL-2.0-only
/*
 * Freeze, whatever a vCPU is doing: its KVM_RUN waits, and returns for nothing
 * but a signal; its state is what it was; all other ioctls work; and it goes
 * on by itself after RESUME as if nothing had been.
 */
#include <sys/wait.h>

#include "guest_panic_l2.h"
#include "guest_panic_thread.h"

#define DONE_PORT	0x700
#define OTHER_PAGE	(5ULL << 30)
/* Below the library's memory, and a page's number fits in a SIPI. */
#define SIPI_PAGE	8

static u64 counter;
static bool stop;

static void guest_panics(void)
{
	for (;;)
		port_outb(PVPANIC_PORT, PANICKED);
}

static void guest_is_done(void)
{
	port_outb(DONE_PORT, 0);
}

static void guest_spins(void)
{
	while (!READ_ONCE(stop))
		WRITE_ONCE(counter, counter + 1);
	port_outb(DONE_PORT, 0);
}

/* Interrupts are off: what wakes it is the NMI. */
static void guest_halts(void)
{
	asm volatile("hlt");
	port_outb(DONE_PORT, 0);
}

static void on_nmi(struct ex_regs *regs)
{
}

static u8 bytes[12288] = { [0 ... 12287] = SHUTDOWN };

/* No event, as it is not offered.  KVM takes it in twelve parts. */
static void guest_outs_for_long(void)
{
	const u8 *p;
	u64 count;

	while (!READ_ONCE(stop)) {
		p = bytes;
		count = sizeof(bytes);
		asm volatile("rep outsb" : "+S"(p), "+c"(count)
			     : "d"(PVPANIC_PORT) : "memory");
		GUEST_ASSERT_EQ(count, 0);
		GUEST_ASSERT(p == bytes + sizeof(bytes));
		WRITE_ONCE(counter, counter + 1);
	}
	port_outb(DONE_PORT, 0);
}

static void guest_ins_for_long(void)
{
	u64 count;
	u8 *p;

	while (!READ_ONCE(stop)) {
		p = bytes;
		count = sizeof(bytes);
		asm volatile("rep insb" : "+D"(p), "+c"(count)
			     : "d"(PVPANIC_PORT) : "memory");
		GUEST_ASSERT_EQ(count, 0);
		GUEST_ASSERT(p == bytes + sizeof(bytes));
		WRITE_ONCE(counter, counter + 1);
	}
	port_outb(DONE_PORT, 0);
}

static void guest_spins_in_l2(void *nested)
{
	enter_l2(nested, guest_spins);
	GUEST_FAIL("L2 returned to L1");
}

static void guest_halts_in_l2(void *nested)
{
	enter_l2(nested, guest_halts);
	GUEST_FAIL("L2 returned to L1");
}

/* What ends the state. */
static void by_stop(struct kvm_vcpu *vcpu)
{
	bool *p = addr_gva2hva(vcpu->vm, (u64)&stop);

	WRITE_ONCE(*p, true);
}

static void by_nmi(struct kvm_vcpu *vcpu)
{
	send_msi(vcpu, MSI_NMI);
}

static void by_sipi(struct kvm_vcpu *vcpu)
{
	send_msi(vcpu, MSI_SIPI | SIPI_PAGE);
}

static void by_init_and_sipi(struct kvm_vcpu *vcpu)
{
	send_msi(vcpu, MSI_INIT);
	by_sipi(vcpu);
}

/* In real mode: mov $DONE_PORT, %dx; out %al, %dx */
static void put_done_at_sipi(struct kvm_vm *vm)
{
	const u8 code[] = { 0xba, DONE_PORT & 0xff, DONE_PORT >> 8, 0xee };

	memcpy(addr_gpa2hva(vm, SIPI_PAGE << 12), code, sizeof(code));
}

static u32 get_mp_state(struct kvm_vcpu *vcpu)
{
	struct kvm_mp_state state;

	vcpu_mp_state_get(vcpu, &state);
	return state.mp_state;
}

static void set_mp_state(struct kvm_vcpu *vcpu, u32 mp_state)
{
	struct kvm_mp_state state = { .mp_state = mp_state };

	vcpu_mp_state_set(vcpu, &state);
}

/*
 * vCPU 1 is brought into a state, vCPU 0 reports, vCPU 1 is woken in the way
 * that belongs to the state, and then writes to DONE_PORT.
 */
FIXTURE(frozen) {
	struct kvm_vcpu *reporter;
	struct kvm_vcpu *vcpu;
	u64 *counter;
	int dev;
};

FIXTURE_VARIANT(frozen) {
	void *guest_code;
	/* Of KVM_SET_MP_STATE, and what it is when the vCPU is there. */
	u32 set_state, state;
	bool is_sent_init, is_nested, is_moving;
	void (*wake)(struct kvm_vcpu *vcpu);
};

FIXTURE_VARIANT_ADD(frozen, running) {
	.guest_code = guest_spins, .is_moving = true, .wake = by_stop,
};

FIXTURE_VARIANT_ADD(frozen, in_rep_outsb) {
	.guest_code = guest_outs_for_long, .is_moving = true, .wake = by_stop,
};

FIXTURE_VARIANT_ADD(frozen, in_rep_insb) {
	.guest_code = guest_ins_for_long, .is_moving = true, .wake = by_stop,
};

FIXTURE_VARIANT_ADD(frozen, in_l2) {
	.guest_code = guest_spins_in_l2, .is_nested = true, .is_moving = true,
	.wake = by_stop,
};

FIXTURE_VARIANT_ADD(frozen, halted) {
	.guest_code = guest_halts, .state = KVM_MP_STATE_HALTED,
	.wake = by_nmi,
};

FIXTURE_VARIANT_ADD(frozen, halted_in_l2) {
	.guest_code = guest_halts_in_l2, .is_nested = true,
	.state = KVM_MP_STATE_HALTED, .wake = by_nmi,
};

FIXTURE_VARIANT_ADD(frozen, halted_by_userspace) {
	.guest_code = guest_is_done, .set_state = KVM_MP_STATE_HALTED,
	.state = KVM_MP_STATE_HALTED, .wake = by_nmi,
};

FIXTURE_VARIANT_ADD(frozen, uninitialized) {
	.guest_code = guest_is_done, .set_state = KVM_MP_STATE_UNINITIALIZED,
	.state = KVM_MP_STATE_UNINITIALIZED, .wake = by_init_and_sipi,
};

FIXTURE_VARIANT_ADD(frozen, init_received) {
	.guest_code = guest_is_done, .is_sent_init = true,
	.state = KVM_MP_STATE_INIT_RECEIVED, .wake = by_sipi,
};

static struct kvm_vm *create_two(struct kvm_vcpu **reporter,
				 struct kvm_vcpu **vcpu, void *guest_code,
				 int *dev)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(reporter, guest_panics);

	*vcpu = vm_vcpu_add(vm, 1, guest_code);
	publish_apic_id(*vcpu);
	vm_install_exception_handler(vm, NMI_VECTOR, on_nmi);
	put_done_at_sipi(vm);
	*dev = guest_panic_create(vm);
	guest_panic_set(*dev, ISA, PVPANIC_PORT, PANICKED);
	guest_panic_set_freeze(*dev, 1);
	return vm;
}

FIXTURE_SETUP(frozen)
{
	struct kvm_vm *vm;

	if (variant->is_nested && !can_nest())
		SKIP(return, "no SVM and no VMX for a nested guest");
	vm = create_two(&self->reporter, &self->vcpu, variant->guest_code,
			&self->dev);
	if (variant->is_nested)
		give_nested_data(self->vcpu);
	set_mp_state(self->vcpu, variant->set_state);
	if (variant->is_sent_init)
		send_msi(self->vcpu, MSI_INIT);
	self->counter = addr_gva2hva(vm, (u64)&counter);
}

FIXTURE_TEARDOWN(frozen)
{
	if (!self->vcpu)
		return;
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

static void run_into_state(struct runner *runner, struct kvm_vcpu *vcpu,
			   u64 *moving)
{
	start_run(runner, vcpu);
	if (moving)
		wait_until_moved(moving);
	else
		verify_waiting(runner);
}

static void report(struct kvm_vcpu *reporter)
{
	run_and_verify_event(reporter, ISA, 1, PANICKED);
}

static void finish_at_done(struct runner *runner)
{
	finish_run(runner);
	verify_io(runner->vcpu, KVM_EXIT_IO_OUT, DONE_PORT, 1, 1);
}

TEST_F(frozen, waits_until_resume_and_goes_on_by_itself)
{
	u64 *moving = variant->is_moving ? self->counter : NULL;
	struct runner runner;

	run_into_state(&runner, self->vcpu, moving);
	report(self->reporter);
	verify_waiting(&runner);
	guest_panic_resume(self->dev, 1);
	if (moving)
		wait_until_moved(moving);
	else
		verify_waiting(&runner);
	variant->wake(self->vcpu);
	finish_at_done(&runner);
}

TEST_F(frozen, signal_is_EINTR_and_the_state_is_unchanged)
{
	u64 *moving = variant->is_moving ? self->counter : NULL;
	struct kvm_regs before, after;
	struct runner runner;
	int i;

	run_into_state(&runner, self->vcpu, moving);
	report(self->reporter);
	verify_waiting(&runner);
	interrupt_run(&runner);
	TEST_ASSERT_EQ(get_mp_state(self->vcpu), variant->state);
	vcpu_regs_get(self->vcpu, &before);
	for (i = 0; i < 2; i++) {
		start_run(&runner, self->vcpu);
		verify_waiting(&runner);
		interrupt_run(&runner);
		vcpu_regs_get(self->vcpu, &after);
		TEST_ASSERT_EQ(memcmp(&before, &after, sizeof(after)), 0);
		TEST_ASSERT_EQ(get_mp_state(self->vcpu), variant->state);
	}
	start_run(&runner, self->vcpu);
	verify_waiting(&runner);
	guest_panic_resume(self->dev, 1);
	variant->wake(self->vcpu);
	finish_at_done(&runner);
}

TEST_F(frozen, what_wakes_it_meanwhile_takes_effect_after_resume)
{
	u64 *moving = variant->is_moving ? self->counter : NULL;
	struct runner runner;

	run_into_state(&runner, self->vcpu, moving);
	report(self->reporter);
	verify_waiting(&runner);
	variant->wake(self->vcpu);
	verify_waiting(&runner);
	if (variant->state == KVM_MP_STATE_HALTED) {
		interrupt_run(&runner);
		TEST_ASSERT_EQ(get_mp_state(self->vcpu), KVM_MP_STATE_HALTED);
		start_run(&runner, self->vcpu);
		verify_waiting(&runner);
	}
	guest_panic_resume(self->dev, 1);
	finish_at_done(&runner);
}

/* Into the state it comes after RESUME only. */
TEST_F(frozen, run_that_is_called_meanwhile_waits_and_goes_on)
{
	u64 *moving = variant->is_moving ? self->counter : NULL;
	u64 before = *self->counter;
	struct runner runner;

	report(self->reporter);
	start_run(&runner, self->vcpu);
	verify_waiting(&runner);
	TEST_ASSERT_EQ(*self->counter, before);
	guest_panic_resume(self->dev, 1);
	if (moving)
		wait_until_moved(moving);
	else
		verify_waiting(&runner);
	variant->wake(self->vcpu);
	finish_at_done(&runner);
}

/*
 * A vCPU in the middle of a string instruction of which userspace handles each
 * element: after RESUME the rest comes, without a gap or a repeat.
 */
#define SIZE	300

static u8 buffer[SIZE];

static void guest_outs(void)
{
	u64 count = SIZE;
	u8 *p = buffer;

	asm volatile("rep outsb" : "+S"(p), "+c"(count) : "d"(OTHER_PORT)
		     : "memory");
	GUEST_ASSERT_EQ(count, 0);
	GUEST_DONE();
}

static void guest_ins(void)
{
	u64 count = SIZE;
	u8 *p = buffer;

	asm volatile("rep insb" : "+D"(p), "+c"(count) : "d"(OTHER_PORT)
		     : "memory");
	GUEST_ASSERT_EQ(count, 0);
	GUEST_DONE();
}

static void guest_copies(u8 *to, u8 *from)
{
	u64 count = SIZE;

	asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count)
		     : : "memory");
	GUEST_ASSERT_EQ(count, 0);
	GUEST_DONE();
}

static void guest_reads_mmio(void)
{
	guest_copies(buffer, (u8 *)OTHER_PAGE);
}

static void guest_writes_mmio(void)
{
	guest_copies((u8 *)OTHER_PAGE, buffer);
}

/* What userspace has seen so far, or given. */
struct stream {
	u8 bytes[SIZE];
	int count;
};

static u8 pattern(int i)
{
	return i * 7 + 3;
}

static void transfer(struct stream *stream, void *data, int size, bool in)
{
	u8 *p = data;
	int i;

	TEST_ASSERT(stream->count + size <= SIZE, "wanted at most %d bytes",
		    SIZE);
	for (i = 0; i < size; i++) {
		if (in)
			p[i] = pattern(stream->count);
		stream->bytes[stream->count++] = p[i];
	}
}

/* Returns false if the exit is none of the instruction's. */
static bool handle_exit(struct kvm_run *run, struct stream *stream)
{
	if (run->exit_reason == KVM_EXIT_MMIO) {
		transfer(stream, run->mmio.data, run->mmio.len,
			 !run->mmio.is_write);
		return true;
	}
	if (run->exit_reason != KVM_EXIT_IO || run->io.port != OTHER_PORT)
		return false;
	transfer(stream, (void *)run + run->io.data_offset,
		 run->io.size * run->io.count,
		 run->io.direction == KVM_EXIT_IO_IN);
	return true;
}

FIXTURE(frozen_io) {
	struct kvm_vcpu *reporter;
	struct kvm_vcpu *vcpu;
	struct stream stream;
	u8 *buffer;
	int dev;
};

FIXTURE_VARIANT(frozen_io) {
	void *guest_code;
	/* What reads a byte at a time can be stopped at any of them. */
	int exits;
};

FIXTURE_VARIANT_ADD(frozen_io, rep_outsb) {
	.guest_code = guest_outs, .exits = 123,
};

FIXTURE_VARIANT_ADD(frozen_io, rep_insb) {
	.guest_code = guest_ins, .exits = 1,
};

FIXTURE_VARIANT_ADD(frozen_io, rep_movsb_from_mmio) {
	.guest_code = guest_reads_mmio, .exits = 123,
};

FIXTURE_VARIANT_ADD(frozen_io, rep_movsb_to_mmio) {
	.guest_code = guest_writes_mmio, .exits = 123,
};

FIXTURE_SETUP(frozen_io)
{
	struct kvm_vm *vm = create_two(&self->reporter, &self->vcpu,
				       variant->guest_code, &self->dev);
	int i;

	virt_map(vm, OTHER_PAGE, OTHER_PAGE, 1);
	self->buffer = addr_gva2hva(vm, (u64)buffer);
	for (i = 0; i < SIZE; i++)
		self->buffer[i] = pattern(i);
	for (i = 0; i < variant->exits; i++) {
		vcpu_run(self->vcpu);
		TEST_ASSERT(handle_exit(self->vcpu->run, &self->stream),
			    "got exit %s",
			    exit_reason_str(self->vcpu->run->exit_reason));
	}
	report(self->reporter);
}

FIXTURE_TEARDOWN(frozen_io)
{
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

/* From an exit that is not handled yet. */
static void verify_rest(struct kvm_vcpu *vcpu, struct stream *stream, u8 *bytes)
{
	int i;

	while (handle_exit(vcpu->run, stream))
		vcpu_run(vcpu);
	TEST_ASSERT_EQ(get_ucall(vcpu, NULL), UCALL_DONE);
	TEST_ASSERT_EQ(stream->count, SIZE);
	for (i = 0; i < SIZE; i++)
		TEST_ASSERT(stream->bytes[i] == pattern(i) &&
			    bytes[i] == pattern(i),
			    "byte %d: wanted 0x%x, got 0x%x, in memory 0x%x",
			    i, pattern(i), stream->bytes[i], bytes[i]);
}

TEST_F(frozen_io, waits_until_resume_and_goes_on_by_itself)
{
	struct runner runner;

	start_run(&runner, self->vcpu);
	verify_waiting(&runner);
	guest_panic_resume(self->dev, 1);
	finish_run(&runner);
	verify_rest(self->vcpu, &self->stream, self->buffer);
}

/*
 * As without the device a signal has the element completed.  If the next one
 * comes at once, that is the exit, and the signal's EINTR comes later.
 */
TEST_F(frozen_io, signal_loses_and_repeats_nothing)
{
	struct runner runner;
	int i;

	for (i = 0; i < 3; i++) {
		start_run(&runner, self->vcpu);
		verify_waiting(&runner);
		signal_run(&runner);
		if (runner.error)
			TEST_ASSERT_EQ(runner.error, EINTR);
		else
			TEST_ASSERT(handle_exit(self->vcpu->run, &self->stream),
				    "got exit %s",
				    exit_reason_str(self->vcpu->run->exit_reason));
	}
	start_run(&runner, self->vcpu);
	verify_waiting(&runner);
	guest_panic_resume(self->dev, 1);
	finish_run(&runner);
	verify_rest(self->vcpu, &self->stream, self->buffer);
}

/* Everything but KVM_RUN works on a frozen VM, and holds after RESUME. */
FIXTURE(frozen_vm) {
	struct kvm_vm *vm;
	struct kvm_vcpu *reporter;
	struct kvm_vcpu *vcpu;
	u64 *counter;
	int dev;
};

FIXTURE_SETUP(frozen_vm)
{
	self->vm = create_two(&self->reporter, &self->vcpu, guest_spins,
			      &self->dev);
	self->counter = addr_gva2hva(self->vm, (u64)&counter);
	report(self->reporter);
}

FIXTURE_TEARDOWN(frozen_vm)
{
	close(self->dev);
	kvm_vm_free(self->vm);
}

/* It waits while the VM is frozen, and after RESUME runs to its end. */
static void verify_waits_until_resumed(struct kvm_vcpu *vcpu, int dev)
{
	struct runner runner;

	start_run(&runner, vcpu);
	verify_waiting(&runner);
	guest_panic_resume(dev, 1);
	finish_at_done(&runner);
}

TEST_F(frozen_vm, reporter_waits_too_if_it_is_run_again)
{
	struct runner runner;

	start_run(&runner, self->reporter);
	verify_waiting(&runner);
	guest_panic_resume(self->dev, 1);
	finish_run(&runner);
	verify_exit(self->reporter, an_event(ISA, 0, 2, PANICKED));
}

TEST_F(frozen_vm, resume_of_another_number_does_not_unfreeze)
{
	struct runner runner;

	start_run(&runner, self->vcpu);
	TEST_ASSERT_REFUSED(__guest_panic_resume(self->dev, 2), ESTALE);
	verify_waiting(&runner);
	guest_panic_resume(self->dev, 1);
	wait_until_moved(self->counter);
	interrupt_run(&runner);
}

TEST_F(frozen_vm, discard_unfreezes)
{
	struct runner runner;

	start_run(&runner, self->vcpu);
	verify_waiting(&runner);
	guest_panic_discard(self->dev);
	wait_until_moved(self->counter);
	interrupt_run(&runner);
}

TEST_F(frozen_vm, vcpu_that_is_created_waits)
{
	struct kvm_vcpu *late = vm_vcpu_add(self->vm, 7, guest_is_done);

	verify_waits_until_resumed(late, self->dev);
}

TEST_F(frozen_vm, immediate_exit_is_EINTR)
{
	self->vcpu->run->immediate_exit = 1;
	run_and_verify_interrupted(self->vcpu);
	run_and_verify_interrupted(self->vcpu);
	self->vcpu->run->immediate_exit = 0;
	TEST_ASSERT_EQ(*self->counter, 0);
}

TEST_F(frozen_vm, pending_signal_is_EINTR)
{
	make_signal_pending(self->vcpu);
	run_and_verify_interrupted(self->vcpu);
	TEST_ASSERT_EQ(self->vcpu->run->exit_reason, KVM_EXIT_INTR);
	run_and_verify_interrupted(self->vcpu);
	TEST_ASSERT_EQ(*self->counter, 0);
}

/* Its thread, and so its process, can be killed while it waits. */
TEST_F(frozen_vm, vcpu_that_waits_can_be_killed)
{
	int status, pipe_fds[2];
	pid_t pid;
	char c;

	TEST_ASSERT_EQ(pipe(pipe_fds), 0);
	pid = fork();
	if (!pid) {
		struct kvm_vcpu *reporter, *vcpu;
		struct runner runner;
		int dev;

		create_two(&reporter, &vcpu, guest_spins, &dev);
		report(reporter);
		start_run(&runner, vcpu);
		verify_waiting(&runner);
		TEST_ASSERT_EQ(write(pipe_fds[1], "", 1), 1);
		finish_run(&runner);
		_exit(1);
	}
	close(pipe_fds[1]);
	TEST_ASSERT_EQ(read(pipe_fds[0], &c, 1), 1);
	TEST_ASSERT_EQ(kill(pid, SIGKILL), 0);
	TEST_ASSERT_EQ(waitpid(pid, &status, 0), pid);
	TEST_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
		    "wanted an end by SIGKILL, got status 0x%x", status);
}

/* None of what KVM_RUN waits with is held: ioctls of the VM do not wait. */
TEST_F(frozen_vm, ioctls_of_the_vm_work_beside_a_vcpu_that_waits)
{
	struct runner runner;

	start_run(&runner, self->vcpu);
	verify_waiting(&runner);
	vm_userspace_mem_region_add(self->vm, VM_MEM_SRC_ANONYMOUS, OTHER_PAGE,
				    9, 1, 0);
	vm_mem_region_delete(self->vm, 9);
	guest_panic_set(self->dev, ISA, OTHER_PORT, PANICKED);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED);
	verify_latched(self->dev, delivered(an_event(ISA, 0, 1, PANICKED)));
	verify_waiting(&runner);
	guest_panic_resume(self->dev, 1);
	wait_until_moved(self->counter);
	interrupt_run(&runner);
}

TEST_F(frozen_vm, ioctls_of_a_vcpu_work)
{
	struct kvm_vcpu *vcpu = self->vcpu;
	struct kvm_vcpu_events events;
	struct kvm_lapic_state apic;
	struct kvm_sregs sregs;
	struct kvm_xsave xsave;
	struct kvm_regs regs;
	struct runner runner;

	vcpu_regs_get(vcpu, &regs);
	vcpu_regs_set(vcpu, &regs);
	vcpu_sregs_get(vcpu, &sregs);
	vcpu_sregs_set(vcpu, &sregs);
	vcpu_set_msr(vcpu, MSR_STAR, vcpu_get_msr(vcpu, MSR_STAR));
	set_mp_state(vcpu, get_mp_state(vcpu));
	vcpu_events_get(vcpu, &events);
	vcpu_events_set(vcpu, &events);
	vcpu_ioctl(vcpu, KVM_GET_XSAVE, &xsave);
	vcpu_ioctl(vcpu, KVM_SET_XSAVE, &xsave);
	vcpu_ioctl(vcpu, KVM_GET_LAPIC, &apic);
	vcpu_ioctl(vcpu, KVM_SET_LAPIC, &apic);
	start_run(&runner, vcpu);
	verify_waiting(&runner);
	guest_panic_resume(self->dev, 1);
	wait_until_moved(self->counter);
	interrupt_run(&runner);
}

TEST_F(frozen_vm, registers_that_were_set_hold_after_resume)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_is_done);
	verify_waits_until_resumed(self->vcpu, self->dev);
}

TEST_F(frozen_vm, mp_state_that_was_set_holds_after_resume)
{
	struct runner runner;

	set_mp_state(self->vcpu, KVM_MP_STATE_UNINITIALIZED);
	start_run(&runner, self->vcpu);
	verify_waiting(&runner);
	guest_panic_resume(self->dev, 1);
	verify_waiting(&runner);
	TEST_ASSERT_EQ(*self->counter, 0);
	by_init_and_sipi(self->vcpu);
	finish_at_done(&runner);
}

TEST_F(frozen_vm, init_and_sipi_to_a_running_vcpu_take_effect_after_resume)
{
	struct kvm_regs before, after;
	struct runner runner;

	vcpu_regs_get(self->vcpu, &before);
	by_init_and_sipi(self->vcpu);
	start_run(&runner, self->vcpu);
	verify_waiting(&runner);
	interrupt_run(&runner);
	vcpu_regs_get(self->vcpu, &after);
	TEST_ASSERT_EQ(memcmp(&before, &after, sizeof(after)), 0);

	start_run(&runner, self->vcpu);
	guest_panic_resume(self->dev, 1);
	finish_at_done(&runner);
}

/* As upstream: who reads mp_state takes them, so read the registers first. */
TEST_F(frozen_vm, reading_mp_state_takes_init_and_sipi)
{
	set_mp_state(self->vcpu, KVM_MP_STATE_UNINITIALIZED);
	by_init_and_sipi(self->vcpu);
	TEST_ASSERT_EQ(get_mp_state(self->vcpu), KVM_MP_STATE_RUNNABLE);
	verify_waits_until_resumed(self->vcpu, self->dev);
}

/* As a CPU that the guest has not brought online yet, and does after RESUME. */
TEST_F(frozen_vm, vcpu_that_was_never_online_starts_after_resume)
{
	struct kvm_vcpu *late = vm_vcpu_add(self->vm, 7, guest_is_done);
	struct runner runner;

	publish_apic_id(late);
	set_mp_state(late, KVM_MP_STATE_UNINITIALIZED);
	start_run(&runner, late);
	verify_waiting(&runner);
	interrupt_run(&runner);
	TEST_ASSERT_EQ(get_mp_state(late), KVM_MP_STATE_UNINITIALIZED);

	start_run(&runner, late);
	guest_panic_resume(self->dev, 1);
	by_init_and_sipi(late);
	finish_at_done(&runner);
}

TEST_F(frozen_vm, freeze_set_to_1_freezes_before_it_returns)
{
	struct runner runner;
	u64 at_return;

	guest_panic_set_freeze(self->dev, 0);
	start_run(&runner, self->vcpu);
	wait_until_moved(self->counter);
	guest_panic_set_freeze(self->dev, 1);
	at_return = READ_ONCE(*self->counter);
	verify_waiting(&runner);
	TEST_ASSERT_EQ(READ_ONCE(*self->counter), at_return);
	guest_panic_resume(self->dev, 1);
	wait_until_moved(self->counter);
	interrupt_run(&runner);
}

TEST_F(frozen_vm, freeze_set_to_0_lets_all_go_on_still_latched)
{
	struct runner runner;

	start_run(&runner, self->vcpu);
	verify_waiting(&runner);
	guest_panic_set_freeze(self->dev, 0);
	wait_until_moved(self->counter);
	verify_latched(self->dev, delivered(an_event(ISA, 0, 1, PANICKED)));
	interrupt_run(&runner);
}

/* The element that userspace has answered is completed by a signal. */
static void guest_reads_a_byte(void)
{
	GUEST_SYNC(mmio_readb(OTHER_PAGE));
}

TEST_F(frozen_vm, signal_completes_what_userspace_has_answered)
{
	struct kvm_vcpu *vcpu = self->vcpu;
	struct kvm_regs before, after;
	struct runner runner;

	guest_panic_resume(self->dev, 1);
	virt_map(self->vm, OTHER_PAGE, OTHER_PAGE, 1);
	vcpu_arch_set_entry_point(vcpu, guest_reads_a_byte);
	run_and_verify_mmio_read(vcpu, OTHER_PAGE, 1, 0x5a);
	run_and_verify_event(self->reporter, ISA, 2, PANICKED);

	vcpu_regs_get(vcpu, &before);
	start_run(&runner, vcpu);
	verify_waiting(&runner);
	interrupt_run(&runner);
	vcpu_regs_get(vcpu, &after);
	TEST_ASSERT(after.rip > before.rip, "wanted RIP above 0x%llx, got 0x%llx",
		    before.rip, after.rip);
	guest_panic_resume(self->dev, 2);
	run_and_verify_sync(vcpu, 0x5a);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();

	return test_harness_run(argc, argv);
}
