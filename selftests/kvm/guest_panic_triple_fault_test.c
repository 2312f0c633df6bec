// SPDX-License-Identifier: GPL-2.0-only
/*
 * The FAULT model: a vCPU that dies by a triple fault, as one does whose guest
 * has run over its own IDT, is an event as any other.  Without the model it is
 * KVM_EXIT_SHUTDOWN, as ever.
 */
#include "guest_panic_thread.h"

#define NR_VCPUS	4

static u64 counters[NR_VCPUS];

static void guest_dies(void)
{
	const struct desc_ptr no_idt = { };

	asm volatile("lidt %0; ud2" : : "m"(no_idt));
}

static void guest_counts(u64 i)
{
	for (;;)
		WRITE_ONCE(counters[i], counters[i] + 1);
}

static void guest_is_done(void)
{
	GUEST_DONE();
}

FIXTURE(fault) {
	struct kvm_vcpu *vcpu;
	struct kvm_vcpu *other;
	int dev;
};

FIXTURE_VARIANT(fault) {
	bool freeze;
};

FIXTURE_VARIANT_ADD(fault, freeze_off) {
	.freeze = false,
};

FIXTURE_VARIANT_ADD(fault, freeze_on) {
	.freeze = true,
};

FIXTURE_SETUP(fault)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(&self->vcpu, guest_dies);

	self->other = vm_vcpu_add(vm, 5, guest_dies);
	self->dev = guest_panic_create(vm);
	guest_panic_set(self->dev, FAULT, 0, TRIPLE_FAULT);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED | SHUTDOWN);
	guest_panic_set_freeze(self->dev, variant->freeze);
}

FIXTURE_TEARDOWN(fault)
{
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

static void run_and_verify_shutdown(struct kvm_vcpu *vcpu)
{
	vcpu_run(vcpu);
	TEST_ASSERT_KVM_EXIT_REASON(vcpu, KVM_EXIT_SHUTDOWN);
}

TEST_F(fault, triple_fault_is_an_event)
{
	run_and_verify_event(self->vcpu, FAULT, 1, TRIPLE_FAULT);
	verify_latched(self->dev, delivered(an_event(FAULT, 0, 1,
						     TRIPLE_FAULT)));
	verify_stats(self->vcpu->vm, 1, 0);
	guest_panic_resume(self->dev, 1);
	verify_nothing_latched(self->dev);
}

TEST_F(fault, without_the_model_it_is_shutdown)
{
	guest_panic_set(self->dev, FAULT, 0, 0);
	run_and_verify_shutdown(self->vcpu);
	verify_nothing_latched(self->dev);
	verify_stats(self->vcpu->vm, 0, 0);
}

TEST_F(fault, model_may_be_enabled_again)
{
	guest_panic_set(self->dev, FAULT, 0, 0);
	run_and_verify_shutdown(self->vcpu);
	guest_panic_set(self->dev, FAULT, 0, TRIPLE_FAULT);
	run_and_verify_event(self->other, FAULT, 1, TRIPLE_FAULT);
}

/* As a machine check in a dying guest, or KVM itself, makes one. */
TEST_F(fault, injected_triple_fault_is_an_event)
{
	struct kvm_vcpu_events events;

	if (!kvm_has_cap(KVM_CAP_X86_TRIPLE_FAULT_EVENT))
		SKIP(return, "no KVM_CAP_X86_TRIPLE_FAULT_EVENT");
	vm_enable_cap(self->vcpu->vm, KVM_CAP_X86_TRIPLE_FAULT_EVENT, 1);
	vcpu_arch_set_entry_point(self->vcpu, guest_is_done);
	vcpu_events_get(self->vcpu, &events);
	events.flags |= KVM_VCPUEVENT_VALID_TRIPLE_FAULT;
	events.triple_fault.pending = true;
	vcpu_events_set(self->vcpu, &events);
	run_and_verify_event(self->vcpu, FAULT, 1, TRIPLE_FAULT);
	guest_panic_resume(self->dev, 1);
	run_and_verify_done(self->vcpu);
}

/* What a CPU has after a triple fault is undefined: userspace has to give it. */
TEST_F(fault, vcpu_goes_on_with_registers_that_userspace_sets)
{
	struct kvm_sregs sregs;
	struct kvm_regs regs;

	vcpu_sregs_get(self->vcpu, &sregs);
	vcpu_regs_get(self->vcpu, &regs);
	run_and_verify_event(self->vcpu, FAULT, 1, TRIPLE_FAULT);
	vcpu_sregs_set(self->vcpu, &sregs);
	vcpu_regs_set(self->vcpu, &regs);
	vcpu_arch_set_entry_point(self->vcpu, guest_is_done);
	guest_panic_resume(self->dev, 1);
	run_and_verify_done(self->vcpu);
}

static void guest_panics_and_dies(void)
{
	port_outb(PVPANIC_PORT, PANICKED);
	guest_dies();
}

TEST_F(fault, death_after_a_panic_is_an_event_of_its_own)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_panics_and_dies);
	run_and_verify_event(self->vcpu, ISA, 1, PANICKED);
	guest_panic_resume(self->dev, 1);
	run_and_verify_event(self->vcpu, FAULT, 2, TRIPLE_FAULT);
}

static void guest_notifies_and_dies(void)
{
	port_outb(PVPANIC_PORT, SHUTDOWN);
	guest_dies();
}

TEST_F(fault, death_after_a_notice_is_an_event_of_its_own)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_notifies_and_dies);
	run_and_verify_event(self->vcpu, ISA, 1, SHUTDOWN);
	run_and_verify_event(self->vcpu, FAULT, 2, TRIPLE_FAULT);
}

/* There is nobody to tell twice, and nothing that the vCPU could go on with. */
TEST(death_with_an_unacknowledged_event_is_shutdown)
{
	struct kvm_vcpu *vcpu;
	int dev = guest_panic_create(vm_create_with_one_vcpu(&vcpu,
							guest_panics_and_dies));

	guest_panic_set(dev, FAULT, 0, TRIPLE_FAULT);
	guest_panic_set(dev, ISA, PVPANIC_PORT, PANICKED);
	run_and_verify_event(vcpu, ISA, 1, PANICKED);
	run_and_verify_shutdown(vcpu);
	verify_latched(dev, delivered(an_event(ISA, 0, 1, PANICKED)));
	guest_panic_resume(dev, 1);
	verify_nothing_latched(dev);
	close(dev);
	kvm_vm_free(vcpu->vm);
}

TEST(second_death_waits_for_the_first_to_be_acknowledged)
{
	struct kvm_vcpu *vcpu, *other;
	struct kvm_vm *vm = vm_create_with_one_vcpu(&vcpu, guest_dies);
	int dev = guest_panic_create(vm);
	struct runner runner;

	other = vm_vcpu_add(vm, 5, guest_dies);
	guest_panic_set(dev, FAULT, 0, TRIPLE_FAULT);
	run_and_verify_event(vcpu, FAULT, 1, TRIPLE_FAULT);
	start_run(&runner, other);
	verify_waiting(&runner);
	verify_outstanding(dev, an_event(FAULT, 5, 2, TRIPLE_FAULT));
	guest_panic_resume(dev, 1);
	finish_run(&runner);
	verify_exit(other, an_event(FAULT, 5, 2, TRIPLE_FAULT));
	close(dev);
	kvm_vm_free(vm);
}

static u64 total(u64 *values)
{
	u64 sum = 0;
	int i;

	for (i = 0; i < NR_VCPUS; i++)
		sum += READ_ONCE(values[i]);
	return sum;
}

TEST(death_of_one_of_four_freezes_the_others)
{
	struct kvm_vcpu *vcpus[NR_VCPUS];
	struct runner runners[NR_VCPUS];
	struct kvm_vm *vm = vm_create_with_vcpus(NR_VCPUS, guest_counts, vcpus);
	u64 at_exit, *values = addr_gva2hva(vm, (u64)counters);
	int dev = guest_panic_create(vm), i;

	guest_panic_set(dev, FAULT, 0, TRIPLE_FAULT);
	guest_panic_set_freeze(dev, 1);
	vcpu_arch_set_entry_point(vcpus[0], guest_dies);
	for (i = 1; i < NR_VCPUS; i++) {
		vcpu_args_set(vcpus[i], 1, i);
		start_run(&runners[i], vcpus[i]);
		wait_until_moved(&values[i]);
	}
	run_and_verify_event(vcpus[0], FAULT, 1, TRIPLE_FAULT);
	at_exit = total(values);
	for (i = 1; i < NR_VCPUS; i++)
		verify_waiting(&runners[i]);
	TEST_ASSERT_EQ(total(values), at_exit);

	guest_panic_resume(dev, 1);
	for (i = 1; i < NR_VCPUS; i++) {
		wait_until_moved(&values[i]);
		interrupt_run(&runners[i]);
	}
	close(dev);
	kvm_vm_free(vm);
}

/*
 * A vCPU that dies with paging off, in protected mode.  On AMD it is in real
 * mode afterwards, where code begins at the same address.  It goes on there as
 * soon as userspace sets RIP.
 */
#define RESET_GPA	0xffff0000
#define GO_ON		0x200
#define DONE_PORT	0x700

/* Code that is the same in both modes: ud2, and at GO_ON: out %al, %dx */
static void put_code(u8 *page)
{
	memset(page, 0, PAGE_SIZE);
	memcpy(page, "\x0f\x0b", 2);
	page[GO_ON] = 0xee;
}

static struct kvm_segment flat(struct kvm_segment segment, u64 base, u8 type)
{
	segment.base = base;
	segment.limit = UINT32_MAX;
	segment.type = type;
	segment.db = 1;
	segment.g = 1;
	return segment;
}

/* Accessed code and data segments; and an IDT in which nothing fits. */
static void set_unpaged_protected_mode(struct kvm_vcpu *vcpu)
{
	struct kvm_sregs sregs;

	vcpu_sregs_get(vcpu, &sregs);
	sregs.cr0 |= X86_CR0_PE;
	sregs.cs = flat(sregs.cs, RESET_GPA, 0xb);
	sregs.ds = flat(sregs.ds, 0, 0x3);
	sregs.es = sregs.ds;
	sregs.fs = sregs.ds;
	sregs.gs = sregs.ds;
	sregs.ss = sregs.ds;
	sregs.idt.limit = 0;
	vcpu_sregs_set(vcpu, &sregs);
}

static struct kvm_vcpu *create_without_paging(void)
{
	struct kvm_regs regs = { .rip = 0, .rflags = 2 };
	struct kvm_vm *vm = vm_create_barebones();
	struct kvm_vcpu *vcpu;

	vm_userspace_mem_region_add(vm, VM_MEM_SRC_ANONYMOUS, RESET_GPA, 0, 1,
				    0);
	put_code(addr_gpa2hva(vm, RESET_GPA));
	vcpu = __vm_vcpu_add(vm, 0);
	set_unpaged_protected_mode(vcpu);
	vcpu_regs_set(vcpu, &regs);
	return vcpu;
}

static void verify_goes_on(struct kvm_vcpu *vcpu)
{
	struct kvm_regs regs = { .rip = GO_ON, .rdx = DONE_PORT, .rflags = 2 };

	vcpu_regs_set(vcpu, &regs);
	vcpu_run(vcpu);
	verify_io(vcpu, KVM_EXIT_IO_OUT, DONE_PORT, 1, 1);
}

TEST(vcpu_that_shut_down_with_paging_off_goes_on)
{
	struct kvm_vcpu *vcpu = create_without_paging();

	run_and_verify_shutdown(vcpu);
	verify_goes_on(vcpu);
	kvm_vm_free(vcpu->vm);
}

TEST(vcpu_that_died_with_paging_off_goes_on)
{
	struct kvm_vcpu *vcpu = create_without_paging();
	int dev = guest_panic_create(vcpu->vm);

	guest_panic_set(dev, FAULT, 0, TRIPLE_FAULT);
	vcpu_run(vcpu);
	verify_exit(vcpu, an_event(FAULT, 0, 1, TRIPLE_FAULT));
	guest_panic_resume(dev, 1);
	verify_goes_on(vcpu);
	close(dev);
	kvm_vm_free(vcpu->vm);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();

	return test_harness_run(argc, argv);
}
