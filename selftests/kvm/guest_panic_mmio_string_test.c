// SPDX-License-Identifier: GPL-2.0-only
/*
 * String instructions at the register of the MMIO model: all writes of one
 * instruction are one event whose code is their OR.
 *
 * An address moves with a string: it begins before the register, or ends
 * behind it, and userspace gets the other bytes.
 */
#include "guest_panic_latch.h"

#define GPA	((4ULL << 30) + 0x800)

static u8 buffer[16];

FIXTURE(guest_panic_mmio_string) {
	struct kvm_vcpu *vcpu;
	u8 *buffer;
	int dev;
};

FIXTURE_SETUP(guest_panic_mmio_string)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(&self->vcpu, NULL);

	virt_map(vm, GPA & PAGE_MASK, GPA & PAGE_MASK, 1);
	self->buffer = addr_gva2hva(vm, (u64)buffer);
	self->dev = guest_panic_create(vm);
	guest_panic_set(self->dev, MMIO, GPA, PANICKED | SHUTDOWN);
}

FIXTURE_TEARDOWN(guest_panic_mmio_string)
{
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

static void run_and_verify_mmio_event(struct kvm_vcpu *vcpu, u64 code)
{
	struct ucall uc;

	run_to_exit(vcpu, &uc);
	verify_crash(vcpu, KVM_GUEST_PANIC_NDATA_PVPANIC);
	verify_event(vcpu, MMIO, vcpu->id, 1, code);
}

static void run_and_verify_write(struct kvm_vcpu *vcpu, u64 gpa, u8 value)
{
	vcpu_run(vcpu);
	TEST_ASSERT_KVM_EXIT_REASON(vcpu, KVM_EXIT_MMIO);
	TEST_ASSERT_EQ(vcpu->run->mmio.phys_addr, gpa);
	TEST_ASSERT_EQ(vcpu->run->mmio.len, 1);
	TEST_ASSERT(vcpu->run->mmio.is_write, "Wanted a write");
	TEST_ASSERT_EQ(vcpu->run->mmio.data[0], value);
}

static void guest_copies_over_it(void)
{
	u8 *from = buffer, *to = (u8 *)GPA - 1;
	u64 count = 3;

	asm volatile("rep movsb" : "+S"(from), "+D"(to), "+c"(count)
		     : : "memory");
	GUEST_ASSERT_EQ(count, 0);
	GUEST_ASSERT(to == (u8 *)GPA + 2);
	GUEST_DONE();
}

/* Reported in its middle, delivered when it is complete. */
TEST_F(guest_panic_mmio_string, rep_movsb_over_it_is_one_event_at_its_end)
{
	memcpy(self->buffer, "\1\5\3", 3);
	vcpu_arch_set_entry_point(self->vcpu, guest_copies_over_it);
	run_and_verify_write(self->vcpu, GPA - 1, 1);
	run_and_verify_write(self->vcpu, GPA + 1, 3);
	verify_nothing_latched(self->dev);
	run_and_verify_mmio_event(self->vcpu, PANICKED | SHUTDOWN);
	guest_panic_resume(self->dev);
	run_and_verify_done(self->vcpu);
}

static void guest_fills_over_it(void)
{
	u8 *to = (u8 *)GPA - 1;
	u64 count = 3;

	asm volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(SHUTDOWN)
		     : "memory");
	GUEST_ASSERT_EQ(count, 0);
	GUEST_DONE();
}

TEST_F(guest_panic_mmio_string, rep_stosb_over_it_is_one_event_at_its_end)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_fills_over_it);
	run_and_verify_write(self->vcpu, GPA - 1, SHUTDOWN);
	run_and_verify_write(self->vcpu, GPA + 1, SHUTDOWN);
	run_and_verify_mmio_event(self->vcpu, SHUTDOWN);
	run_and_verify_done(self->vcpu);
}

static void guest_copies_one(void)
{
	u8 *from = buffer, *to = (u8 *)GPA;
	u64 count = 1;

	asm volatile("rep movsb" : "+S"(from), "+D"(to), "+c"(count)
		     : : "memory");
	GUEST_DONE();
}

TEST_F(guest_panic_mmio_string, rep_movsb_of_one_byte_is_an_event)
{
	self->buffer[0] = PANICKED;
	vcpu_arch_set_entry_point(self->vcpu, guest_copies_one);
	run_and_verify_mmio_event(self->vcpu, PANICKED);
	guest_panic_resume(self->dev);
	run_and_verify_done(self->vcpu);
}

static void guest_copies_from_it(void)
{
	u8 *from = (u8 *)GPA, *to = buffer;

	asm volatile("movsb" : "+S"(from), "+D"(to) : : "memory");
	GUEST_SYNC(buffer[0]);
}

TEST_F(guest_panic_mmio_string, movsb_from_it_reads_the_mask)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_copies_from_it);
	run_and_verify_sync(self->vcpu, PANICKED | SHUTDOWN);
}

static void guest_writes_the_port_with_what_it_reads(void)
{
	u8 *from = (u8 *)GPA;

	asm volatile("outsb" : "+S"(from) : "d"(PVPANIC_PORT) : "memory");
	GUEST_DONE();
}

TEST_F(guest_panic_mmio_string, outsb_from_it_writes_the_mask_to_the_port)
{
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED | SHUTDOWN);
	vcpu_arch_set_entry_point(self->vcpu,
				  guest_writes_the_port_with_what_it_reads);
	run_and_verify_isa_event(self->vcpu, 1, PANICKED | SHUTDOWN);
}

/* Wider ones are not for the register, whatever they reach over. */
static void guest_copies_words(void)
{
	u8 *from = buffer, *to = (u8 *)GPA;
	u64 count = 2;

	asm volatile("rep movsw" : "+S"(from), "+D"(to), "+c"(count)
		     : : "memory");
	GUEST_DONE();
}

TEST_F(guest_panic_mmio_string, rep_movsw_goes_to_userspace)
{
	int i;

	memset(self->buffer, PANICKED, sizeof(buffer));
	vcpu_arch_set_entry_point(self->vcpu, guest_copies_words);
	for (i = 0; i < 2; i++) {
		vcpu_run(self->vcpu);
		TEST_ASSERT_KVM_EXIT_REASON(self->vcpu, KVM_EXIT_MMIO);
		TEST_ASSERT_EQ(self->vcpu->run->mmio.phys_addr, GPA + 2 * i);
		TEST_ASSERT_EQ(self->vcpu->run->mmio.len, 2);
	}
	run_and_verify_done(self->vcpu);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();

	return test_harness_run(argc, argv);
}
