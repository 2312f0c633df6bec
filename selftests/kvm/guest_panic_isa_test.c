// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ISA model: what a guest reads at the port, which writes are events,
 * what the exit of each carries, and that any other access behaves as if the
 * device were absent.
 *
 * A read that KVM answers is one after which the guest goes on: KVM_RUN does
 * not return before the guest's own next exit.
 */
#include "guest_panic_latch.h"

FIXTURE(guest_panic_isa) {
	struct kvm_vcpu *vcpu;
	int dev;
};

FIXTURE_SETUP(guest_panic_isa)
{
	self->dev = guest_panic_create(vm_create_with_one_vcpu(&self->vcpu,
							       NULL));
	guest_panic_set(self->dev, ISA, PVPANIC_PORT,
			PANICKED | CRASH_LOADED | SHUTDOWN);
}

FIXTURE_TEARDOWN(guest_panic_isa)
{
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

static void guest_reads(void)
{
	for (;;)
		GUEST_SYNC(port_inb(PVPANIC_PORT));
}

TEST_F(guest_panic_isa, read_returns_the_mask_without_an_exit)
{
	u32 mask;

	vcpu_arch_set_entry_point(self->vcpu, guest_reads);
	for (mask = 1; mask <= (PANICKED | CRASH_LOADED | SHUTDOWN); mask++) {
		guest_panic_set(self->dev, ISA, PVPANIC_PORT, mask);
		run_and_verify_sync(self->vcpu, mask);
	}
}

static void guest_writes_each_bit(void)
{
	port_outb(PVPANIC_PORT, PANICKED);
	port_outb(PVPANIC_PORT, CRASH_LOADED);
	port_outb(PVPANIC_PORT, SHUTDOWN);
	GUEST_DONE();
}

TEST_F(guest_panic_isa, write_of_each_bit_is_an_event)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_writes_each_bit);
	run_and_verify_isa_event(self->vcpu, 1, PANICKED);
	run_and_verify_isa_event(self->vcpu, 2, CRASH_LOADED);
	run_and_verify_isa_event(self->vcpu, 3, SHUTDOWN);
	run_and_verify_done(self->vcpu);
}

static void guest_writes_several_bits(void)
{
	port_outb(PVPANIC_PORT, PANICKED | CRASH_LOADED);
	port_outb(PVPANIC_PORT, PANICKED | CRASH_LOADED | SHUTDOWN);
	GUEST_DONE();
}

TEST_F(guest_panic_isa, write_of_several_bits_is_one_event)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_writes_several_bits);
	run_and_verify_isa_event(self->vcpu, 1, PANICKED | CRASH_LOADED);
	guest_panic_resume(self->dev);
	run_and_verify_isa_event(self->vcpu, 2,
				 PANICKED | CRASH_LOADED | SHUTDOWN);
	run_and_verify_done(self->vcpu);
}

static void guest_writes_all_ones(void)
{
	port_outb(PVPANIC_PORT, 0xff);
	GUEST_DONE();
}

TEST_F(guest_panic_isa, bits_that_are_not_offered_are_dropped)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_writes_all_ones);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED | SHUTDOWN);
	run_and_verify_isa_event(self->vcpu, 1, PANICKED | SHUTDOWN);
	run_and_verify_done(self->vcpu);
}

static void guest_writes_what_is_not_offered(void)
{
	port_outb(PVPANIC_PORT, 0);
	port_outb(PVPANIC_PORT, CRASH_LOADED | SHUTDOWN);
	port_outb(PVPANIC_PORT, 0xff & ~PANICKED);
	GUEST_SYNC(0);
	port_outb(PVPANIC_PORT, PANICKED);
	GUEST_DONE();
}

/* No exit, and no number: the next event is the first. */
TEST_F(guest_panic_isa, write_of_no_offered_bit_is_ignored)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_writes_what_is_not_offered);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED);
	run_and_verify_sync(self->vcpu, 0);
	run_and_verify_isa_event(self->vcpu, 1, PANICKED);
	run_and_verify_done(self->vcpu);
}

static void guest_writes_wide(void)
{
	port_outw(PVPANIC_PORT, 0x0101);
	port_outl(PVPANIC_PORT, 0x01010101);
	GUEST_DONE();
}

TEST_F(guest_panic_isa, wide_write_goes_to_userspace)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_writes_wide);
	run_and_verify_out(self->vcpu, PVPANIC_PORT, 2, 0x0101);
	run_and_verify_out(self->vcpu, PVPANIC_PORT, 4, 0x01010101);
	run_and_verify_done(self->vcpu);
}

static void guest_reads_wide(void)
{
	GUEST_SYNC(port_inw(PVPANIC_PORT));
	GUEST_SYNC(port_inl(PVPANIC_PORT));
}

TEST_F(guest_panic_isa, wide_read_goes_to_userspace)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_reads_wide);
	run_and_verify_in(self->vcpu, PVPANIC_PORT, 2, 0xabcd);
	run_and_verify_sync(self->vcpu, 0xabcd);
	run_and_verify_in(self->vcpu, PVPANIC_PORT, 4, 0x89abcdef);
	run_and_verify_sync(self->vcpu, 0x89abcdef);
}

/* The wide ones reach over the port. */
static void guest_accesses_neighbours(void)
{
	port_outb(PVPANIC_PORT - 1, PANICKED);
	port_outb(PVPANIC_PORT + 1, PANICKED);
	port_outw(PVPANIC_PORT - 1, 0x0101);
	port_outl(PVPANIC_PORT - 3, 0x01010101);
	GUEST_SYNC(port_inb(PVPANIC_PORT - 1));
	GUEST_SYNC(port_inb(PVPANIC_PORT + 1));
	GUEST_SYNC(port_inw(PVPANIC_PORT - 1));
}

TEST_F(guest_panic_isa, neighbouring_port_goes_to_userspace)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_accesses_neighbours);
	run_and_verify_out(self->vcpu, PVPANIC_PORT - 1, 1, PANICKED);
	run_and_verify_out(self->vcpu, PVPANIC_PORT + 1, 1, PANICKED);
	run_and_verify_out(self->vcpu, PVPANIC_PORT - 1, 2, 0x0101);
	run_and_verify_out(self->vcpu, PVPANIC_PORT - 3, 4, 0x01010101);
	run_and_verify_in(self->vcpu, PVPANIC_PORT - 1, 1, 0x5a);
	run_and_verify_sync(self->vcpu, 0x5a);
	run_and_verify_in(self->vcpu, PVPANIC_PORT + 1, 1, 0xa5);
	run_and_verify_sync(self->vcpu, 0xa5);
	run_and_verify_in(self->vcpu, PVPANIC_PORT - 1, 2, 0xa55a);
	run_and_verify_sync(self->vcpu, 0xa55a);
}

static void guest_panics_once(void)
{
	/* RBX tells the host where the next instruction is. */
	asm volatile("lea 1f(%%rip), %%rbx\n\t"
		     "outb %%al, %%dx\n"
		     "1:"
		     : : "a"(PANICKED), "d"(PVPANIC_PORT) : "rbx", "memory");
	GUEST_DONE();
}

TEST_F(guest_panic_isa, reporting_instruction_is_complete)
{
	struct kvm_regs regs;

	vcpu_arch_set_entry_point(self->vcpu, guest_panics_once);
	run_and_verify_isa_event(self->vcpu, 1, PANICKED);
	vcpu_regs_get(self->vcpu, &regs);
	TEST_ASSERT_EQ(regs.rip, regs.rbx);
	run_and_verify_done(self->vcpu);
}

static void guest_writes_first_and_last_port(void)
{
	port_outb(0, PANICKED);
	port_outb(0xffff, PANICKED);
	GUEST_DONE();
}

TEST_F(guest_panic_isa, first_and_last_port_report)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_writes_first_and_last_port);
	guest_panic_set(self->dev, ISA, 0, PANICKED);
	run_and_verify_isa_event(self->vcpu, 1, PANICKED);
	guest_panic_resume(self->dev);
	guest_panic_set(self->dev, ISA, 0xffff, PANICKED);
	run_and_verify_isa_event(self->vcpu, 2, PANICKED);
	run_and_verify_done(self->vcpu);
}

static void guest_reports_for_ever(void)
{
	for (;;)
		port_outb(PVPANIC_PORT, SHUTDOWN);
}

/* The ids are neither dense nor in order, the numbers run through the VM. */
TEST_F(guest_panic_isa, event_names_its_vcpu_and_counts_through_all)
{
	struct kvm_vm *vm = self->vcpu->vm;
	struct kvm_vcpu *five = vm_vcpu_add(vm, 5, guest_reports_for_ever);
	struct kvm_vcpu *two = vm_vcpu_add(vm, 2, guest_reports_for_ever);

	vcpu_arch_set_entry_point(self->vcpu, guest_reports_for_ever);
	run_and_verify_isa_event(five, 1, SHUTDOWN);
	run_and_verify_isa_event(self->vcpu, 2, SHUTDOWN);
	run_and_verify_isa_event(two, 3, SHUTDOWN);
	run_and_verify_isa_event(five, 4, SHUTDOWN);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();

	return test_harness_run(argc, argv);
}
