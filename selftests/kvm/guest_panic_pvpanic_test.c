// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pvpanic models, at a port and in memory: what a guest reads, which
 * writes are events, which accesses are not the device's, string
 * instructions, and models that change while vCPUs use them.
 *
 * A read that KVM answers is one after which the guest goes on: KVM_RUN does
 * not return before the guest's own next exit.
 */
#include <sys/eventfd.h>
#include <sys/time.h>

#include "guest_panic_thread.h"

/* Both models, with a guest that is told which one it has. */
FIXTURE(pvpanic) {
	struct kvm_vcpu *vcpu;
	int dev;
};

FIXTURE_VARIANT(pvpanic) {
	u32 model;
	u64 addr, other_addr;
};

FIXTURE_VARIANT_ADD(pvpanic, isa) {
	.model = ISA, .addr = PVPANIC_PORT, .other_addr = OTHER_PORT,
};

FIXTURE_VARIANT_ADD(pvpanic, mmio) {
	.model = MMIO, .addr = PVPANIC_GPA, .other_addr = PVPANIC_GPA + 0x100,
};

static void guest_write(u32 model, u64 addr, u8 value)
{
	if (model == ISA)
		port_outb(addr, value);
	else
		mmio_writeb(addr, value);
}

static u8 guest_read(u32 model, u64 addr)
{
	return model == ISA ? port_inb(addr) : mmio_readb(addr);
}

FIXTURE_SETUP(pvpanic)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(&self->vcpu, NULL);

	virt_map(vm, PVPANIC_PAGE, PVPANIC_PAGE, 1);
	self->dev = guest_panic_create(vm);
	guest_panic_set(self->dev, variant->model, variant->addr, PVPANIC_ALL);
}

FIXTURE_TEARDOWN(pvpanic)
{
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

static void start(struct kvm_vcpu *vcpu, void *guest_code, u64 arg0, u64 arg1)
{
	vcpu_arch_set_entry_point(vcpu, guest_code);
	vcpu_args_set(vcpu, 2, arg0, arg1);
}

/* The write reaches userspace. */
static void run_and_verify_absent(struct kvm_vcpu *vcpu, u32 model, u64 addr,
				  u8 value)
{
	if (model == ISA)
		run_and_verify_out(vcpu, addr, 1, value);
	else
		run_and_verify_mmio_write(vcpu, addr, 1, value);
}

static void guest_reads(u32 model, u64 addr)
{
	for (;;)
		GUEST_SYNC(guest_read(model, addr));
}

TEST_F(pvpanic, read_returns_what_is_offered_without_an_exit)
{
	u32 mask;

	start(self->vcpu, guest_reads, variant->model, variant->addr);
	for (mask = 1; mask <= PVPANIC_ALL; mask++) {
		guest_panic_set(self->dev, variant->model, variant->addr, mask);
		run_and_verify_sync(self->vcpu, mask);
	}
}

static void guest_writes_all_values(u32 model, u64 addr)
{
	int value;

	for (value = 0; value <= 0xff; value++)
		guest_write(model, addr, value);
	GUEST_DONE();
}

/* Bits that are not offered are dropped; without any it is no event. */
static void verify_all_values(struct kvm_vcpu *vcpu, int dev, u32 model,
			      u32 offered)
{
	u64 seq = 0;
	int value;

	for (value = 0; value <= 0xff; value++) {
		if (!(value & offered))
			continue;
		run_and_verify_event(vcpu, model, ++seq, value & offered);
		if (value & offered & PANICKED)
			guest_panic_resume(dev, seq);
	}
	run_and_verify_done(vcpu);
	verify_stats(vcpu->vm, seq, 0x100 - seq);
}

TEST_F(pvpanic, write_of_offered_bits_is_an_event_with_those)
{
	start(self->vcpu, guest_writes_all_values, variant->model,
	      variant->addr);
	verify_all_values(self->vcpu, self->dev, variant->model, PVPANIC_ALL);
}

TEST_F(pvpanic, bits_that_are_not_offered_are_dropped)
{
	guest_panic_set(self->dev, variant->model, variant->addr,
			PANICKED | SHUTDOWN);
	start(self->vcpu, guest_writes_all_values, variant->model,
	      variant->addr);
	verify_all_values(self->vcpu, self->dev, variant->model,
			  PANICKED | SHUTDOWN);
}

static void guest_panics_once(u32 model, u64 addr)
{
	if (model == ISA)
		port_outb_and_mark(addr, PANICKED);
	else
		mmio_writeb_and_mark(addr, PANICKED);
	GUEST_DONE();
}

TEST_F(pvpanic, exit_comes_after_the_instruction)
{
	struct kvm_regs regs;

	start(self->vcpu, guest_panics_once, variant->model, variant->addr);
	run_and_verify_event(self->vcpu, variant->model, 1, PANICKED);
	vcpu_regs_get(self->vcpu, &regs);
	TEST_ASSERT_EQ(regs.rip, regs.rbx);
	guest_panic_resume(self->dev, 1);
	run_and_verify_done(self->vcpu);
}

static void guest_writes_at_two(u32 model, u64 addr)
{
	u64 other = model == ISA ? OTHER_PORT : PVPANIC_GPA + 0x100;

	for (;;) {
		guest_write(model, addr, SHUTDOWN);
		guest_write(model, other, SHUTDOWN);
	}
}

TEST_F(pvpanic, moved_register_answers_at_the_new_place_alone)
{
	u64 addr = variant->addr, other = variant->other_addr;
	u32 model = variant->model;
	struct kvm_vcpu *vcpu = self->vcpu;

	start(vcpu, guest_writes_at_two, model, addr);
	run_and_verify_event(vcpu, model, 1, SHUTDOWN);
	run_and_verify_absent(vcpu, model, other, SHUTDOWN);
	guest_panic_set(self->dev, model, other, PVPANIC_ALL);
	run_and_verify_absent(vcpu, model, addr, SHUTDOWN);
	run_and_verify_event(vcpu, model, 2, SHUTDOWN);
	guest_panic_set(self->dev, model, other, 0);
	run_and_verify_absent(vcpu, model, addr, SHUTDOWN);
	run_and_verify_absent(vcpu, model, other, SHUTDOWN);
	guest_panic_set(self->dev, model, addr, PVPANIC_ALL);
	run_and_verify_event(vcpu, model, 3, SHUTDOWN);
}

TEST_F(pvpanic, events_change_at_the_same_address)
{
	start(self->vcpu, guest_reads, variant->model, variant->addr);
	guest_panic_set(self->dev, variant->model, variant->addr, CRASH_LOADED);
	run_and_verify_sync(self->vcpu, CRASH_LOADED);
	guest_panic_set(self->dev, variant->model, variant->addr, PANICKED);
	run_and_verify_sync(self->vcpu, PANICKED);
}

static void guest_reports_for_ever(u32 model, u64 addr)
{
	for (;;)
		guest_write(model, addr, SHUTDOWN);
}

/* The ids are neither dense nor in order, the numbers run through the VM. */
TEST_F(pvpanic, event_names_its_vcpu_and_counts_through_all)
{
	struct kvm_vcpu *five = vm_vcpu_add(self->vcpu->vm, 5, NULL);
	struct kvm_vcpu *two = vm_vcpu_add(self->vcpu->vm, 2, NULL);
	struct kvm_vcpu *order[] = { five, self->vcpu, two, five };
	int i;

	start(self->vcpu, guest_reports_for_ever, variant->model,
	      variant->addr);
	start(five, guest_reports_for_ever, variant->model, variant->addr);
	start(two, guest_reports_for_ever, variant->model, variant->addr);
	for (i = 0; i < ARRAY_SIZE(order); i++)
		run_and_verify_event(order[i], variant->model, i + 1, SHUTDOWN);
}

/* A bus has room for 1,000 devices: a register left behind must not take one. */
TEST_F_TIMEOUT(pvpanic, register_may_be_moved_any_number_of_times,
	       LONG_TIMEOUT)
{
	u64 addr = variant->addr;
	int i;

	for (i = 1; i <= 1200; i++)
		guest_panic_set(self->dev, variant->model, addr + i, PANICKED);
	guest_panic_set(self->dev, variant->model, addr, SHUTDOWN);
	start(self->vcpu, guest_reports_for_ever, variant->model, addr);
	run_and_verify_event(self->vcpu, variant->model, 1, SHUTDOWN);
}

/* What is not one byte wide, or beside the register, is not the device's. */
static void guest_uses_the_port_otherwise(void)
{
	port_outw(PVPANIC_PORT, 0x0101);
	port_outl(PVPANIC_PORT, 0x01010101);
	GUEST_SYNC(port_inw(PVPANIC_PORT));
	GUEST_SYNC(port_inl(PVPANIC_PORT));
	port_outb(PVPANIC_PORT - 1, PANICKED);
	port_outb(PVPANIC_PORT + 1, PANICKED);
	port_outw(PVPANIC_PORT - 1, 0x0101);
	port_outl(PVPANIC_PORT - 3, 0x01010101);
	GUEST_SYNC(port_inb(PVPANIC_PORT - 1));
	GUEST_SYNC(port_inb(PVPANIC_PORT + 1));
	GUEST_SYNC(port_inw(PVPANIC_PORT - 1));
}

/* Both registers, for the guest to use; returns the device. */
static int create_pvpanic(struct kvm_vm *vm)
{
	int dev = guest_panic_create(vm);

	virt_map(vm, PVPANIC_PAGE, PVPANIC_PAGE, 1);
	guest_panic_set(dev, ISA, PVPANIC_PORT, PVPANIC_ALL);
	guest_panic_set(dev, MMIO, PVPANIC_GPA, PVPANIC_ALL);
	return dev;
}

FIXTURE(access) {
	struct kvm_vcpu *vcpu;
	int dev;
};

FIXTURE_SETUP(access)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(&self->vcpu, NULL);

	self->dev = create_pvpanic(vm);
}

FIXTURE_TEARDOWN(access)
{
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

TEST_F(access, other_port_accesses_go_to_userspace)
{
	struct kvm_vcpu *vcpu = self->vcpu;

	vcpu_arch_set_entry_point(vcpu, guest_uses_the_port_otherwise);
	run_and_verify_out(vcpu, PVPANIC_PORT, 2, 0x0101);
	run_and_verify_out(vcpu, PVPANIC_PORT, 4, 0x01010101);
	run_and_verify_in(vcpu, PVPANIC_PORT, 2, 0xabcd);
	run_and_verify_sync(vcpu, 0xabcd);
	run_and_verify_in(vcpu, PVPANIC_PORT, 4, 0x89abcdef);
	run_and_verify_sync(vcpu, 0x89abcdef);
	run_and_verify_out(vcpu, PVPANIC_PORT - 1, 1, PANICKED);
	run_and_verify_out(vcpu, PVPANIC_PORT + 1, 1, PANICKED);
	run_and_verify_out(vcpu, PVPANIC_PORT - 1, 2, 0x0101);
	run_and_verify_out(vcpu, PVPANIC_PORT - 3, 4, 0x01010101);
	run_and_verify_in(vcpu, PVPANIC_PORT - 1, 1, 0x5a);
	run_and_verify_sync(vcpu, 0x5a);
	run_and_verify_in(vcpu, PVPANIC_PORT + 1, 1, 0xa5);
	run_and_verify_sync(vcpu, 0xa5);
	run_and_verify_in(vcpu, PVPANIC_PORT - 1, 2, 0xa55a);
	run_and_verify_sync(vcpu, 0xa55a);
	verify_stats(vcpu->vm, 0, 0);
}

static void guest_uses_mmio_otherwise(void)
{
	u64 gpa = PVPANIC_GPA;

	WRITE_ONCE(*(u16 *)gpa, 0x0101);
	WRITE_ONCE(*(u32 *)gpa, 0x01010101);
	WRITE_ONCE(*(u64 *)gpa, 0x0101010101010101);
	GUEST_SYNC(READ_ONCE(*(u16 *)gpa));
	GUEST_SYNC(READ_ONCE(*(u32 *)gpa));
	GUEST_SYNC(READ_ONCE(*(u64 *)gpa));
	mmio_writeb(gpa - 1, PANICKED);
	mmio_writeb(gpa + 1, PANICKED);
	WRITE_ONCE(*(u16 *)(gpa - 1), 0x0101);
	GUEST_SYNC(mmio_readb(gpa - 1));
	GUEST_SYNC(READ_ONCE(*(u16 *)(gpa - 1)));
}

TEST_F(access, other_mmio_accesses_go_to_userspace)
{
	struct kvm_vcpu *vcpu = self->vcpu;
	u64 gpa = PVPANIC_GPA;

	vcpu_arch_set_entry_point(vcpu, guest_uses_mmio_otherwise);
	run_and_verify_mmio_write(vcpu, gpa, 2, 0x0101);
	run_and_verify_mmio_write(vcpu, gpa, 4, 0x01010101);
	run_and_verify_mmio_write(vcpu, gpa, 8, 0x0101010101010101);
	run_and_verify_mmio_read(vcpu, gpa, 2, 0xabcd);
	run_and_verify_sync(vcpu, 0xabcd);
	run_and_verify_mmio_read(vcpu, gpa, 4, 0x89abcdef);
	run_and_verify_sync(vcpu, 0x89abcdef);
	run_and_verify_mmio_read(vcpu, gpa, 8, 0x0123456789abcdef);
	run_and_verify_sync(vcpu, 0x0123456789abcdef);
	run_and_verify_mmio_write(vcpu, gpa - 1, 1, PANICKED);
	run_and_verify_mmio_write(vcpu, gpa + 1, 1, PANICKED);
	run_and_verify_mmio_write(vcpu, gpa - 1, 2, 0x0101);
	run_and_verify_mmio_read(vcpu, gpa - 1, 1, 0x5a);
	run_and_verify_sync(vcpu, 0x5a);
	run_and_verify_mmio_read(vcpu, gpa - 1, 2, 0xa55a);
	run_and_verify_sync(vcpu, 0xa55a);
	verify_stats(vcpu->vm, 0, 0);
}

static void guest_writes_first_and_last_port(void)
{
	port_outb(0, SHUTDOWN);
	port_outb(0xffff, SHUTDOWN);
	GUEST_DONE();
}

TEST_F(access, first_and_last_port_report)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_writes_first_and_last_port);
	guest_panic_set(self->dev, ISA, 0, SHUTDOWN);
	run_and_verify_event(self->vcpu, ISA, 1, SHUTDOWN);
	guest_panic_set(self->dev, ISA, 0xffff, SHUTDOWN);
	run_and_verify_event(self->vcpu, ISA, 2, SHUTDOWN);
	run_and_verify_done(self->vcpu);
}

static void guest_uses_both(void)
{
	mmio_writeb(PVPANIC_GPA, SHUTDOWN);
	port_outb(PVPANIC_PORT, CRASH_LOADED);
	GUEST_DONE();
}

TEST_F(access, both_models_may_be_enabled)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_uses_both);
	run_and_verify_event(self->vcpu, MMIO, 1, SHUTDOWN);
	run_and_verify_event(self->vcpu, ISA, 2, CRASH_LOADED);
	run_and_verify_done(self->vcpu);
}

/*
 * String instructions at the port.  KVM carries out up to 1,024 writes of a
 * "rep outsb" before it looks for events, and stops in its middle for a
 * signal, for a fault and for a byte that only userspace can supply.
 */
#define BUFFER_SIZE	12288
#define HOLE		(5ULL << 30)

static u8 guest_buffer[BUFFER_SIZE] __aligned(4096);

/* RBX tells the host where the next instruction is. */
static void guest_outs(void *buffer, u64 count)
{
	void *end = buffer + count;

	asm volatile("lea 1f(%%rip), %%rbx\n\t"
		     "rep outsb\n"
		     "1:"
		     : "+S"(buffer), "+c"(count) : "d"(PVPANIC_PORT)
		     : "rbx", "memory");
	GUEST_ASSERT_EQ(count, 0);
	GUEST_ASSERT_EQ(buffer, end);
	GUEST_DONE();
}

FIXTURE(string) {
	struct kvm_vcpu *vcpu;
	u8 *buffer;
	u64 gva;
	int dev;
};

FIXTURE_SETUP(string)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(&self->vcpu, guest_outs);

	self->dev = create_pvpanic(vm);
	self->gva = (u64)guest_buffer;
	self->buffer = addr_gva2hva(vm, self->gva);
}

FIXTURE_TEARDOWN(string)
{
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

/* KVM may leave RIP there, for what is left of it: to find nothing to do. */
TEST_F(string, short_rep_outsb_is_one_event_after_its_writes)
{
	struct kvm_regs regs;

	memcpy(self->buffer, "\0\4\370\1\2", 5);
	start(self->vcpu, guest_outs, self->gva, 5);
	run_and_verify_event(self->vcpu, ISA, 1, PANICKED | SHUTDOWN);
	vcpu_regs_get(self->vcpu, &regs);
	TEST_ASSERT_EQ(regs.rcx, 0);
	TEST_ASSERT_EQ(regs.rsi, self->gva + 5);
	guest_panic_resume(self->dev, 1);
	run_and_verify_done(self->vcpu);
}

TEST_F(string, rep_outsb_of_nothing_is_no_event)
{
	self->buffer[0] = PANICKED;
	start(self->vcpu, guest_outs, self->gva, 0);
	run_and_verify_done(self->vcpu);
	verify_stats(self->vcpu->vm, 0, 0);
}

/* Takes the events of one instruction, and returns how many there were. */
static u64 run_long_outs(struct kvm_vcpu *vcpu, int dev, u64 seq)
{
	struct kvm_guest_panic_event event;
	struct ucall uc;
	u64 events = 0;

	while (run_to_exit(vcpu, &uc) != UCALL_DONE) {
		event = exit_event(vcpu);
		verify_event(event, delivered(an_event(ISA, vcpu->id,
						       seq + ++events,
						       PANICKED)));
		guest_panic_resume(dev, event.seq);
	}
	return events;
}

/* Whatever is not an event of its own is ignored, and counted. */
TEST_F(string, long_rep_outsb_is_interrupted_and_goes_on)
{
	const u64 counts[] = { 1023, 1024, 1025, 2048, 4097, BUFFER_SIZE };
	u64 events = 0, written = 0, now;
	int i;

	memset(self->buffer, PANICKED, BUFFER_SIZE);
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		start(self->vcpu, guest_outs, self->gva, counts[i]);
		now = run_long_outs(self->vcpu, self->dev, events);
		TEST_ASSERT(now >= DIV_ROUND_UP(counts[i], 1024),
			    "wanted an event at least each 1,024 of %lu, got %lu",
			    counts[i], now);
		events += now;
		written += counts[i];
		verify_stats(self->vcpu->vm, events, written - events);
	}
}

/* Returned before the instruction is complete: it has latched long before. */
TEST_F(string, event_of_a_long_rep_outsb_comes_in_its_middle)
{
	struct kvm_regs regs;

	memset(self->buffer, 0, BUFFER_SIZE);
	self->buffer[0] = PANICKED;
	self->buffer[BUFFER_SIZE - 1] = SHUTDOWN;
	start(self->vcpu, guest_outs, self->gva, BUFFER_SIZE);
	run_and_verify_event(self->vcpu, ISA, 1, PANICKED);
	vcpu_regs_get(self->vcpu, &regs);
	TEST_ASSERT(regs.rcx >= BUFFER_SIZE - 1024 && regs.rip < regs.rbx,
		    "wanted at least %d to go, got %llu", BUFFER_SIZE - 1024,
		    regs.rcx);
	guest_panic_resume(self->dev, 1);
	run_and_verify_event(self->vcpu, ISA, 2, SHUTDOWN);
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

TEST_F(string, downward_rep_outsb_reports_in_its_order)
{
	self->buffer[0] = CRASH_LOADED;
	self->buffer[2999] = PANICKED;
	start(self->vcpu, guest_outs_downwards, self->gva + 2999, 3000);
	run_and_verify_event(self->vcpu, ISA, 1, PANICKED);
	guest_panic_resume(self->dev, 1);
	run_and_verify_event(self->vcpu, ISA, 2, CRASH_LOADED);
	run_and_verify_done(self->vcpu);
}

/* Not even when the one follows the other without an exit between them. */
static void guest_outs_then_out(void *buffer, u64 count)
{
	asm volatile("rep outsb\n\t"
		     "movb %[shutdown], %%al\n\t"
		     "outb %%al, %%dx"
		     : "+S"(buffer), "+c"(count)
		     : "d"(PVPANIC_PORT), [shutdown]"i"(SHUTDOWN)
		     : "rax", "memory");
	GUEST_DONE();
}

TEST_F(string, next_instruction_is_an_event_of_its_own)
{
	memset(self->buffer, CRASH_LOADED, 500);
	start(self->vcpu, guest_outs_then_out, self->gva, 500);
	run_and_verify_event(self->vcpu, ISA, 1, CRASH_LOADED);
	run_and_verify_event(self->vcpu, ISA, 2, SHUTDOWN);
	run_and_verify_done(self->vcpu);
}

/* What userspace carries out element by element comes first. */
TEST_F(string, bytes_from_userspace_are_one_event_after_them)
{
	start(self->vcpu, guest_outs, PVPANIC_PAGE, 3);
	run_and_verify_mmio_read(self->vcpu, PVPANIC_PAGE, 1, SHUTDOWN);
	run_and_verify_mmio_read(self->vcpu, PVPANIC_PAGE + 1, 1, PANICKED);
	run_and_verify_mmio_read(self->vcpu, PVPANIC_PAGE + 2, 1, CRASH_LOADED);
	run_and_verify_event(self->vcpu, ISA, 1, PANICKED | SHUTDOWN);
	guest_panic_resume(self->dev, 1);
	run_and_verify_done(self->vcpu);
	verify_stats(self->vcpu->vm, 1, 1);
}

/* A #PF may end the instruction for good: what was written is reported. */
static void guest_skip_fault(struct ex_regs *regs)
{
	regs->rip = regs->rbx;
	regs->rsi += regs->rcx;
	regs->rcx = 0;
}

TEST_F(string, fault_in_the_middle_loses_nothing)
{
	struct kvm_vm *vm = self->vcpu->vm;

	vm_install_exception_handler(vm, PF_VECTOR, guest_skip_fault);
	virt_map(vm, HOLE - vm->page_size, addr_gva2gpa(vm, self->gva), 1);
	self->buffer[vm->page_size - 1] = PANICKED;
	start(self->vcpu, guest_outs, HOLE - 500, 1000);
	run_and_verify_event(self->vcpu, ISA, 1, PANICKED);
	guest_panic_resume(self->dev, 1);
	run_and_verify_done(self->vcpu);
}

/* Shorter than the instruction takes. */
#define ALARM_US	200

static void set_up_alarms(void)
{
	struct sigaction action = { .sa_handler = on_interrupt };

	TEST_ASSERT_EQ(sigaction(SIGALRM, &action, NULL), 0);
}

/*
 * Returns how often a signal interrupted the instruction in its middle.  An
 * alarm that comes before KVM_RUN has got anywhere is given more time: how much
 * it takes to enter the guest depends on the machine.
 */
static int run_under_alarms(struct kvm_vcpu *vcpu)
{
	struct kvm_regs before = { }, regs;
	useconds_t delay = ALARM_US;
	int cuts = 0;

	ualarm(delay, 0);
	while (__vcpu_run(vcpu)) {
		TEST_ASSERT_EQ(errno, EINTR);
		vcpu_regs_get(vcpu, &regs);
		cuts += regs.rip < regs.rbx && regs.rcx < BUFFER_SIZE;
		if (regs.rip == before.rip && regs.rcx == before.rcx)
			delay *= 2;
		else
			delay = ALARM_US;
		before = regs;
		ualarm(delay, 0);
	}
	ualarm(0, 0);
	return cuts;
}

TEST_F_TIMEOUT(string, signals_in_the_middle_lose_and_repeat_nothing,
	       LONG_TIMEOUT)
{
	int cuts = 0;
	u64 seq = 0;

	memset(self->buffer, 0, BUFFER_SIZE);
	self->buffer[0] = PANICKED;
	self->buffer[BUFFER_SIZE - 1] = SHUTDOWN;
	set_up_alarms();
	while (cuts < 10) {
		start(self->vcpu, guest_outs, self->gva, BUFFER_SIZE);
		cuts += run_under_alarms(self->vcpu);
		verify_exit(self->vcpu, an_event(ISA, 0, ++seq, PANICKED));
		guest_panic_resume(self->dev, seq);
		cuts += run_under_alarms(self->vcpu);
		verify_exit(self->vcpu, an_event(ISA, 0, ++seq, SHUTDOWN));
		run_and_verify_done(self->vcpu);
	}
}

static void guest_insb(u8 *buffer, u64 count)
{
	u8 *end = buffer + count;

	asm volatile("rep insb" : "+D"(buffer), "+c"(count)
		     : "d"(PVPANIC_PORT) : "memory");
	GUEST_ASSERT_EQ(count, 0);
	GUEST_ASSERT_EQ(buffer, end);
	GUEST_DONE();
}

TEST_F(string, rep_insb_reads_what_is_offered_without_an_exit)
{
	const u64 counts[] = { 0, 1, 5, 1024, 1025, 4097, BUFFER_SIZE };
	int i, j;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		memset(self->buffer, 0x5a, BUFFER_SIZE);
		start(self->vcpu, guest_insb, self->gva, counts[i]);
		run_and_verify_done(self->vcpu);
		for (j = 0; j < counts[i]; j++)
			TEST_ASSERT_EQ(self->buffer[j], PVPANIC_ALL);
		TEST_ASSERT(counts[i] == BUFFER_SIZE ||
			    self->buffer[counts[i]] == 0x5a,
			    "wanted no more than %lu bytes", counts[i]);
	}
}

/* Wider ones give the exits that they give without the device. */
#define GUEST_STRING_IO(insn, pointer)					\
static void guest_##insn(void *buffer, u64 count)			\
{									\
	asm volatile("rep " #insn : pointer(buffer), "+c"(count)	\
		     : "d"(PVPANIC_PORT) : "memory");			\
	GUEST_DONE();							\
}

GUEST_STRING_IO(outsw, "+S")
GUEST_STRING_IO(outsl, "+S")
GUEST_STRING_IO(insw, "+D")
GUEST_STRING_IO(insl, "+D")

#define MAX_EXITS	128

struct io_exit {
	u8 direction, size;
	u16 port;
	u32 count;
};

static int log_io_exits(struct kvm_vcpu *vcpu, struct io_exit *log)
{
	struct kvm_run *run = vcpu->run;
	struct ucall uc;
	int n = 0;

	memset(log, 0, MAX_EXITS * sizeof(*log));
	while (run_to_exit(vcpu, &uc) != UCALL_DONE) {
		TEST_ASSERT_KVM_EXIT_REASON(vcpu, KVM_EXIT_IO);
		TEST_ASSERT(n < MAX_EXITS, "wanted at most %d exits",
			    MAX_EXITS);
		log[n++] = (struct io_exit) {
			run->io.direction, run->io.size, run->io.port,
			run->io.count,
		};
	}
	return n;
}

TEST_F(string, wide_ones_go_to_userspace)
{
	static struct io_exit with[MAX_EXITS], without[MAX_EXITS];
	void *guests[] = { guest_outsw, guest_outsl, guest_insw, guest_insl };
	int i, n;

	memset(self->buffer, PANICKED, BUFFER_SIZE);
	for (i = 0; i < ARRAY_SIZE(guests); i++) {
		guest_panic_set(self->dev, ISA, PVPANIC_PORT, PVPANIC_ALL);
		start(self->vcpu, guests[i], self->gva, 100);
		n = log_io_exits(self->vcpu, with);
		guest_panic_set(self->dev, ISA, PVPANIC_PORT, 0);
		start(self->vcpu, guests[i], self->gva, 100);
		TEST_ASSERT_EQ(log_io_exits(self->vcpu, without), n);
		TEST_ASSERT(n && !memcmp(with, without, sizeof(with)),
			    "wanted the %d exits of a disabled model", n);
	}
	verify_stats(self->vcpu->vm, 0, 0);
}

/* String instructions in memory go through the register, and beyond it. */
static void guest_copies(u8 *to, u64 count)
{
	u8 *from = guest_buffer, *end = to + count;

	asm volatile("rep movsb" : "+S"(from), "+D"(to), "+c"(count)
		     : : "memory");
	GUEST_ASSERT_EQ(count, 0);
	GUEST_ASSERT_EQ(to, end);
	GUEST_DONE();
}

TEST_F(string, rep_movsb_over_the_register_is_an_event_after_it)
{
	memcpy(self->buffer, "\1\5\3", 3);
	start(self->vcpu, guest_copies, PVPANIC_GPA - 1, 3);
	run_and_verify_mmio_write(self->vcpu, PVPANIC_GPA - 1, 1, 1);
	run_and_verify_mmio_write(self->vcpu, PVPANIC_GPA + 1, 1, 3);
	verify_latched(self->dev, an_event(MMIO, 0, 1, PANICKED | SHUTDOWN));
	run_and_verify_event(self->vcpu, MMIO, 1, PANICKED | SHUTDOWN);
	guest_panic_resume(self->dev, 1);
	run_and_verify_done(self->vcpu);
}

/* Each byte but one reaches userspace, once and in order. */
TEST_F(string, long_rep_movsb_over_the_register_goes_on)
{
	const int count = 1500, at = 700;
	struct kvm_run *run = self->vcpu->run;
	int i = 0, events = 0;
	struct ucall uc;

	memset(self->buffer, PANICKED, count);
	start(self->vcpu, guest_copies, PVPANIC_GPA - at, count);
	while (run_to_exit(self->vcpu, &uc) != UCALL_DONE) {
		if (run->exit_reason == KVM_EXIT_SYSTEM_EVENT) {
			verify_exit(self->vcpu, an_event(MMIO, 0, 1, PANICKED));
			guest_panic_resume(self->dev, 1);
			events++;
			continue;
		}
		verify_mmio(self->vcpu, PVPANIC_GPA - at + i, 1, true);
		i += i + 1 == at ? 2 : 1;
	}
	TEST_ASSERT_EQ(i, count);
	TEST_ASSERT_EQ(events, 1);
}

TEST_F(string, rep_movsb_of_one_byte_is_an_event)
{
	self->buffer[0] = PANICKED;
	start(self->vcpu, guest_copies, PVPANIC_GPA, 1);
	run_and_verify_event(self->vcpu, MMIO, 1, PANICKED);
	guest_panic_resume(self->dev, 1);
	run_and_verify_done(self->vcpu);
}

static void guest_copies_words(void)
{
	u8 *from = guest_buffer, *to = (u8 *)PVPANIC_GPA;
	u64 count = 2;

	asm volatile("rep movsw" : "+S"(from), "+D"(to), "+c"(count)
		     : : "memory");
	GUEST_DONE();
}

TEST_F(string, rep_movsw_goes_to_userspace)
{
	memset(self->buffer, PANICKED, 4);
	start(self->vcpu, guest_copies_words, 0, 0);
	run_and_verify_mmio_write(self->vcpu, PVPANIC_GPA, 2, 0x0101);
	run_and_verify_mmio_write(self->vcpu, PVPANIC_GPA + 2, 2, 0x0101);
	run_and_verify_done(self->vcpu);
	verify_stats(self->vcpu->vm, 0, 0);
}

static void guest_writes_the_port_with_what_it_reads(void)
{
	u8 *from = (u8 *)PVPANIC_GPA;

	asm volatile("outsb" : "+S"(from) : "d"(PVPANIC_PORT) : "memory");
	GUEST_DONE();
}

TEST_F(string, outsb_from_one_register_to_the_other_is_an_event)
{
	start(self->vcpu, guest_writes_the_port_with_what_it_reads, 0, 0);
	run_and_verify_event(self->vcpu, ISA, 1, PVPANIC_ALL);
}

/*
 * A "rep outsb" from a window that maps one page again and again keeps its vCPU
 * busy for long.  Nothing else of the VM waits for it: setting a memory region
 * takes as long as with a byte that is no event.
 */
#define WINDOW_PAGES	2048
#define WINDOW_GVA	(6ULL << 30)
#define REGION_GPA	(8ULL << 30)
#define REGION_SLOT	9
#define REGION_CALLS	21
#define ATTEMPTS	5

struct outs_vcpu {
	struct kvm_vcpu *vcpu;
	bool stop;
	u64 events;
	int dev;
};

static void guest_outs_for_ever(void)
{
	u64 p, count;

	for (;;) {
		p = WINDOW_GVA;
		count = WINDOW_PAGES * PAGE_SIZE;
		asm volatile("rep outsb" : "+S"(p), "+c"(count)
			     : "d"(PVPANIC_PORT) : "memory");
	}
}

static void *run_outs(void *arg)
{
	struct outs_vcpu *outs = arg;

	while (!READ_ONCE(outs->stop)) {
		if (__vcpu_run(outs->vcpu)) {
			TEST_ASSERT_EQ(errno, EINTR);
			continue;
		}
		guest_panic_resume(outs->dev, exit_event(outs->vcpu).seq);
		WRITE_ONCE(outs->events, outs->events + 1);
	}
	return NULL;
}

static int compare_u64(const void *a, const void *b)
{
	return *(u64 *)a < *(u64 *)b ? -1 : *(u64 *)a > *(u64 *)b;
}

/* Of a call that adds or removes a region, the median in ns. */
static u64 time_set_region(struct kvm_vm *vm, void *memory)
{
	u64 times[REGION_CALLS];
	int i;

	for (i = 0; i < REGION_CALLS; i++) {
		times[i] = boottime_ns();
		vm_set_user_memory_region(vm, REGION_SLOT, 0, REGION_GPA,
					  i % 2 ? 0 : getpagesize(), memory);
		times[i] = boottime_ns() - times[i];
	}
	vm_set_user_memory_region(vm, REGION_SLOT, 0, REGION_GPA, 0, memory);
	qsort(times, REGION_CALLS, sizeof(times[0]), compare_u64);
	return times[REGION_CALLS / 2];
}

static u64 time_beside_outs(struct kvm_vcpu *vcpu, int dev, u8 *buffer,
			    u8 byte, void *memory)
{
	struct outs_vcpu outs = { .vcpu = vcpu, .dev = dev };
	pthread_t thread;
	u64 ns;

	memset(buffer, byte, getpagesize());
	signal(SIGUSR1, on_interrupt);
	thread = start_thread(run_outs, &outs);
	if (byte & PANICKED)
		wait_until_moved(&outs.events);
	else
		usleep(POLL_US);
	ns = time_set_region(vcpu->vm, memory);
	WRITE_ONCE(outs.stop, true);
	while (pthread_tryjoin_np(thread, NULL)) {
		pthread_kill(thread, SIGUSR1);
		usleep(POLL_US);
	}
	return ns;
}

/* Machines are noisy: what holds in one of some attempts is not made longer. */
TEST_F_TIMEOUT(string, endless_rep_outsb_holds_up_no_memory_region,
	       LONG_TIMEOUT)
{
	void *memory = aligned_alloc(getpagesize(), getpagesize());
	u64 gpa = addr_gva2gpa(self->vcpu->vm, self->gva), quiet, loud;
	int i;

	for (i = 0; i < WINDOW_PAGES; i++)
		virt_pg_map(self->vcpu->vm, WINDOW_GVA + i * PAGE_SIZE, gpa);
	vcpu_arch_set_entry_point(self->vcpu, guest_outs_for_ever);
	for (i = 0; i < ATTEMPTS; i++) {
		quiet = time_beside_outs(self->vcpu, self->dev, self->buffer, 0,
					 memory);
		loud = time_beside_outs(self->vcpu, self->dev, self->buffer,
					PANICKED, memory);
		ksft_print_msg("%lu us beside ignored writes, %lu us beside events\n",
			       quiet / 1000, loud / 1000);
		if (loud <= 2 * quiet)
			break;
	}
	TEST_ASSERT(i < ATTEMPTS, "wanted at most twice %lu ns, got %lu ns",
		    quiet, loud);
}

/* Where the register may not be: where a device of KVM answers already. */
FIXTURE(busy) {
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;
	int dev;
};

static void guest_reads_once(void)
{
	GUEST_SYNC(port_inb(PVPANIC_PORT));
}

/* The library's VMs have an in-kernel irqchip. */
FIXTURE_SETUP(busy)
{
	self->vm = vm_create_with_one_vcpu(&self->vcpu, guest_reads_once);
	self->dev = guest_panic_create(self->vm);
}

FIXTURE_TEARDOWN(busy)
{
	close(self->dev);
	kvm_vm_free(self->vm);
}

/* A refused call leaves what was set before, to the guest too. */
static void verify_busy(int dev, u32 model, u64 addr)
{
	u64 old = model == ISA ? PVPANIC_PORT : PVPANIC_GPA;

	guest_panic_set(dev, model, old, PANICKED | SHUTDOWN);
	TEST_ASSERT_REFUSED(__guest_panic_set(dev, model, addr, PANICKED),
			    EBUSY);
	TEST_ASSERT_EQ(guest_panic_get(dev, model).addr, old);
	TEST_ASSERT_EQ(guest_panic_get(dev, model).events, PANICKED | SHUTDOWN);
}

static void verify_free(int dev, u32 model, u64 addr)
{
	guest_panic_set(dev, model, addr, PANICKED);
	guest_panic_set(dev, model, addr, 0);
}

TEST_F(busy, ports_of_the_pic)
{
	const u16 ports[] = { 0x20, 0x21, 0xa0, 0xa1, 0x4d0, 0x4d1 };
	int i;

	for (i = 0; i < ARRAY_SIZE(ports); i++)
		verify_busy(self->dev, ISA, ports[i]);
	verify_free(self->dev, ISA, 0x22);
}

TEST_F(busy, ports_of_the_pit)
{
	struct kvm_pit_config config = { .flags = KVM_PIT_SPEAKER_DUMMY };
	u16 port;

	verify_free(self->dev, ISA, 0x61);
	vm_ioctl(self->vm, KVM_CREATE_PIT2, &config);
	for (port = 0x40; port < 0x44; port++)
		verify_busy(self->dev, ISA, port);
	verify_busy(self->dev, ISA, 0x61);
	verify_free(self->dev, ISA, 0x44);
}

TEST_F(busy, ioapic_and_local_apic)
{
	verify_busy(self->dev, MMIO, 0xfec00000);
	verify_busy(self->dev, MMIO, 0xfec000ff);
	verify_free(self->dev, MMIO, 0xfebfffff);
	verify_free(self->dev, MMIO, 0xfec00100);
	verify_busy(self->dev, MMIO, 0xfee00000);
	verify_busy(self->dev, MMIO, 0xfee00fff);
	verify_free(self->dev, MMIO, 0xfedfffff);
	verify_free(self->dev, MMIO, 0xfee01000);
}

TEST_F(busy, neither_without_an_irqchip)
{
	struct kvm_vm *vm = vm_create_barebones();
	int dev = guest_panic_create(vm);

	verify_free(dev, MMIO, 0xfec00000);
	verify_free(dev, MMIO, 0xfee00000);
	verify_free(dev, ISA, 0x20);
	close(dev);
	kvm_vm_free(vm);
}

static void ioeventfd(struct kvm_vm *vm, int fd, u64 addr, u32 len, u32 flags)
{
	struct kvm_ioeventfd args = {
		.addr = addr, .len = len, .fd = fd, .flags = flags,
	};

	vm_ioctl(vm, KVM_IOEVENTFD, &args);
}

/* One of a size that a pvpanic write does not have is there all the same. */
static void verify_ioeventfd_busy(struct kvm_vm *vm, int dev, u32 model,
				  u64 addr, u32 len)
{
	u32 pio = model == ISA ? KVM_IOEVENTFD_FLAG_PIO : 0;
	int fd = eventfd(0, 0);

	ioeventfd(vm, fd, addr, len, pio);
	verify_busy(dev, model, addr);
	ioeventfd(vm, fd, addr, len, pio | KVM_IOEVENTFD_FLAG_DEASSIGN);
	verify_free(dev, model, addr);
	close(fd);
}

TEST_F(busy, ioeventfd_of_any_size)
{
	u32 len;

	verify_ioeventfd_busy(self->vm, self->dev, ISA, OTHER_PORT, 0);
	verify_ioeventfd_busy(self->vm, self->dev, MMIO, PVPANIC_PAGE, 0);
	for (len = 1; len <= 4; len *= 2)
		verify_ioeventfd_busy(self->vm, self->dev, ISA, OTHER_PORT,
				      len);
	for (len = 1; len <= 8; len *= 2)
		verify_ioeventfd_busy(self->vm, self->dev, MMIO, PVPANIC_PAGE,
				      len);
}

static void verify_zone_busy(struct kvm_vm *vm, int dev, u32 model, u64 addr)
{
	kvm_vm_register_coalesced_io(vm, addr, 3, model == ISA);
	verify_free(dev, model, addr - 1);
	verify_busy(dev, model, addr);
	verify_busy(dev, model, addr + 2);
	verify_free(dev, model, addr + 3);
	kvm_vm_unregister_coalesced_io(vm, addr, 3, model == ISA);
	verify_free(dev, model, addr + 1);
}

TEST_F(busy, coalesced_zone)
{
	if (!kvm_has_cap(KVM_CAP_COALESCED_PIO))
		SKIP(return, "no KVM_CAP_COALESCED_PIO");
	verify_zone_busy(self->vm, self->dev, ISA, OTHER_PORT);
	verify_zone_busy(self->vm, self->dev, MMIO, PVPANIC_PAGE + 8);
}

/* A device of the other bus, at an address with the same number. */
TEST_F(busy, not_by_the_other_bus)
{
	kvm_vm_register_coalesced_io(self->vm, PVPANIC_PORT, 1, false);
	verify_free(self->dev, ISA, PVPANIC_PORT);
	guest_panic_set(self->dev, ISA, OTHER_PORT, PANICKED);
	verify_free(self->dev, MMIO, OTHER_PORT);
	verify_free(self->dev, MMIO, 0x20);
}

TEST_F(busy, not_by_itself)
{
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED | SHUTDOWN);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, 0);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, CRASH_LOADED);
}

TEST_F(busy, refused_move_leaves_the_old_port_to_the_guest)
{
	verify_busy(self->dev, ISA, 0x20);
	run_and_verify_sync(self->vcpu, PANICKED | SHUTDOWN);
}

/*
 * A zero-length ioeventfd that is registered later may win.  Whichever does,
 * each write is an event or a signal of the eventfd.
 */
#define FAST_WRITES	50

static void guest_writes_often(u32 model, u64 addr)
{
	int i;

	for (i = 0; i < FAST_WRITES; i++)
		guest_write(model, addr, SHUTDOWN);
	GUEST_DONE();
}

TEST_F(busy, later_ioeventfd_loses_no_write)
{
	u64 events = 0, signals = 0;
	int fd = eventfd(0, EFD_NONBLOCK);
	struct ucall uc;

	virt_map(self->vm, PVPANIC_PAGE, PVPANIC_PAGE, 1);
	guest_panic_set(self->dev, MMIO, PVPANIC_GPA, SHUTDOWN);
	start(self->vcpu, guest_writes_often, MMIO, PVPANIC_GPA);
	run_and_verify_event(self->vcpu, MMIO, ++events, SHUTDOWN);
	ioeventfd(self->vm, fd, PVPANIC_GPA, 0, 0);
	while (run_to_exit(self->vcpu, &uc) != UCALL_DONE)
		verify_exit(self->vcpu, an_event(MMIO, 0, ++events, SHUTDOWN));
	if (read(fd, &signals, sizeof(signals)) < 0)
		TEST_ASSERT_EQ(errno, EAGAIN);
	TEST_ASSERT(events + signals == FAST_WRITES,
		    "wanted %d, got %lu events and %lu signals", FAST_WRITES,
		    events, signals);
	close(fd);
}

/*
 * Models change under a running vCPU: each access gets one answer, the old one
 * or the new one.
 */
#define MIN_CHANGES	200
#define MIN_ANSWERS	100
/* What userspace answers for a port that is not there. */
#define ABSENT		0x80

static void guest_uses_all(void)
{
	u8 port, other;
	u64 ctl;

	for (;;) {
		port = port_inb(PVPANIC_PORT);
		other = port_inb(OTHER_PORT);
		ctl = rdmsr(HV_X64_MSR_CRASH_CTL);
		GUEST_ASSERT(port == ABSENT || port == PANICKED ||
			     port == (PANICKED | SHUTDOWN));
		GUEST_ASSERT(other == ABSENT || other == CRASH_LOADED);
		GUEST_ASSERT(!ctl || ctl == CTL_NOTIFY ||
			     ctl == (CTL_NOTIFY | CTL_NOTIFY_MSG));
		port_outb(PVPANIC_PORT, PANICKED | SHUTDOWN);
		port_outb(OTHER_PORT, CRASH_LOADED);
		wrmsr(HV_X64_MSR_CRASH_CTL, CTL_NOTIFY);
		GUEST_SYNC(0);
	}
}

enum answer {
	PORT_EVENT, OTHER_EVENT, HYPERV_EVENT, BARE_CRASH, PORT_READ,
	PORT_WRITE, OTHER_READ, OTHER_WRITE, NR_ANSWERS,
};

struct user {
	struct kvm_vcpu *vcpu;
	u64 answers[NR_ANSWERS];
	u64 seq;
	int dev;
	bool stop;
};

static enum answer classify_event(struct user *user)
{
	struct kvm_guest_panic_event got = exit_event(user->vcpu);
	u64 seq = ++user->seq;

	if (got.model == HYPERV) {
		verify_event(got, delivered(an_event(HYPERV, 0, seq,
						     CTL_NOTIFY)));
		guest_panic_resume(user->dev, seq);
		return HYPERV_EVENT;
	}
	verify_event(got, delivered(an_event(ISA, 0, seq, got.code)));
	if (got.code == CRASH_LOADED)
		return OTHER_EVENT;
	TEST_ASSERT(got.code == PANICKED || got.code == (PANICKED | SHUTDOWN),
		    "code 0x%llx was never offered", got.code);
	guest_panic_resume(user->dev, seq);
	return PORT_EVENT;
}

static enum answer classify_io(struct kvm_run *run)
{
	bool in = run->io.direction == KVM_EXIT_IO_IN;

	TEST_ASSERT_EQ(run->io.size, 1);
	TEST_ASSERT_EQ(run->io.count, 1);
	if (in)
		*((u8 *)run + run->io.data_offset) = ABSENT;
	if (run->io.port == PVPANIC_PORT)
		return in ? PORT_READ : PORT_WRITE;
	TEST_ASSERT_EQ(run->io.port, OTHER_PORT);
	return in ? OTHER_READ : OTHER_WRITE;
}

static enum answer classify(struct user *user)
{
	struct kvm_run *run = user->vcpu->run;

	if (run->exit_reason == KVM_EXIT_IO)
		return classify_io(run);
	if (run->exit_reason == KVM_EXIT_SYSTEM_EVENT &&
	    run->system_event.ndata)
		return classify_event(user);
	verify_crash(user->vcpu, 0);
	return BARE_CRASH;
}

static void *use_models(void *arg)
{
	struct user *user = arg;
	struct ucall uc;
	u64 *answer;

	while (!READ_ONCE(user->stop)) {
		if (run_to_exit(user->vcpu, &uc) == UCALL_SYNC)
			continue;
		answer = &user->answers[classify(user)];
		WRITE_ONCE(*answer, *answer + 1);
	}
	return NULL;
}

static bool every_answer_was_seen(struct user *user)
{
	int i;

	for (i = 0; i < NR_ANSWERS; i++)
		if (READ_ONCE(user->answers[i]) < MIN_ANSWERS)
			return false;
	return true;
}

/* On one CPU the vCPU may not run in between, unless it is waited for. */
static void change_models(struct user *user)
{
	int dev = user->dev;

	guest_panic_set(dev, HYPERV, 0, NOTIFY);
	guest_panic_set(dev, ISA, PVPANIC_PORT, PANICKED);
	guest_panic_set(dev, ISA, PVPANIC_PORT, PANICKED | SHUTDOWN);
	wait_until_moved(&user->answers[PORT_EVENT]);
	guest_panic_set(dev, HYPERV, 0, NOTIFY | NOTIFY_MSG);
	guest_panic_set(dev, ISA, OTHER_PORT, CRASH_LOADED);
	wait_until_moved(&user->answers[OTHER_EVENT]);
	guest_panic_set(dev, HYPERV, 0, 0);
	guest_panic_set(dev, ISA, OTHER_PORT, 0);
	wait_until_moved(&user->answers[BARE_CRASH]);
}

TEST_F_TIMEOUT(access, models_change_under_a_running_vcpu, LONG_TIMEOUT)
{
	struct user user = { .vcpu = self->vcpu, .dev = self->dev };
	pthread_t thread;
	int changes = 0;

	vcpu_set_hv_cpuid(self->vcpu);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, 0);
	vcpu_arch_set_entry_point(self->vcpu, guest_uses_all);
	thread = start_thread(use_models, &user);
	while (changes++ < MIN_CHANGES || !every_answer_was_seen(&user))
		change_models(&user);
	WRITE_ONCE(user.stop, true);
	finish_thread(thread);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();
	TEST_REQUIRE_HYPERV();

	return test_harness_run(argc, argv);
}
