// SPDX-License-Identifier: GPL-2.0-only
/*
 * The MMIO model: what a guest reads at the address, which writes are events,
 * and that any other access behaves as if the device were absent.
 */
#include "guest_panic_latch.h"

#define GPA		(4ULL << 30)
#define OTHER_GPA	(GPA + 0x800)
#define ALL		(PANICKED | CRASH_LOADED | SHUTDOWN)

static inline void mmio_writeb(u64 gpa, u8 value)
{
	asm volatile("movb %0, (%1)" : : "q"(value), "r"(gpa) : "memory");
}

static inline u8 mmio_readb(u64 gpa)
{
	u8 value;

	asm volatile("movb (%1), %0" : "=q"(value) : "r"(gpa) : "memory");
	return value;
}

FIXTURE(guest_panic_mmio) {
	struct kvm_vcpu *vcpu;
	int dev;
};

FIXTURE_SETUP(guest_panic_mmio)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(&self->vcpu, NULL);

	virt_map(vm, GPA, GPA, 1);
	self->dev = guest_panic_create(vm);
	guest_panic_set(self->dev, MMIO, GPA, ALL);
}

FIXTURE_TEARDOWN(guest_panic_mmio)
{
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

static void run_and_verify_mmio_event(struct kvm_vcpu *vcpu, u64 seq, u64 code)
{
	struct ucall uc;

	run_to_exit(vcpu, &uc);
	verify_crash(vcpu, KVM_GUEST_PANIC_NDATA_PVPANIC);
	verify_event(vcpu, MMIO, vcpu->id, seq, code);
}

static void verify_mmio(struct kvm_vcpu *vcpu, u64 gpa, u32 len, bool is_write)
{
	TEST_ASSERT_KVM_EXIT_REASON(vcpu, KVM_EXIT_MMIO);
	TEST_ASSERT_EQ(vcpu->run->mmio.phys_addr, gpa);
	TEST_ASSERT_EQ(vcpu->run->mmio.len, len);
	TEST_ASSERT_EQ(vcpu->run->mmio.is_write, is_write);
}

static void run_and_verify_write(struct kvm_vcpu *vcpu, u64 gpa, u32 len,
				 u64 value)
{
	u64 got = 0;

	vcpu_run(vcpu);
	verify_mmio(vcpu, gpa, len, true);
	memcpy(&got, vcpu->run->mmio.data, len);
	TEST_ASSERT_EQ(got, value);
}

static void run_and_verify_read(struct kvm_vcpu *vcpu, u64 gpa, u32 len,
				u64 value)
{
	vcpu_run(vcpu);
	verify_mmio(vcpu, gpa, len, false);
	memcpy(vcpu->run->mmio.data, &value, len);
}

static void guest_reads(void)
{
	for (;;)
		GUEST_SYNC(mmio_readb(GPA));
}

TEST_F(guest_panic_mmio, read_returns_the_mask_without_an_exit)
{
	u32 mask;

	vcpu_arch_set_entry_point(self->vcpu, guest_reads);
	for (mask = 1; mask <= ALL; mask++) {
		guest_panic_set(self->dev, MMIO, GPA, mask);
		run_and_verify_sync(self->vcpu, mask);
	}
}

static void guest_writes_all_values(void)
{
	int value;

	for (value = 0; value <= 0xff; value++)
		mmio_writeb(GPA, value);
	GUEST_DONE();
}

/* Bits that are not offered are dropped; without any it is no event. */
TEST_F(guest_panic_mmio, write_of_offered_bits_is_an_event_with_those)
{
	u32 offered = PANICKED | SHUTDOWN;
	int value;
	u64 seq = 0;

	vcpu_arch_set_entry_point(self->vcpu, guest_writes_all_values);
	guest_panic_set(self->dev, MMIO, GPA, offered);
	for (value = 0; value <= 0xff; value++) {
		if (!(value & offered))
			continue;
		run_and_verify_mmio_event(self->vcpu, ++seq, value & offered);
		guest_panic_resume(self->dev);
	}
	run_and_verify_done(self->vcpu);
}

static void guest_writes_wide(void)
{
	WRITE_ONCE(*(u16 *)GPA, 0x0101);
	WRITE_ONCE(*(u32 *)GPA, 0x01010101);
	WRITE_ONCE(*(u64 *)GPA, 0x0101010101010101);
	GUEST_DONE();
}

TEST_F(guest_panic_mmio, wide_write_goes_to_userspace)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_writes_wide);
	run_and_verify_write(self->vcpu, GPA, 2, 0x0101);
	run_and_verify_write(self->vcpu, GPA, 4, 0x01010101);
	run_and_verify_write(self->vcpu, GPA, 8, 0x0101010101010101);
	run_and_verify_done(self->vcpu);
}

static void guest_reads_wide(void)
{
	GUEST_SYNC(READ_ONCE(*(u16 *)GPA));
	GUEST_SYNC(READ_ONCE(*(u32 *)GPA));
	GUEST_SYNC(READ_ONCE(*(u64 *)GPA));
}

TEST_F(guest_panic_mmio, wide_read_goes_to_userspace)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_reads_wide);
	run_and_verify_read(self->vcpu, GPA, 2, 0xabcd);
	run_and_verify_sync(self->vcpu, 0xabcd);
	run_and_verify_read(self->vcpu, GPA, 4, 0x89abcdef);
	run_and_verify_sync(self->vcpu, 0x89abcdef);
	run_and_verify_read(self->vcpu, GPA, 8, 0x0123456789abcdef);
	run_and_verify_sync(self->vcpu, 0x0123456789abcdef);
}

/* The wide one reaches over the register. */
static void guest_accesses_neighbours(void)
{
	mmio_writeb(OTHER_GPA - 1, PANICKED);
	mmio_writeb(OTHER_GPA + 1, PANICKED);
	WRITE_ONCE(*(u16 *)(OTHER_GPA - 1), 0x0101);
	GUEST_SYNC(mmio_readb(OTHER_GPA - 1));
	GUEST_SYNC(mmio_readb(OTHER_GPA + 1));
	GUEST_SYNC(READ_ONCE(*(u16 *)(OTHER_GPA - 1)));
}

TEST_F(guest_panic_mmio, neighbouring_address_goes_to_userspace)
{
	struct kvm_vcpu *vcpu = self->vcpu;

	guest_panic_set(self->dev, MMIO, OTHER_GPA, ALL);
	vcpu_arch_set_entry_point(vcpu, guest_accesses_neighbours);
	run_and_verify_write(vcpu, OTHER_GPA - 1, 1, PANICKED);
	run_and_verify_write(vcpu, OTHER_GPA + 1, 1, PANICKED);
	run_and_verify_write(vcpu, OTHER_GPA - 1, 2, 0x0101);
	run_and_verify_read(vcpu, OTHER_GPA - 1, 1, 0x5a);
	run_and_verify_sync(vcpu, 0x5a);
	run_and_verify_read(vcpu, OTHER_GPA + 1, 1, 0xa5);
	run_and_verify_sync(vcpu, 0xa5);
	run_and_verify_read(vcpu, OTHER_GPA - 1, 2, 0xa55a);
	run_and_verify_sync(vcpu, 0xa55a);
}

static void guest_panics_once(void)
{
	/* RBX tells the host where the next instruction is. */
	asm volatile("lea 1f(%%rip), %%rbx\n\t"
		     "movb %%al, (%%rdx)\n"
		     "1:"
		     : : "a"(PANICKED), "d"(GPA) : "rbx", "memory");
	GUEST_DONE();
}

TEST_F(guest_panic_mmio, reporting_instruction_is_complete)
{
	struct kvm_regs regs;

	vcpu_arch_set_entry_point(self->vcpu, guest_panics_once);
	run_and_verify_mmio_event(self->vcpu, 1, PANICKED);
	vcpu_regs_get(self->vcpu, &regs);
	TEST_ASSERT_EQ(regs.rip, regs.rbx);
	guest_panic_resume(self->dev);
	run_and_verify_done(self->vcpu);
}

static void guest_writes_at_both(void)
{
	for (;;) {
		mmio_writeb(GPA, SHUTDOWN);
		mmio_writeb(OTHER_GPA, SHUTDOWN);
	}
}

TEST_F(guest_panic_mmio, moved_register_answers_at_the_new_place_alone)
{
	struct kvm_vcpu *vcpu = self->vcpu;

	vcpu_arch_set_entry_point(vcpu, guest_writes_at_both);
	run_and_verify_mmio_event(vcpu, 1, SHUTDOWN);
	run_and_verify_write(vcpu, OTHER_GPA, 1, SHUTDOWN);
	guest_panic_set(self->dev, MMIO, OTHER_GPA, ALL);
	run_and_verify_write(vcpu, GPA, 1, SHUTDOWN);
	run_and_verify_mmio_event(vcpu, 2, SHUTDOWN);
	guest_panic_set(self->dev, MMIO, OTHER_GPA, 0);
	run_and_verify_write(vcpu, GPA, 1, SHUTDOWN);
	run_and_verify_write(vcpu, OTHER_GPA, 1, SHUTDOWN);
	guest_panic_set(self->dev, MMIO, GPA, ALL);
	run_and_verify_mmio_event(vcpu, 3, SHUTDOWN);
}

static void guest_writes_at_the_port_too(void)
{
	mmio_writeb(GPA, SHUTDOWN);
	port_outb(PVPANIC_PORT, CRASH_LOADED);
	GUEST_DONE();
}

TEST_F(guest_panic_mmio, both_pvpanics_may_be_enabled)
{
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, CRASH_LOADED);
	vcpu_arch_set_entry_point(self->vcpu, guest_writes_at_the_port_too);
	run_and_verify_mmio_event(self->vcpu, 1, SHUTDOWN);
	run_and_verify_isa_event(self->vcpu, 2, CRASH_LOADED);
	run_and_verify_done(self->vcpu);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();

	return test_harness_run(argc, argv);
}
