// SPDX-License-Identifier: GPL-2.0-only
/*
 * String reads of the pvpanic port, and string accesses that it does not
 * answer: those give the exits that they give when the model is disabled.
 */
#include "guest_panic.h"

#define BUFFER_SIZE	12288
#define MAX_EXITS	512

static u8 guest_buffer[BUFFER_SIZE];

static void guest_insb(u8 *buffer, u64 count)
{
	u8 *end = buffer + count;

	asm volatile("rep insb" : "+D"(buffer), "+c"(count)
		     : "d"(PVPANIC_PORT) : "memory");
	GUEST_ASSERT_EQ(count, 0);
	GUEST_ASSERT_EQ(buffer, end);
	GUEST_DONE();
}

#define GUEST_STRING_IO(insn, port, pointer)				\
static void guest_##insn##_##port(void *buffer, u64 count)		\
{									\
	asm volatile("rep " #insn : pointer(buffer), "+c"(count)	\
		     : "d"(port) : "memory");				\
	GUEST_DONE();							\
}

#define BELOW_PORT	(PVPANIC_PORT - 1)

GUEST_STRING_IO(outsw, PVPANIC_PORT, "+S")
GUEST_STRING_IO(outsl, PVPANIC_PORT, "+S")
GUEST_STRING_IO(insw, PVPANIC_PORT, "+D")
GUEST_STRING_IO(insl, PVPANIC_PORT, "+D")
GUEST_STRING_IO(outsb, BELOW_PORT, "+S")
GUEST_STRING_IO(outsw, BELOW_PORT, "+S")
GUEST_STRING_IO(insb, BELOW_PORT, "+D")

FIXTURE(guest_panic_absent) {
	struct kvm_vcpu *vcpu;
	u8 *buffer;
	u64 gva;
	int dev;
};

FIXTURE_SETUP(guest_panic_absent)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(&self->vcpu, NULL);

	self->dev = guest_panic_create(vm);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED | CRASH_LOADED);
	self->gva = (u64)guest_buffer;
	self->buffer = addr_gva2hva(vm, self->gva);
}

FIXTURE_TEARDOWN(guest_panic_absent)
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

TEST_F(guest_panic_absent, rep_insb_reads_the_mask_without_an_exit)
{
	const u64 counts[] = { 0, 1, 5, 1024, 1025, 4097, BUFFER_SIZE };
	int i, j;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		memset(self->buffer, 0x5a, BUFFER_SIZE);
		start(self->vcpu, guest_insb, self->gva, counts[i]);
		run_and_verify_done(self->vcpu);
		for (j = 0; j < counts[i]; j++)
			TEST_ASSERT_EQ(self->buffer[j],
				       PANICKED | CRASH_LOADED);
	}
}

struct io_exit {
	u8 direction;
	u8 size;
	u16 port;
	u32 count;
	u8 data[8];
};

/* Userspace sees the first bytes of a write, and answers a read with them. */
static void take_io_exit(struct kvm_run *run, struct io_exit *exit)
{
	void *data = (void *)run + run->io.data_offset;

	*exit = (struct io_exit) {
		.direction = run->io.direction,
		.size = run->io.size,
		.port = run->io.port,
		.count = run->io.count,
	};
	if (exit->direction == KVM_EXIT_IO_IN)
		memset(data, 0x77, exit->size * exit->count);
	memcpy(exit->data, data, exit->size);
}

static int run_and_log(struct kvm_vcpu *vcpu, struct io_exit *log)
{
	struct ucall uc;
	int n = 0;

	memset(log, 0, MAX_EXITS * sizeof(*log));
	while (run_to_exit(vcpu, &uc) != UCALL_DONE) {
		TEST_ASSERT_KVM_EXIT_REASON(vcpu, KVM_EXIT_IO);
		TEST_ASSERT(n < MAX_EXITS, "Wanted at most %d exits",
			    MAX_EXITS);
		take_io_exit(vcpu->run, &log[n++]);
	}
	return n;
}

static int start_and_log(struct kvm_vcpu *vcpu, void *guest_code,
			 u64 buffer, struct io_exit *log)
{
	start(vcpu, guest_code, buffer, 100);
	return run_and_log(vcpu, log);
}

static void verify_as_absent(struct kvm_vcpu *vcpu, int dev, void *guest_code,
			     u64 buffer)
{
	static struct io_exit with[MAX_EXITS], without[MAX_EXITS];
	int n;

	memset(addr_gva2hva(vcpu->vm, buffer), PANICKED, BUFFER_SIZE);
	n = start_and_log(vcpu, guest_code, buffer, with);

	guest_panic_set(dev, ISA, PVPANIC_PORT, 0);
	TEST_ASSERT_EQ(start_and_log(vcpu, guest_code, buffer, without), n);
	TEST_ASSERT(n && !memcmp(with, without, sizeof(with)),
		    "Wanted the %d exits of a disabled model", n);
}

TEST_F(guest_panic_absent, rep_outsw_goes_to_userspace)
{
	verify_as_absent(self->vcpu, self->dev, guest_outsw_PVPANIC_PORT,
			 self->gva);
}

TEST_F(guest_panic_absent, rep_outsl_goes_to_userspace)
{
	verify_as_absent(self->vcpu, self->dev, guest_outsl_PVPANIC_PORT,
			 self->gva);
}

TEST_F(guest_panic_absent, rep_insw_goes_to_userspace)
{
	verify_as_absent(self->vcpu, self->dev, guest_insw_PVPANIC_PORT,
			 self->gva);
}

TEST_F(guest_panic_absent, rep_insl_goes_to_userspace)
{
	verify_as_absent(self->vcpu, self->dev, guest_insl_PVPANIC_PORT,
			 self->gva);
}

TEST_F(guest_panic_absent, rep_outsb_below_goes_to_userspace)
{
	verify_as_absent(self->vcpu, self->dev, guest_outsb_BELOW_PORT,
			 self->gva);
}

TEST_F(guest_panic_absent, rep_outsw_below_goes_to_userspace)
{
	verify_as_absent(self->vcpu, self->dev, guest_outsw_BELOW_PORT,
			 self->gva);
}

TEST_F(guest_panic_absent, rep_insb_below_goes_to_userspace)
{
	verify_as_absent(self->vcpu, self->dev, guest_insb_BELOW_PORT,
			 self->gva);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();

	return test_harness_run(argc, argv);
}
