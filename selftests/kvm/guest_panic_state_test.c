// SPDX-License-Identifier: GPL-2.0-only
/*
 * Moving to another host: the events that are outstanding in one VM, read and
 * set in another one, give the same exits there, the numbers go on, and the
 * source loses nothing by it.  What the device could not have produced is
 * refused.
 */
#include "guest_panic_thread.h"

/* The order of the reports, and the vCPUs that make them. */
enum { LATCHED_FIRST, CRASHED, LATER, NOTICE, IDLE, NR_VCPUS };

static const u32 ids[NR_VCPUS] = { 6, 3, 0, 9, 12 };

#define NR_REPORTS	4
#define SEQ_MAX		((u64)INT64_MAX)

static const u64 params[NR_PARAMS] = {
	0x0123456789abcdef, 42, 0xffffffff81000000, 44, ~0ULL,
};

static void guest_panics(void)
{
	for (;;)
		port_outb_and_mark(PVPANIC_PORT, PANICKED);
}

static void guest_panics_with_more(void)
{
	for (;;)
		port_outb_and_mark(PVPANIC_PORT, PANICKED | SHUTDOWN);
}

static void guest_notifies(void)
{
	for (;;)
		port_outb_and_mark(PVPANIC_PORT, SHUTDOWN);
}

static void guest_crashes(void)
{
	int i;

	for (i = 0; i < NR_PARAMS; i++)
		wrmsr(HV_X64_MSR_CRASH_P0 + i, params[i]);
	for (;;)
		wrmsr_and_mark(HV_X64_MSR_CRASH_CTL, CTL_NOTIFY);
}

static u64 counter;

static void guest_counts(void)
{
	for (;;)
		WRITE_ONCE(counter, counter + 1);
}

static void *const guests[NR_VCPUS] = {
	guest_panics, guest_crashes, guest_panics_with_more, guest_notifies,
	guest_counts,
};

struct machine {
	struct kvm_vm *vm;
	struct kvm_vcpu *vcpus[NR_VCPUS];
	u64 *counter;
	int dev;
};

static struct machine create_machine(bool freeze)
{
	struct machine m = { .vm = vm_create(NR_VCPUS) };
	int i;

	for (i = 0; i < NR_VCPUS; i++) {
		m.vcpus[i] = vm_vcpu_add(m.vm, ids[i], guests[i]);
		vcpu_set_hv_cpuid(m.vcpus[i]);
	}
	m.counter = addr_gva2hva(m.vm, (u64)&counter);
	m.dev = guest_panic_create(m.vm);
	guest_panic_set(m.dev, ISA, PVPANIC_PORT, PVPANIC_ALL);
	guest_panic_set(m.dev, HYPERV, 0, NOTIFY);
	guest_panic_set_freeze(m.dev, freeze);
	return m;
}

static void free_machine(struct machine *m)
{
	close(m->dev);
	kvm_vm_free(m->vm);
}

/* One is latched, two wait, and a notice: none of them is delivered. */
static void report_all(struct machine *m, bool freeze)
{
	int i;

	guest_panic_set_freeze(m->dev, 0);
	for (i = 0; i < NR_REPORTS; i++)
		report_by_stepping(m->vcpus[i]);
	guest_panic_set_freeze(m->dev, freeze);
}

static struct kvm_guest_panic_event report_of(int i)
{
	struct kvm_guest_panic_event reports[NR_REPORTS] = {
		an_event(ISA, ids[LATCHED_FIRST], 1, PANICKED),
		a_crash(ids[CRASHED], 2, CTL_NOTIFY, params),
		an_event(ISA, ids[LATER], 3, PANICKED | SHUTDOWN),
		an_event(ISA, ids[NOTICE], 4, SHUTDOWN),
	};

	return reports[i];
}

struct saved {
	struct kvm_guest_panic_event events[NR_VCPUS];
	u64 seq;
};

/* As a VMM would: what is outstanding is not known beforehand. */
static void save(int dev, struct saved *saved)
{
	int i;

	memset(saved, 0, sizeof(*saved));
	for (i = 0; i < NR_VCPUS; i++) {
		if (!__guest_panic_get_event(dev, ids[i], &saved->events[i]))
			continue;
		TEST_ASSERT_EQ(errno, ENOENT);
		saved->events[i].seq = 0;
	}
	saved->seq = guest_panic_get_seq(dev);
}

static void restore(int dev, const struct saved *saved)
{
	u64 seq = saved->seq;
	int i;

	for (i = NR_VCPUS - 1; i >= 0; i--)
		if (saved->events[i].seq)
			guest_panic_set_event(dev, saved->events[i]);
	kvm_device_attr_set(dev, GROUP_STATE, SEQ, &seq);
}

static void move(struct machine *from, struct machine *to)
{
	struct saved saved;

	save(from->dev, &saved);
	restore(to->dev, &saved);
}

FIXTURE(move) {
	struct machine here, there;
};

FIXTURE_VARIANT(move) {
	bool freeze;
};

FIXTURE_VARIANT_ADD(move, freeze_off) {
	.freeze = false,
};

FIXTURE_VARIANT_ADD(move, freeze_on) {
	.freeze = true,
};

FIXTURE_SETUP(move)
{
	self->here = create_machine(variant->freeze);
	self->there = create_machine(variant->freeze);
	report_all(&self->here, variant->freeze);
}

FIXTURE_TEARDOWN(move)
{
	free_machine(&self->here);
	free_machine(&self->there);
}

static void run_and_verify_report(struct machine *m, int i)
{
	struct ucall uc;

	run_to_exit(m->vcpus[i], &uc);
	verify_exit(m->vcpus[i], report_of(i));
}

static void verify_all_exits(struct machine *m)
{
	run_and_verify_report(m, NOTICE);
	run_and_verify_report(m, LATCHED_FIRST);
	guest_panic_resume(m->dev, 1);
	run_and_verify_report(m, CRASHED);
	guest_panic_resume(m->dev, 2);
	run_and_verify_report(m, LATER);
	guest_panic_resume(m->dev, 3);
	verify_nothing_latched(m->dev);
}

TEST_F(move, destination_returns_the_same_exits)
{
	move(&self->here, &self->there);
	verify_all_exits(&self->there);
}

TEST_F(move, destination_has_the_same_state)
{
	struct saved here, there;

	save(self->here.dev, &here);
	restore(self->there.dev, &here);
	save(self->there.dev, &there);
	TEST_ASSERT_EQ(memcmp(&here, &there, sizeof(here)), 0);
	verify_latched(self->there.dev, report_of(LATCHED_FIRST));
}

TEST_F(move, numbers_go_on_at_the_destination)
{
	move(&self->here, &self->there);
	verify_all_exits(&self->there);
	run_and_verify_event(self->there.vcpus[NOTICE], ISA, 5, SHUTDOWN);
	run_and_verify_event(self->there.vcpus[LATCHED_FIRST], ISA, 6,
			     PANICKED);
}

TEST_F(move, saving_consumes_nothing)
{
	struct saved first, second;
	int i;

	save(self->here.dev, &first);
	save(self->here.dev, &second);
	TEST_ASSERT_EQ(memcmp(&first, &second, sizeof(first)), 0);
	for (i = 0; i < NR_REPORTS; i++)
		verify_outstanding(self->here.dev, report_of(i));
	verify_nothing_outstanding(self->here.dev, ids[IDLE]);
	TEST_ASSERT_EQ(guest_panic_get_seq(self->here.dev), NR_REPORTS);
}

/* A migration that fails in its last moment. */
TEST_F(move, source_can_still_go_on)
{
	move(&self->here, &self->there);
	verify_all_exits(&self->here);
	run_and_verify_event(self->here.vcpus[NOTICE], ISA, 5, SHUTDOWN);
}

TEST_F(move, those_that_wait_wait_at_the_destination)
{
	struct machine *there = &self->there;
	struct runner crashed, later;

	move(&self->here, there);
	start_run(&later, there->vcpus[LATER]);
	start_run(&crashed, there->vcpus[CRASHED]);
	verify_waiting(&later);
	verify_waiting(&crashed);
	guest_panic_resume(there->dev, 1);
	finish_run(&crashed);
	verify_exit(there->vcpus[CRASHED], report_of(CRASHED));
	verify_waiting(&later);
	guest_panic_resume(there->dev, 2);
	finish_run(&later);
	verify_exit(there->vcpus[LATER], report_of(LATER));
}

TEST_F(move, delivered_event_is_latched_and_not_returned_again)
{
	struct machine *there = &self->there;

	run_and_verify_report(&self->here, LATCHED_FIRST);
	move(&self->here, there);
	verify_latched(there->dev, delivered(report_of(LATCHED_FIRST)));
	verify_outstanding(there->dev, delivered(report_of(LATCHED_FIRST)));
	guest_panic_resume(there->dev, 1);
	run_and_verify_report(there, CRASHED);
	guest_panic_resume(there->dev, 2);
	run_and_verify_report(there, LATER);
	guest_panic_resume(there->dev, 3);
	run_and_verify_event(there->vcpus[LATCHED_FIRST], ISA, 5, PANICKED);
}

/* What has been delivered came first, whatever the numbers say. */
TEST_F(move, delivered_event_comes_before_lower_numbers)
{
	struct kvm_guest_panic_event first = report_of(LATCHED_FIRST);
	struct kvm_guest_panic_event later = delivered(report_of(LATER));
	int dev = self->there.dev;

	first.time = boottime_ns();
	later.time = first.time;
	guest_panic_set_event(dev, first);
	guest_panic_set_event(dev, later);
	verify_latched(dev, later);
	guest_panic_resume(dev, 3);
	verify_latched(dev, first);
}

TEST_F(move, vm_reset_discards_all)
{
	struct machine *here = &self->here;
	int i;

	run_and_verify_report(here, LATCHED_FIRST);
	guest_panic_discard(here->dev);
	verify_nothing_latched(here->dev);
	for (i = 0; i < NR_VCPUS; i++)
		verify_nothing_outstanding(here->dev, ids[i]);
	TEST_ASSERT_EQ(guest_panic_get_seq(here->dev), NR_REPORTS);
	run_and_verify_event(here->vcpus[NOTICE], ISA, 5, SHUTDOWN);
	run_and_verify_event(here->vcpus[LATER], ISA, 6, PANICKED | SHUTDOWN);
}

TEST_F(move, event_of_one_vcpu_can_be_cleared)
{
	struct machine *here = &self->here;

	guest_panic_set_event(here->dev, an_event(0, ids[NOTICE], 0, 0));
	verify_nothing_outstanding(here->dev, ids[NOTICE]);
	guest_panic_set_event(here->dev, an_event(0, ids[CRASHED], 0, 0));
	verify_latched(here->dev, report_of(LATCHED_FIRST));
	guest_panic_set_event(here->dev, an_event(0, ids[LATCHED_FIRST], 0, 0));
	verify_latched(here->dev, report_of(LATER));
	guest_panic_set_event(here->dev, an_event(0, ids[LATER], 0, 0));
	verify_nothing_latched(here->dev);
	run_and_verify_event(here->vcpus[NOTICE], ISA, 5, SHUTDOWN);
}

TEST_F(move, clearing_lets_those_that_wait_go_on)
{
	struct machine *here = &self->here;
	struct runner runner;

	start_run(&runner, here->vcpus[CRASHED]);
	verify_waiting(&runner);
	guest_panic_set_event(here->dev, an_event(0, ids[LATCHED_FIRST], 0, 0));
	finish_run(&runner);
	verify_exit(here->vcpus[CRASHED], report_of(CRASHED));
}

/* Restoring into a VM whose vCPUs run already. */
FIXTURE(restore) {
	struct machine m;
};

FIXTURE_SETUP(restore)
{
	self->m = create_machine(true);
}

FIXTURE_TEARDOWN(restore)
{
	free_machine(&self->m);
}

/* A time must be there: the exit's is compared with now. */
static struct kvm_guest_panic_event with_time(struct kvm_guest_panic_event event)
{
	event.time = boottime_ns();
	return event;
}

TEST_F(restore, stopping_event_freezes)
{
	struct machine *m = &self->m;
	struct runner runner;
	u64 at_return;

	start_run(&runner, m->vcpus[IDLE]);
	wait_until_moved(m->counter);
	guest_panic_set_event(m->dev, with_time(report_of(LATER)));
	at_return = READ_ONCE(*m->counter);
	verify_waiting(&runner);
	TEST_ASSERT_EQ(READ_ONCE(*m->counter), at_return);
	run_and_verify_report(m, LATER);
	guest_panic_resume(m->dev, 3);
	wait_until_moved(m->counter);
	interrupt_run(&runner);
}

TEST_F(restore, running_vcpu_returns_its_event)
{
	struct machine *m = &self->m;
	struct kvm_guest_panic_event event = an_event(ISA, ids[IDLE], 7,
						      SHUTDOWN);
	struct runner runner;

	start_run(&runner, m->vcpus[IDLE]);
	wait_until_moved(m->counter);
	guest_panic_set_event(m->dev, with_time(event));
	finish_run(&runner);
	verify_exit(m->vcpus[IDLE], event);
	verify_nothing_outstanding(m->dev, ids[IDLE]);
}

static void guest_halts(void)
{
	for (;;)
		asm volatile("hlt");
}

TEST_F(restore, halted_vcpu_returns_its_event_and_stays_halted)
{
	struct kvm_vcpu *vcpu = self->m.vcpus[IDLE];
	struct kvm_guest_panic_event event = an_event(ISA, ids[IDLE], 7,
						      PANICKED);
	struct kvm_mp_state state;
	struct runner runner;

	vcpu_arch_set_entry_point(vcpu, guest_halts);
	start_run(&runner, vcpu);
	verify_waiting(&runner);
	guest_panic_set_event(self->m.dev, with_time(event));
	finish_run(&runner);
	verify_exit(vcpu, event);
	vcpu_mp_state_get(vcpu, &state);
	TEST_ASSERT_EQ(state.mp_state, KVM_MP_STATE_HALTED);
}

TEST_F(restore, models_need_not_be_enabled)
{
	struct machine *m = &self->m;

	guest_panic_set(m->dev, ISA, PVPANIC_PORT, 0);
	guest_panic_set(m->dev, HYPERV, 0, 0);
	guest_panic_set_event(m->dev, with_time(report_of(CRASHED)));
	guest_panic_set_event(m->dev, with_time(report_of(LATER)));
	guest_panic_set_event(m->dev, with_time(an_event(MMIO, ids[IDLE], 7,
							 PVPANIC_ALL)));
	guest_panic_set_event(m->dev, with_time(an_event(FAULT, ids[NOTICE], 9,
							 TRIPLE_FAULT)));
	run_and_verify_report(m, CRASHED);
}

TEST_F(restore, event_raises_the_sequence)
{
	struct machine *m = &self->m;

	guest_panic_set_event(m->dev, with_time(an_event(ISA, ids[IDLE], 41,
							 SHUTDOWN)));
	TEST_ASSERT_EQ(guest_panic_get_seq(m->dev), 41);
	guest_panic_set_event(m->dev, with_time(report_of(NOTICE)));
	TEST_ASSERT_EQ(guest_panic_get_seq(m->dev), 41);
	run_and_verify_report(m, NOTICE);
	run_and_verify_event(m->vcpus[NOTICE], ISA, 42, SHUTDOWN);
}

static int set_seq(int dev, u64 seq)
{
	return __kvm_device_attr_set(dev, GROUP_STATE, SEQ, &seq);
}

TEST_F(restore, sequence_reads_back_as_set_and_goes_on)
{
	struct machine *m = &self->m;

	TEST_ASSERT_EQ(guest_panic_get_seq(m->dev), 0);
	TEST_ASSERT_EQ(set_seq(m->dev, 99), 0);
	TEST_ASSERT_EQ(guest_panic_get_seq(m->dev), 99);
	run_and_verify_event(m->vcpus[NOTICE], ISA, 100, SHUTDOWN);
	TEST_ASSERT_EQ(set_seq(m->dev, 0), 0);
	run_and_verify_event(m->vcpus[NOTICE], ISA, 1, SHUTDOWN);
	TEST_ASSERT_EQ(set_seq(m->dev, SEQ_MAX), 0);
	TEST_ASSERT_EQ(guest_panic_get_seq(m->dev), SEQ_MAX);
}

TEST_F(restore, sequence_out_of_its_range_is_EINVAL)
{
	TEST_ASSERT_REFUSED(set_seq(self->m.dev, SEQ_MAX + 1), EINVAL);
	TEST_ASSERT_REFUSED(set_seq(self->m.dev, UINT64_MAX), EINVAL);
	TEST_ASSERT_EQ(guest_panic_get_seq(self->m.dev), 0);
}

TEST_F(restore, sequence_below_what_is_outstanding_is_EINVAL)
{
	struct machine *m = &self->m;

	guest_panic_set_event(m->dev, with_time(report_of(LATER)));
	TEST_ASSERT_REFUSED(set_seq(m->dev, 2), EINVAL);
	TEST_ASSERT_REFUSED(set_seq(m->dev, 0), EINVAL);
	TEST_ASSERT_EQ(guest_panic_get_seq(m->dev), 3);
	TEST_ASSERT_EQ(set_seq(m->dev, 3), 0);
	guest_panic_resume(m->dev, 3);
	TEST_ASSERT_EQ(set_seq(m->dev, 0), 0);
}

static void verify_set_refused(int dev, struct kvm_guest_panic_event event,
			       int error)
{
	TEST_ASSERT_REFUSED(__guest_panic_set_event(dev, event), error);
}

/* Nothing is outstanding, and no number is taken, afterwards. */
static void verify_refused(int dev, struct kvm_guest_panic_event event)
{
	verify_set_refused(dev, event, EINVAL);
	verify_nothing_latched(dev);
	verify_nothing_outstanding(dev, ids[IDLE]);
	TEST_ASSERT_EQ(guest_panic_get_seq(dev), 0);
}

TEST_F(restore, vcpu_that_does_not_exist_is_EINVAL)
{
	struct kvm_guest_panic_event event;
	const u32 none[] = { 1, 4096, UINT32_MAX };
	int i;

	for (i = 0; i < ARRAY_SIZE(none); i++) {
		verify_refused(self->m.dev, an_event(ISA, none[i], 9, PANICKED));
		verify_refused(self->m.dev, an_event(ISA, none[i], 9, 0));
		TEST_ASSERT_REFUSED(__guest_panic_get_event(self->m.dev,
							    none[i], &event),
				    EINVAL);
	}
}

TEST_F(restore, unknown_model_is_EINVAL)
{
	verify_refused(self->m.dev, an_event(NR_MODELS, ids[IDLE], 9, 1));
	verify_refused(self->m.dev, an_event(UINT32_MAX, ids[IDLE], 9, 1));
}

TEST_F(restore, number_out_of_its_range_is_EINVAL)
{
	const u32 id = ids[IDLE];

	verify_refused(self->m.dev, an_event(ISA, id, 0, PANICKED));
	verify_refused(self->m.dev, an_event(ISA, id, SEQ_MAX + 1, PANICKED));
	verify_refused(self->m.dev, an_event(ISA, id, UINT64_MAX, PANICKED));
}

TEST_F(restore, code_that_no_guest_can_report_is_EINVAL)
{
	const u32 id = ids[IDLE];
	int dev = self->m.dev;

	verify_refused(dev, an_event(ISA, id, 9, 1 << 3));
	verify_refused(dev, an_event(ISA, id, 9, PANICKED | BIT_ULL(32)));
	verify_refused(dev, an_event(MMIO, id, 9, PANICKED | BIT_ULL(63)));
	verify_refused(dev, an_event(HYPERV, id, 9, ~CTL_NOTIFY));
	verify_refused(dev, an_event(HYPERV, id, 9, 1));
	verify_refused(dev, an_event(FAULT, id, 9, 2));
	verify_refused(dev, an_event(FAULT, id, 9, TRIPLE_FAULT | BIT_ULL(32)));
}

TEST_F(restore, params_of_what_has_none_are_EINVAL)
{
	const u32 models[] = { ISA, MMIO, FAULT };
	struct kvm_guest_panic_event event;
	int i, j;

	for (i = 0; i < ARRAY_SIZE(models); i++) {
		for (j = 0; j < NR_PARAMS; j++) {
			event = an_event(models[i], ids[IDLE], 9, 1);
			event.param[j] = 1ULL << (j * 8);
			verify_refused(self->m.dev, event);
		}
	}
}

/* Also where an event would be cleared. */
TEST_F(restore, flags_and_reserved_fields_are_EINVAL)
{
	struct kvm_guest_panic_event event;
	u64 code;
	int i;

	for (code = 0; code <= PANICKED; code++) {
		event = an_event(ISA, ids[IDLE], 9, code);
		event.flags = 1U << 1;
		verify_refused(self->m.dev, event);
		event.flags = 1U << 31 | DELIVERED;
		verify_refused(self->m.dev, event);
		event.flags = 0;
		for (i = 0; i < ARRAY_SIZE(event.reserved); i++) {
			event.reserved[i] = 1U << (i * 7);
			verify_refused(self->m.dev, event);
			event.reserved[i] = 0;
		}
	}
}

TEST_F(restore, delivered_notice_is_EINVAL)
{
	verify_refused(self->m.dev, delivered(an_event(ISA, ids[IDLE], 9,
						       SHUTDOWN)));
}

TEST_F(restore, number_of_another_event_is_EINVAL)
{
	struct machine *m = &self->m;

	guest_panic_set_event(m->dev, with_time(report_of(NOTICE)));
	verify_set_refused(m->dev, an_event(ISA, ids[IDLE], 4, PANICKED),
			   EINVAL);
	verify_nothing_latched(m->dev);
	verify_outstanding(m->dev, report_of(NOTICE));
}

TEST_F(restore, second_delivered_event_is_EINVAL)
{
	struct kvm_guest_panic_event event = delivered(report_of(LATER));
	struct machine *m = &self->m;

	guest_panic_set_event(m->dev, with_time(event));
	event = delivered(an_event(ISA, ids[IDLE], 9, PANICKED));
	verify_set_refused(m->dev, event, EINVAL);
	verify_latched(m->dev, delivered(report_of(LATER)));
	verify_nothing_outstanding(m->dev, ids[IDLE]);
	TEST_ASSERT_EQ(guest_panic_get_seq(m->dev), 3);
}

TEST_F(restore, event_where_one_is_outstanding_is_EBUSY)
{
	struct machine *m = &self->m;

	guest_panic_set_event(m->dev, with_time(report_of(NOTICE)));
	guest_panic_set_event(m->dev, with_time(report_of(LATER)));
	verify_set_refused(m->dev, an_event(ISA, ids[NOTICE], 9, PANICKED),
			   EBUSY);
	verify_set_refused(m->dev, an_event(ISA, ids[LATER], 9, PANICKED),
			   EBUSY);
	verify_outstanding(m->dev, report_of(NOTICE));
	verify_latched(m->dev, report_of(LATER));
	TEST_ASSERT_EQ(guest_panic_get_seq(m->dev), 4);
}

/* Nothing but the vCPU's id says which. */
TEST_F(restore, clearing_looks_at_the_vcpu_alone)
{
	struct kvm_guest_panic_event event = an_event(UINT32_MAX, ids[LATER],
						      UINT64_MAX, 0);

	memset(event.param, 0xff, sizeof(event.param));
	event.time = UINT64_MAX;
	guest_panic_set_event(self->m.dev, with_time(report_of(LATER)));
	guest_panic_set_event(self->m.dev, event);
	verify_nothing_outstanding(self->m.dev, ids[LATER]);
	verify_nothing_latched(self->m.dev);
}

TEST_F(restore, nothing_to_clear_or_to_read_is_ENOENT)
{
	int i;

	for (i = 0; i < NR_VCPUS; i++) {
		verify_nothing_outstanding(self->m.dev, ids[i]);
		verify_set_refused(self->m.dev, an_event(0, ids[i], 0, 0),
				   ENOENT);
	}
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();
	TEST_REQUIRE_HYPERV();
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_SET_GUEST_DEBUG));

	return test_harness_run(argc, argv);
}
