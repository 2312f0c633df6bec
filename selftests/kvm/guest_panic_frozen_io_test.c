// SPDX-License-Identifier: GPL-2.0-only
/*
 * Freeze in the middle of a string instruction whose every element userspace
 * handles: no KVM_RUN while frozen returns one, and after RESUME the rest
 * comes, without a gap or a repeat.  But what reads MMIO is completed first,
 * as KVM keeps the element in kvm_run until then.
 */
#include "guest_panic_latch.h"

#define SIZE		300
#define MMIO_GPA	(4ULL << 30)

static u8 buffer[SIZE];

static void guest_panics(void)
{
	port_outb(PVPANIC_PORT, PANICKED);
}

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

static void guest_reads_mmio(void)
{
	u8 *from = (u8 *)MMIO_GPA, *to = buffer;
	u64 count = SIZE;

	asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count)
		     : : "memory");
	GUEST_ASSERT_EQ(count, 0);
	GUEST_DONE();
}

static void guest_writes_mmio(void)
{
	u8 *from = buffer, *to = (u8 *)MMIO_GPA;
	u64 count = SIZE;

	asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count)
		     : : "memory");
	GUEST_ASSERT_EQ(count, 0);
	GUEST_DONE();
}

/* What userspace has seen so far, or given. */
struct stream {
	u8 bytes[2 * SIZE];
	int count;
};

static u8 pattern(int i)
{
	return i * 7 + 3;
}

static void transfer(struct stream *stream, void *data, int size, bool in)
{
	u8 *bytes = data;
	int i;

	TEST_ASSERT(stream->count + size <= sizeof(stream->bytes),
		    "Wanted at most %d bytes", SIZE);
	for (i = 0; i < size; i++) {
		if (in)
			bytes[i] = pattern(stream->count);
		stream->bytes[stream->count++] = bytes[i];
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

FIXTURE(guest_panic_frozen_io) {
	struct kvm_vcpu *reporter;
	struct kvm_vcpu *vcpu;
	u8 *buffer;
	int dev;
};

FIXTURE_VARIANT(guest_panic_frozen_io) {
	void *guest_code;
	/* What reads a byte at a time can be stopped at any of them. */
	int exits;
	bool is_completed_first;
};

FIXTURE_VARIANT_ADD(guest_panic_frozen_io, rep_outsb) {
	.guest_code = guest_outs, .exits = 123,
};

FIXTURE_VARIANT_ADD(guest_panic_frozen_io, rep_insb) {
	.guest_code = guest_ins, .exits = 1,
};

FIXTURE_VARIANT_ADD(guest_panic_frozen_io, rep_movsb_from_mmio) {
	.guest_code = guest_reads_mmio, .exits = 123,
	.is_completed_first = true,
};

FIXTURE_VARIANT_ADD(guest_panic_frozen_io, rep_movsb_to_mmio) {
	.guest_code = guest_writes_mmio, .exits = 123,
};

FIXTURE_SETUP(guest_panic_frozen_io)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(&self->reporter,
						    guest_panics);
	int i;

	self->vcpu = vm_vcpu_add(vm, 1, variant->guest_code);
	virt_map(vm, MMIO_GPA, MMIO_GPA, 1);
	self->buffer = addr_gva2hva(vm, (u64)buffer);
	for (i = 0; i < SIZE; i++)
		self->buffer[i] = pattern(i);
	self->dev = guest_panic_create(vm);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED);
	guest_panic_set_freeze(self->dev, 1);
}

FIXTURE_TEARDOWN(guest_panic_frozen_io)
{
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

static void run_into_the_middle(struct kvm_vcpu *vcpu, int exits,
				struct stream *stream)
{
	while (exits--) {
		vcpu_run(vcpu);
		TEST_ASSERT(handle_exit(vcpu->run, stream),
			    "Got exit %u (%s)", vcpu->run->exit_reason,
			    exit_reason_str(vcpu->run->exit_reason));
	}
}

static void run_frozen(struct kvm_vcpu *vcpu, bool is_completed_first,
		       struct stream *stream)
{
	do {
		vcpu_run(vcpu);
	} while (is_completed_first && handle_exit(vcpu->run, stream));
}

TEST_F(guest_panic_frozen_io, every_run_returns_the_event)
{
	struct stream stream = { };
	int i;

	run_into_the_middle(self->vcpu, variant->exits, &stream);
	run_and_verify_isa_event(self->reporter, 1, PANICKED);
	for (i = 0; i < 3; i++) {
		run_frozen(self->vcpu, variant->is_completed_first, &stream);
		verify_isa_event_of(self->vcpu, self->reporter, 1, PANICKED);
	}
}

TEST_F(guest_panic_frozen_io, rest_comes_after_resume)
{
	struct kvm_vcpu *vcpu = self->vcpu;
	struct stream stream = { };
	int i;

	run_into_the_middle(vcpu, variant->exits, &stream);
	run_and_verify_isa_event(self->reporter, 1, PANICKED);
	run_frozen(vcpu, variant->is_completed_first, &stream);
	run_frozen(vcpu, variant->is_completed_first, &stream);
	guest_panic_resume(self->dev);

	do {
		vcpu_run(vcpu);
	} while (handle_exit(vcpu->run, &stream));
	TEST_ASSERT_EQ(get_ucall(vcpu, NULL), UCALL_DONE);
	TEST_ASSERT_EQ(stream.count, SIZE);
	for (i = 0; i < SIZE; i++) {
		TEST_ASSERT_EQ(stream.bytes[i], pattern(i));
		TEST_ASSERT_EQ(self->buffer[i], pattern(i));
	}
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();

	return test_harness_run(argc, argv);
}
