// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VM's binary statistics guest_panic_events and guest_panic_ignored: they
 * count each event, and each write to an enabled model that was none.
 */
#include "guest_panic_latch.h"
#include "guest_panic_stat.h"

#define GPA	(4ULL << 30)

static const u64 params[NR_PARAMS];

FIXTURE(guest_panic_stats) {
	struct kvm_vcpu *vcpu;
	int dev;
};

FIXTURE_SETUP(guest_panic_stats)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(&self->vcpu, NULL);

	vcpu_set_hv_cpuid(self->vcpu);
	virt_map(vm, GPA, GPA, 1);
	self->dev = guest_panic_create(vm);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED | SHUTDOWN);
	guest_panic_set(self->dev, MMIO, GPA, SHUTDOWN);
	guest_panic_set(self->dev, HYPERV, 0, NOTIFY);
}

FIXTURE_TEARDOWN(guest_panic_stats)
{
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

static void verify_stats(struct kvm_vm *vm, u64 events, u64 ignored)
{
	TEST_ASSERT_EQ(read_vm_stat(vm, "guest_panic_events"), events);
	TEST_ASSERT_EQ(read_vm_stat(vm, "guest_panic_ignored"), ignored);
}

/* As userspace learns what the number means. */
static void verify_desc(struct kvm_vm *vm, const char *name)
{
	struct kvm_stats_header header;
	struct kvm_stats_desc *descs, *desc;
	int fd = vm_get_stats_fd(vm);

	read_stats_header(fd, &header);
	descs = read_stats_descriptors(fd, &header);
	desc = find_stat(&header, descs, name);
	TEST_ASSERT_EQ(desc->flags, KVM_STATS_TYPE_CUMULATIVE |
		       KVM_STATS_UNIT_NONE | KVM_STATS_BASE_POW10);
	TEST_ASSERT_EQ(desc->exponent, 0);
	TEST_ASSERT_EQ(desc->size, 1);
	free(descs);
	close(fd);
}

TEST_F(guest_panic_stats, both_are_cumulative_counts)
{
	verify_desc(self->vcpu->vm, "guest_panic_events");
	verify_desc(self->vcpu->vm, "guest_panic_ignored");
}

TEST_F(guest_panic_stats, both_are_0_at_first)
{
	verify_stats(self->vcpu->vm, 0, 0);
}

static void guest_reports(void)
{
	port_outb(PVPANIC_PORT, PANICKED);
	port_outb(PVPANIC_PORT, SHUTDOWN);
	WRITE_ONCE(*(u8 *)GPA, SHUTDOWN);
	guest_crash(params, CTL_NOTIFY);
	GUEST_DONE();
}

TEST_F(guest_panic_stats, each_event_of_each_model_counts)
{
	struct kvm_vcpu *vcpu = self->vcpu;
	struct ucall uc;
	u64 events;

	vcpu_arch_set_entry_point(vcpu, guest_reports);
	for (events = 1; events <= 4; events++) {
		run_to_exit(vcpu, &uc);
		TEST_ASSERT_KVM_EXIT_REASON(vcpu, KVM_EXIT_SYSTEM_EVENT);
		verify_stats(vcpu->vm, events, 0);
		guest_panic_resume(self->dev);
	}
	run_and_verify_done(vcpu);
	verify_stats(vcpu->vm, 4, 0);
}

static void guest_reports_nothing(void)
{
	port_outb(PVPANIC_PORT, 0);
	GUEST_SYNC(1);
	port_outb(PVPANIC_PORT, CRASH_LOADED);
	GUEST_SYNC(2);
	WRITE_ONCE(*(u8 *)GPA, PANICKED);
	GUEST_SYNC(3);
	guest_crash(params, CTL_NOTIFY_MSG);
	GUEST_SYNC(4);
}

TEST_F(guest_panic_stats, each_write_that_is_no_event_counts_as_ignored)
{
	u64 ignored;

	vcpu_arch_set_entry_point(self->vcpu, guest_reports_nothing);
	for (ignored = 1; ignored <= 4; ignored++) {
		run_and_verify_sync(self->vcpu, ignored);
		verify_stats(self->vcpu->vm, 0, ignored);
	}
}

/* None of these is a write of 1 byte to an enabled model. */
static void guest_accesses_others(void)
{
	port_outb(OTHER_PORT, PANICKED);
	port_outw(PVPANIC_PORT, 0);
	port_inb(PVPANIC_PORT);
	GUEST_DONE();
}

TEST_F(guest_panic_stats, other_accesses_do_not_count)
{
	vcpu_arch_set_entry_point(self->vcpu, guest_accesses_others);
	run_and_verify_out(self->vcpu, OTHER_PORT, 1, PANICKED);
	run_and_verify_out(self->vcpu, PVPANIC_PORT, 2, 0);
	run_and_verify_done(self->vcpu);
	verify_stats(self->vcpu->vm, 0, 0);
}

TEST_F(guest_panic_stats, disabled_models_do_not_count)
{
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, 0);
	vcpu_arch_set_entry_point(self->vcpu, guest_reports_nothing);
	run_and_verify_out(self->vcpu, PVPANIC_PORT, 1, 0);
	run_and_verify_sync(self->vcpu, 1);
	verify_stats(self->vcpu->vm, 0, 0);
}

TEST_F(guest_panic_stats, latched_event_that_is_returned_again_counts_once)
{
	guest_panic_set_freeze(self->dev, 1);
	vcpu_arch_set_entry_point(self->vcpu, guest_reports);
	run_and_verify_isa_event(self->vcpu, 1, PANICKED);
	run_and_verify_isa_event(self->vcpu, 1, PANICKED);
	verify_stats(self->vcpu->vm, 1, 0);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_BINARY_STATS_FD));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV_CPUID));

	return test_harness_run(argc, argv);
}
