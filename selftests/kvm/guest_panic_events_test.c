// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events from report to acknowledgment: each is one exit, on the vCPU that
 * reported and on no other; the first is latched, later ones wait for their
 * turn; RESUME names the one that it acknowledges; and no signal, no thread
 * and no second report loses, repeats or changes one.
 */
#include "guest_panic_thread.h"

static const u64 params[NR_PARAMS] = { 31, 32, 33, 34, 35 };

static void guest_panics(void)
{
	port_outb_and_mark(PVPANIC_PORT, PANICKED);
	port_outb_and_mark(PVPANIC_PORT, PANICKED | SHUTDOWN);
	port_outb_and_mark(PVPANIC_PORT, PANICKED);
	GUEST_DONE();
}

static void guest_notifies(void)
{
	port_outb_and_mark(PVPANIC_PORT, CRASH_LOADED);
	port_outb_and_mark(PVPANIC_PORT, SHUTDOWN);
	port_outb_and_mark(PVPANIC_PORT, CRASH_LOADED | SHUTDOWN);
	GUEST_DONE();
}

static void guest_crashes(void)
{
	guest_crash(params, CTL_NOTIFY);
	GUEST_DONE();
}

static void enable_models(int dev)
{
	guest_panic_set(dev, ISA, PVPANIC_PORT, PVPANIC_ALL);
	guest_panic_set(dev, MMIO, PVPANIC_GPA, PVPANIC_ALL);
	guest_panic_set(dev, HYPERV, 0, NOTIFY);
}

/*
 * The latch and the queue behind it, each claim with freeze off and on.  The
 * ids are neither dense nor in order.
 */
FIXTURE(events) {
	struct kvm_vcpu *first;
	struct kvm_vcpu *second;
	struct kvm_vcpu *third;
	int dev;
};

FIXTURE_VARIANT(events) {
	bool freeze;
};

FIXTURE_VARIANT_ADD(events, freeze_off) {
	.freeze = false,
};

FIXTURE_VARIANT_ADD(events, freeze_on) {
	.freeze = true,
};

FIXTURE_SETUP(events)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(&self->first, guest_panics);

	self->second = vm_vcpu_add(vm, 9, guest_panics);
	self->third = vm_vcpu_add(vm, 4, guest_panics);
	vcpu_set_hv_cpuid(self->first);
	self->dev = guest_panic_create(vm);
	enable_models(self->dev);
	guest_panic_set_freeze(self->dev, variant->freeze);
}

FIXTURE_TEARDOWN(events)
{
	close(self->dev);
	kvm_vm_free(self->first->vm);
}

/* In this order, none of them delivered: a frozen vCPU could not report. */
static void report_all(int dev, bool freeze, struct kvm_vcpu *first,
		       struct kvm_vcpu *second, struct kvm_vcpu *third)
{
	guest_panic_set_freeze(dev, 0);
	report_by_stepping(first);
	report_by_stepping(second);
	report_by_stepping(third);
	guest_panic_set_freeze(dev, freeze);
}

TEST_F(events, nothing_is_latched_or_outstanding_at_first)
{
	verify_nothing_latched(self->dev);
	verify_nothing_outstanding(self->dev, self->first->id);
	TEST_ASSERT_EQ(guest_panic_get_seq(self->dev), 0);
}

TEST_F(events, event_is_latched_until_resume)
{
	struct kvm_guest_panic_event event = an_event(ISA, 0, 1, PANICKED);

	run_and_verify_event(self->first, ISA, 1, PANICKED);
	verify_latched(self->dev, delivered(event));
	verify_outstanding(self->dev, delivered(event));
	guest_panic_resume(self->dev, 1);
	verify_nothing_latched(self->dev);
	verify_nothing_outstanding(self->dev, 0);
}

TEST_F(events, crash_is_latched_with_its_parameters)
{
	vcpu_arch_set_entry_point(self->first, guest_crashes);
	run_and_verify_crash_event(self->first, 1, CTL_NOTIFY, params);
	verify_latched(self->dev, delivered(a_crash(0, 1, CTL_NOTIFY, params)));
	guest_panic_resume(self->dev, 1);
	run_and_verify_done(self->first);
}

TEST_F(events, event_is_latched_when_it_is_made)
{
	struct kvm_guest_panic_event event = an_event(ISA, 9, 1, PANICKED);

	report_by_stepping(self->second);
	verify_latched(self->dev, event);
	verify_outstanding(self->dev, event);
	verify_stats(self->first->vm, 1, 0);
	run_and_verify_event(self->second, ISA, 1, PANICKED);
	verify_latched(self->dev, delivered(event));
}

TEST_F(events, time_is_that_of_the_report)
{
	u64 before = boottime_ns(), after;

	report_by_stepping(self->first);
	after = boottime_ns();
	run_and_verify_event(self->first, ISA, 1, PANICKED);
	TEST_ASSERT(exit_event(self->first).time >= before &&
		    exit_event(self->first).time <= after,
		    "time: wanted %lu to %lu, got %llu", before, after,
		    exit_event(self->first).time);
}

TEST_F(events, exit_latch_and_state_say_the_same_time)
{
	struct kvm_guest_panic_event latched, outstanding;

	run_and_verify_event(self->first, ISA, 1, PANICKED);
	TEST_ASSERT_EQ(__guest_panic_get_latched(self->dev, &latched), 0);
	TEST_ASSERT_EQ(__guest_panic_get_event(self->dev, 0, &outstanding), 0);
	TEST_ASSERT_EQ(latched.time, exit_event(self->first).time);
	TEST_ASSERT_EQ(outstanding.time, exit_event(self->first).time);
}

TEST_F(events, reporter_goes_on_after_resume)
{
	run_and_verify_event(self->first, ISA, 1, PANICKED);
	guest_panic_resume(self->dev, 1);
	run_and_verify_event(self->first, ISA, 2, PANICKED | SHUTDOWN);
	guest_panic_resume(self->dev, 2);
	run_and_verify_event(self->first, ISA, 3, PANICKED);
	guest_panic_resume(self->dev, 3);
	run_and_verify_done(self->first);
}

/* Not latched: the next KVM_RUN takes the guest to its next report. */
TEST_F(events, notice_is_one_exit_and_no_more)
{
	vcpu_arch_set_entry_point(self->first, guest_notifies);
	run_and_verify_event(self->first, ISA, 1, CRASH_LOADED);
	verify_nothing_latched(self->dev);
	verify_nothing_outstanding(self->dev, 0);
	TEST_ASSERT_REFUSED(__guest_panic_resume(self->dev, 1), ESTALE);
	run_and_verify_event(self->first, ISA, 2, SHUTDOWN);
	run_and_verify_event(self->first, ISA, 3, CRASH_LOADED | SHUTDOWN);
	run_and_verify_done(self->first);
}

TEST_F(events, notice_is_outstanding_until_it_is_delivered)
{
	vcpu_arch_set_entry_point(self->third, guest_notifies);
	report_by_stepping(self->third);
	verify_nothing_latched(self->dev);
	verify_outstanding(self->dev, an_event(ISA, 4, 1, CRASH_LOADED));
	run_and_verify_event(self->third, ISA, 1, CRASH_LOADED);
	verify_nothing_outstanding(self->dev, 4);
}

TEST_F(events, notice_comes_while_another_event_is_latched)
{
	vcpu_arch_set_entry_point(self->second, guest_notifies);
	report_all(self->dev, variant->freeze, self->first, self->second,
		   self->third);
	run_and_verify_event(self->second, ISA, 2, CRASH_LOADED);
	verify_latched(self->dev, an_event(ISA, 0, 1, PANICKED));
	run_and_verify_event(self->first, ISA, 1, PANICKED);
}

TEST_F(events, later_ones_wait_and_are_returned_in_order)
{
	report_all(self->dev, variant->freeze, self->second, self->third,
		   self->first);
	verify_outstanding(self->dev, an_event(ISA, 4, 2, PANICKED));
	verify_outstanding(self->dev, an_event(ISA, 0, 3, PANICKED));

	run_and_verify_event(self->second, ISA, 1, PANICKED);
	guest_panic_resume(self->dev, 1);
	verify_latched(self->dev, an_event(ISA, 4, 2, PANICKED));
	run_and_verify_event(self->third, ISA, 2, PANICKED);
	guest_panic_resume(self->dev, 2);
	verify_latched(self->dev, an_event(ISA, 0, 3, PANICKED));
	run_and_verify_event(self->first, ISA, 3, PANICKED);
	guest_panic_resume(self->dev, 3);
	verify_nothing_latched(self->dev);
	run_and_verify_event(self->third, ISA, 4, PANICKED | SHUTDOWN);
}

TEST_F(events, vcpu_whose_event_has_to_wait_waits_in_kvm_run)
{
	struct runner second, third;

	report_all(self->dev, variant->freeze, self->first, self->second,
		   self->third);
	start_run(&third, self->third);
	start_run(&second, self->second);
	verify_waiting(&second);
	verify_waiting(&third);
	run_and_verify_event(self->first, ISA, 1, PANICKED);
	verify_waiting(&second);
	verify_waiting(&third);

	guest_panic_resume(self->dev, 1);
	finish_run(&second);
	verify_exit(self->second, an_event(ISA, 9, 2, PANICKED));
	verify_waiting(&third);
	guest_panic_resume(self->dev, 2);
	finish_run(&third);
	verify_exit(self->third, an_event(ISA, 4, 3, PANICKED));
}

TEST_F(events, signal_ends_the_wait_and_changes_nothing)
{
	struct runner second;

	report_all(self->dev, variant->freeze, self->first, self->second,
		   self->third);
	start_run(&second, self->second);
	verify_waiting(&second);
	interrupt_run(&second);
	verify_latched(self->dev, an_event(ISA, 0, 1, PANICKED));
	verify_outstanding(self->dev, an_event(ISA, 9, 2, PANICKED));

	guest_panic_resume(self->dev, 1);
	run_and_verify_event(self->second, ISA, 2, PANICKED);
}

TEST_F(events, all_are_read_and_acknowledged_without_running_a_vcpu)
{
	report_all(self->dev, variant->freeze, self->third, self->first,
		   self->second);
	verify_latched(self->dev, an_event(ISA, 4, 1, PANICKED));
	guest_panic_resume(self->dev, 1);
	verify_latched(self->dev, an_event(ISA, 0, 2, PANICKED));
	guest_panic_resume(self->dev, 2);
	verify_latched(self->dev, an_event(ISA, 9, 3, PANICKED));
	guest_panic_resume(self->dev, 3);
	verify_nothing_latched(self->dev);
}

TEST_F(events, what_was_acknowledged_before_its_exit_is_not_returned)
{
	report_all(self->dev, variant->freeze, self->third, self->first,
		   self->second);
	guest_panic_resume(self->dev, 1);
	guest_panic_resume(self->dev, 2);
	run_and_verify_event(self->second, ISA, 3, PANICKED);
	guest_panic_resume(self->dev, 3);
	run_and_verify_event(self->first, ISA, 4, PANICKED | SHUTDOWN);
	guest_panic_resume(self->dev, 4);
	run_and_verify_event(self->third, ISA, 5, PANICKED | SHUTDOWN);
}

/* As two threads that have both read event 1. */
TEST_F(events, second_resume_of_one_event_leaves_the_next)
{
	report_all(self->dev, variant->freeze, self->first, self->second,
		   self->third);
	guest_panic_resume(self->dev, 1);
	TEST_ASSERT_REFUSED(__guest_panic_resume(self->dev, 1), ESTALE);
	verify_latched(self->dev, an_event(ISA, 9, 2, PANICKED));
	run_and_verify_event(self->second, ISA, 2, PANICKED);
}

TEST_F(events, one_that_waits_cannot_be_acknowledged)
{
	report_all(self->dev, variant->freeze, self->first, self->second,
		   self->third);
	TEST_ASSERT_REFUSED(__guest_panic_resume(self->dev, 2), ESTALE);
	TEST_ASSERT_REFUSED(__guest_panic_resume(self->dev, 3), ESTALE);
	verify_latched(self->dev, an_event(ISA, 0, 1, PANICKED));
	verify_outstanding(self->dev, an_event(ISA, 9, 2, PANICKED));
}

TEST_F(events, discard_drops_all_and_keeps_the_sequence)
{
	vcpu_arch_set_entry_point(self->third, guest_notifies);
	report_all(self->dev, variant->freeze, self->first, self->second,
		   self->third);
	run_and_verify_event(self->first, ISA, 1, PANICKED);
	guest_panic_discard(self->dev);
	verify_nothing_latched(self->dev);
	verify_nothing_outstanding(self->dev, 0);
	verify_nothing_outstanding(self->dev, 9);
	verify_nothing_outstanding(self->dev, 4);
	TEST_ASSERT_EQ(guest_panic_get_seq(self->dev), 3);

	run_and_verify_event(self->second, ISA, 4, PANICKED | SHUTDOWN);
	guest_panic_resume(self->dev, 4);
	run_and_verify_event(self->third, ISA, 5, SHUTDOWN);
	run_and_verify_event(self->first, ISA, 6, PANICKED | SHUTDOWN);
}

TEST_F(events, discard_lets_those_that_wait_go_on)
{
	struct runner second;

	report_all(self->dev, variant->freeze, self->first, self->second,
		   self->third);
	start_run(&second, self->second);
	verify_waiting(&second);
	guest_panic_discard(self->dev);
	finish_run(&second);
	verify_exit(self->second, an_event(ISA, 9, 4, PANICKED | SHUTDOWN));
}

TEST_F(events, survives_that_the_models_are_disabled)
{
	report_by_stepping(self->first);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, 0);
	guest_panic_set(self->dev, HYPERV, 0, 0);
	run_and_verify_event(self->first, ISA, 1, PANICKED);
	guest_panic_resume(self->dev, 1);
	run_and_verify_out(self->first, PVPANIC_PORT, 1, PANICKED | SHUTDOWN);
}

/* Without freeze the VM goes on while an event is latched. */
FIXTURE(no_freeze) {
	struct kvm_vcpu *first;
	struct kvm_vcpu *second;
	int dev;
};

FIXTURE_SETUP(no_freeze)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(&self->first, guest_panics);

	self->second = vm_vcpu_add(vm, 9, guest_notifies);
	self->dev = guest_panic_create(vm);
	enable_models(self->dev);
}

FIXTURE_TEARDOWN(no_freeze)
{
	close(self->dev);
	kvm_vm_free(self->first->vm);
}

TEST_F(no_freeze, reporter_goes_on_and_its_further_reports_are_ignored)
{
	run_and_verify_event(self->first, ISA, 1, PANICKED);
	run_and_verify_done(self->first);
	verify_latched(self->dev, delivered(an_event(ISA, 0, 1, PANICKED)));
	TEST_ASSERT_EQ(guest_panic_get_seq(self->dev), 1);
	verify_stats(self->first->vm, 1, 2);
}

TEST_F(no_freeze, others_go_on_and_notify)
{
	run_and_verify_event(self->first, ISA, 1, PANICKED);
	run_and_verify_event(self->second, ISA, 2, CRASH_LOADED);
	run_and_verify_event(self->second, ISA, 3, SHUTDOWN);
	run_and_verify_event(self->second, ISA, 4, CRASH_LOADED | SHUTDOWN);
	run_and_verify_done(self->second);
	verify_latched(self->dev, delivered(an_event(ISA, 0, 1, PANICKED)));
}

/*
 * Two threads acknowledge what is latched, as each finds it.  Each event is
 * acknowledged once, and every vCPU's KVM_RUN goes on.
 */
#define ACK_EVENTS	200

struct acknowledger {
	int dev;
	bool stop;
	u64 acknowledged;
};

static void *acknowledge(void *arg)
{
	struct acknowledger *me = arg;
	struct kvm_guest_panic_event event;

	while (!READ_ONCE(me->stop)) {
		sched_yield();
		if (__guest_panic_get_latched(me->dev, &event)) {
			TEST_ASSERT_EQ(errno, ENOENT);
			continue;
		}
		if (!__guest_panic_resume(me->dev, event.seq))
			me->acknowledged++;
		else
			TEST_ASSERT_EQ(errno, ESTALE);
	}
	return NULL;
}

static void guest_panics_often(u64 rounds)
{
	u64 i;

	for (i = 0; i < rounds; i++) {
		port_outb(PVPANIC_PORT, PANICKED);
		GUEST_SYNC(i);
	}
	GUEST_DONE();
}

/* The next report comes when the one before has been acknowledged. */
static u64 run_and_count_exits(struct kvm_vcpu *vcpu, int dev)
{
	u64 exits = 0, last_seq = 0, cmd;
	struct kvm_guest_panic_event event;
	struct ucall uc;

	while ((cmd = run_to_exit(vcpu, &uc)) != UCALL_DONE) {
		if (cmd == UCALL_SYNC) {
			while (!__guest_panic_get_event(dev, vcpu->id, &event))
				sched_yield();
			continue;
		}
		event = exit_event(vcpu);
		TEST_ASSERT(event.seq > last_seq, "seq %llu came after %lu",
			    event.seq, last_seq);
		last_seq = event.seq;
		exits++;
	}
	return exits;
}

TEST_F_TIMEOUT(no_freeze, two_that_acknowledge_do_so_once_each, LONG_TIMEOUT)
{
	struct acknowledger a = { .dev = self->dev }, b = a;
	pthread_t threads[] = {
		start_thread(acknowledge, &a), start_thread(acknowledge, &b),
	};
	u64 exits;

	vcpu_arch_set_entry_point(self->first, guest_panics_often);
	vcpu_args_set(self->first, 1, ACK_EVENTS);
	exits = run_and_count_exits(self->first, self->dev);
	WRITE_ONCE(a.stop, true);
	WRITE_ONCE(b.stop, true);
	finish_thread(threads[0]);
	finish_thread(threads[1]);
	TEST_ASSERT(exits <= ACK_EVENTS, "wanted at most %d exits, got %lu",
		    ACK_EVENTS, exits);
	TEST_ASSERT_EQ(a.acknowledged + b.acknowledged, ACK_EVENTS);
	verify_stats(self->first->vm, ACK_EVENTS, 0);
}

/*
 * An event that is made but not returned: a signal and immediate_exit come
 * first, and nothing that happens meanwhile changes or takes it.
 */
static void guest_writes_ctl(void)
{
	wrmsr_and_mark(HV_X64_MSR_CRASH_CTL, CTL_NOTIFY);
	GUEST_DONE();
}

static void guest_panics_once(void)
{
	port_outb_and_mark(PVPANIC_PORT, PANICKED);
	GUEST_DONE();
}

static void guest_notifies_once(void)
{
	port_outb_and_mark(PVPANIC_PORT, SHUTDOWN);
	GUEST_DONE();
}

FIXTURE(pending) {
	struct kvm_vcpu *vcpu;
	int dev;
};

FIXTURE_VARIANT(pending) {
	void *guest_code;
	struct kvm_guest_panic_event event;
};

FIXTURE_VARIANT_ADD(pending, pvpanic) {
	.guest_code = guest_panics_once,
	.event = { .model = ISA, .seq = 1, .code = PANICKED },
};

FIXTURE_VARIANT_ADD(pending, notice) {
	.guest_code = guest_notifies_once,
	.event = { .model = ISA, .seq = 1, .code = SHUTDOWN },
};

FIXTURE_VARIANT_ADD(pending, hyperv) {
	.guest_code = guest_writes_ctl,
	.event = { .model = HYPERV, .seq = 1, .code = CTL_NOTIFY },
};

FIXTURE_SETUP(pending)
{
	vm_create_with_one_vcpu(&self->vcpu, variant->guest_code);
	vcpu_set_hv_cpuid(self->vcpu);
	self->dev = guest_panic_create(self->vcpu->vm);
	enable_models(self->dev);
	report_by_stepping(self->vcpu);
}

FIXTURE_TEARDOWN(pending)
{
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

static void run_and_verify_exit(struct kvm_vcpu *vcpu,
				struct kvm_guest_panic_event wanted)
{
	struct ucall uc;

	run_to_exit(vcpu, &uc);
	verify_exit(vcpu, wanted);
}

TEST_F(pending, next_run_returns_it_once)
{
	run_and_verify_exit(self->vcpu, variant->event);
	run_and_verify_done(self->vcpu);
}

TEST_F(pending, immediate_exit_comes_first)
{
	self->vcpu->run->immediate_exit = 1;
	run_and_verify_interrupted(self->vcpu);
	run_and_verify_interrupted(self->vcpu);
	self->vcpu->run->immediate_exit = 0;
	verify_outstanding(self->dev, variant->event);
	run_and_verify_exit(self->vcpu, variant->event);
	run_and_verify_done(self->vcpu);
}

TEST_F(pending, signal_comes_first)
{
	make_signal_pending(self->vcpu);
	run_and_verify_interrupted(self->vcpu);
	TEST_ASSERT_EQ(self->vcpu->run->exit_reason, KVM_EXIT_INTR);
	run_and_verify_interrupted(self->vcpu);
	take_signal(self->vcpu);
	verify_outstanding(self->dev, variant->event);
	run_and_verify_exit(self->vcpu, variant->event);
	run_and_verify_done(self->vcpu);
}

TEST_F(pending, state_of_the_vcpu_does_not_take_it)
{
	struct kvm_vcpu_events events;
	struct kvm_sregs sregs;
	struct kvm_regs regs;

	vcpu_regs_get(self->vcpu, &regs);
	vcpu_regs_set(self->vcpu, &regs);
	vcpu_sregs_get(self->vcpu, &sregs);
	vcpu_sregs_set(self->vcpu, &sregs);
	vcpu_events_get(self->vcpu, &events);
	vcpu_events_set(self->vcpu, &events);
	run_and_verify_exit(self->vcpu, variant->event);
	run_and_verify_done(self->vcpu);
}

/*
 * A report by a KVM_RUN that returns EINTR.  The byte that OUTS writes comes
 * from userspace: KVM_RUN has it to complete before it looks for a signal, and
 * the guest reports without being entered.
 */
static void guest_outs(void)
{
	u8 *p = (u8 *)PVPANIC_PAGE;

	asm volatile("outsb" : "+S"(p) : "d"(PVPANIC_PORT) : "memory");
	GUEST_DONE();
}

static u64 counter;

static void guest_counts(void)
{
	for (;;)
		WRITE_ONCE(counter, counter + 1);
}

static void interrupt_by_immediate_exit(struct kvm_vcpu *vcpu)
{
	vcpu->run->immediate_exit = 1;
}

static void allow_immediate_exit(struct kvm_vcpu *vcpu)
{
	vcpu->run->immediate_exit = 0;
}

FIXTURE(interrupted) {
	struct kvm_vcpu *reporter;
	struct kvm_vcpu *vcpu;
	u64 *counter;
	int dev;
};

FIXTURE_VARIANT(interrupted) {
	void (*interrupt)(struct kvm_vcpu *vcpu);
	void (*allow)(struct kvm_vcpu *vcpu);
};

FIXTURE_VARIANT_ADD(interrupted, by_immediate_exit) {
	.interrupt = interrupt_by_immediate_exit,
	.allow = allow_immediate_exit,
};

FIXTURE_VARIANT_ADD(interrupted, by_signal) {
	.interrupt = make_signal_pending,
	.allow = take_signal,
};

FIXTURE_SETUP(interrupted)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(&self->reporter,
						    guest_outs);

	self->vcpu = vm_vcpu_add(vm, 1, guest_counts);
	self->counter = addr_gva2hva(vm, (u64)&counter);
	virt_map(vm, PVPANIC_PAGE, PVPANIC_PAGE, 1);
	self->dev = guest_panic_create(vm);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED);
	guest_panic_set_freeze(self->dev, 1);
}

FIXTURE_TEARDOWN(interrupted)
{
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

static void report(struct kvm_vcpu *reporter,
		   void (*interrupt)(struct kvm_vcpu *vcpu))
{
	run_and_verify_mmio_read(reporter, PVPANIC_PAGE, 1, PANICKED);
	interrupt(reporter);
	run_and_verify_interrupted(reporter);
}

TEST_F(interrupted, event_is_latched_and_comes_later)
{
	report(self->reporter, variant->interrupt);
	verify_latched(self->dev, an_event(ISA, 0, 1, PANICKED));
	run_and_verify_interrupted(self->reporter);
	variant->allow(self->reporter);
	run_and_verify_event(self->reporter, ISA, 1, PANICKED);
	guest_panic_resume(self->dev, 1);
	run_and_verify_done(self->reporter);
}

TEST_F(interrupted, vm_is_frozen_meanwhile)
{
	struct runner runner;
	u64 at_return;

	start_run(&runner, self->vcpu);
	wait_until_moved(self->counter);
	report(self->reporter, variant->interrupt);
	at_return = READ_ONCE(*self->counter);
	verify_waiting(&runner);
	TEST_ASSERT_EQ(READ_ONCE(*self->counter), at_return);
	guest_panic_resume(self->dev, 1);
	wait_until_moved(self->counter);
	interrupt_run(&runner);
}

TEST_F(interrupted, event_that_was_acknowledged_is_not_returned)
{
	report(self->reporter, variant->interrupt);
	guest_panic_resume(self->dev, 1);
	verify_nothing_latched(self->dev);
	variant->allow(self->reporter);
	run_and_verify_done(self->reporter);
}

/* Several reports of one instruction, all before KVM_RUN looks for events. */
static u8 bytes[8];

static void guest_outs_bytes(u64 count)
{
	u8 *p = bytes;

	asm volatile("rep outsb" : "+S"(p), "+c"(count) : "d"(PVPANIC_PORT)
		     : "memory");
	GUEST_ASSERT_EQ(count, 0);
	GUEST_DONE();
}

FIXTURE(merge) {
	struct kvm_vcpu *vcpu;
	int dev;
};

FIXTURE_SETUP(merge)
{
	vm_create_with_one_vcpu(&self->vcpu, guest_outs_bytes);
	self->dev = guest_panic_create(self->vcpu->vm);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PVPANIC_ALL);
}

FIXTURE_TEARDOWN(merge)
{
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

static void start_outs(struct kvm_vcpu *vcpu, const char *values, u64 count)
{
	memcpy(addr_gva2hva(vcpu->vm, (u64)bytes), values, count);
	vcpu_args_set(vcpu, 1, count);
}

TEST_F(merge, bits_of_notices_are_added)
{
	start_outs(self->vcpu, "\2\0\4\2", 4);
	run_and_verify_event(self->vcpu, ISA, 1, CRASH_LOADED | SHUTDOWN);
	run_and_verify_done(self->vcpu);
	verify_stats(self->vcpu->vm, 1, 1);
}

TEST_F(merge, panicked_makes_a_notice_a_stopping_event)
{
	start_outs(self->vcpu, "\4\2\1", 3);
	run_and_verify_event(self->vcpu, ISA, 1, PVPANIC_ALL);
	verify_latched(self->dev, delivered(an_event(ISA, 0, 1, PVPANIC_ALL)));
	guest_panic_resume(self->dev, 1);
	run_and_verify_done(self->vcpu);
	verify_stats(self->vcpu->vm, 1, 0);
}

TEST_F(merge, what_comes_after_a_stopping_event_is_ignored)
{
	start_outs(self->vcpu, "\4\1\2\1", 4);
	run_and_verify_event(self->vcpu, ISA, 1, PANICKED | SHUTDOWN);
	guest_panic_resume(self->dev, 1);
	run_and_verify_done(self->vcpu);
	verify_stats(self->vcpu->vm, 1, 2);
}

/*
 * VMX without unrestricted guest has KVM emulate real mode with large segments,
 * many instructions in a row.  The exit comes before the next one all the same.
 */
#define REAL_MODE_GPA	0x8000
#define NR_NOPS		60

/* mov $port, %dx; mov $1, %al; out; nop...; mov $2, %al; out; hlt */
static void put_two_outs(u8 *code)
{
	const u8 first[] = {
		0xba, PVPANIC_PORT & 0xff, PVPANIC_PORT >> 8, 0xb0, PANICKED,
		0xee,
	};
	const u8 second[] = { 0xb0, CRASH_LOADED, 0xee, 0xf4 };

	memcpy(code, first, sizeof(first));
	memset(code + sizeof(first), 0x90, NR_NOPS);
	memcpy(code + sizeof(first) + NR_NOPS, second, sizeof(second));
}

static void set_big_real_mode(struct kvm_vcpu *vcpu)
{
	struct kvm_regs regs = { .rip = REAL_MODE_GPA, .rflags = 2 };
	struct kvm_sregs sregs;

	vcpu_sregs_get(vcpu, &sregs);
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	sregs.ds.limit = UINT32_MAX;
	sregs.ds.g = 1;
	sregs.es = sregs.ds;
	vcpu_sregs_set(vcpu, &sregs);
	vcpu_regs_set(vcpu, &regs);
}

/* Without an irqchip, so that HLT is an exit. */
TEST(big_real_mode_returns_two_events_before_hlt)
{
	struct kvm_vm *vm = vm_create_barebones();
	struct kvm_vcpu *vcpu;
	int dev;

	vm_userspace_mem_region_add(vm, VM_MEM_SRC_ANONYMOUS, REAL_MODE_GPA, 0,
				    1, 0);
	put_two_outs(addr_gpa2hva(vm, REAL_MODE_GPA));
	vcpu = __vm_vcpu_add(vm, 0);
	set_big_real_mode(vcpu);
	dev = guest_panic_create(vm);
	guest_panic_set(dev, ISA, PVPANIC_PORT, PANICKED | CRASH_LOADED);

	vcpu_run(vcpu);
	verify_exit(vcpu, an_event(ISA, 0, 1, PANICKED));
	guest_panic_resume(dev, 1);
	vcpu_run(vcpu);
	verify_exit(vcpu, an_event(ISA, 0, 2, CRASH_LOADED));
	vcpu_run(vcpu);
	TEST_ASSERT_KVM_EXIT_REASON(vcpu, KVM_EXIT_HLT);
	close(dev);
	kvm_vm_free(vm);
}

/*
 * Eight vCPUs report at the same time, round after round, by all models, under
 * a storm of signals.  Each thread acknowledges its own events.  The numbers
 * are written down by all, and compared with what the guests have reported.
 */
#define NR_VCPUS	8
#define ROUNDS		1000
#define NR_REPORTERS	3	/* HYPERV, ISA, MMIO */

static void guest_panics_by_turns(u64 id, u64 rounds)
{
	u64 round;

	for (round = 1; round <= rounds; round++) {
		GUEST_SYNC(round);
		switch ((round + id) % NR_REPORTERS) {
		case HYPERV:
			wrmsr(HV_X64_MSR_CRASH_CTL, CTL_NOTIFY | round);
			break;
		case ISA:
			port_outb(PVPANIC_PORT, PANICKED);
			break;
		default:
			mmio_writeb(PVPANIC_GPA, PANICKED | SHUTDOWN);
		}
	}
	GUEST_DONE();
}

struct reporter {
	struct kvm_vcpu *vcpu;
	pthread_barrier_t *all;
	u8 *seen;
	u64 rounds, events, last_seq;
	pthread_t thread;
	bool is_done;
	int dev;
};

FIXTURE(at_once) {
	struct kvm_vm *vm;
	struct reporter reporters[NR_VCPUS];
	pthread_barrier_t all;
	u64 rounds;
	u8 *seen;
	int dev;
};

FIXTURE_VARIANT(at_once) {
	bool freeze;
};

FIXTURE_VARIANT_ADD(at_once, freeze_off) {
	.freeze = false,
};

FIXTURE_VARIANT_ADD(at_once, freeze_on) {
	.freeze = true,
};

FIXTURE_SETUP(at_once)
{
	int i;

	self->rounds = guest_panic_rounds(ROUNDS);
	self->seen = calloc(self->rounds * NR_VCPUS + 1, 1);
	pthread_barrier_init(&self->all, NULL, NR_VCPUS);
	self->vm = vm_create(NR_VCPUS);
	virt_map(self->vm, PVPANIC_PAGE, PVPANIC_PAGE, 1);
	self->dev = guest_panic_create(self->vm);
	enable_models(self->dev);
	guest_panic_set_freeze(self->dev, variant->freeze);
	for (i = 0; i < NR_VCPUS; i++) {
		struct kvm_vcpu *vcpu = vm_vcpu_add(self->vm, i,
						    guest_panics_by_turns);

		vcpu_set_hv_cpuid(vcpu);
		vcpu_args_set(vcpu, 2, i, self->rounds);
		self->reporters[i] = (struct reporter) {
			.vcpu = vcpu, .all = &self->all, .seen = self->seen,
			.rounds = self->rounds, .dev = self->dev,
		};
	}
}

FIXTURE_TEARDOWN(at_once)
{
	close(self->dev);
	kvm_vm_free(self->vm);
	free(self->seen);
}

static void verify_own_event(struct reporter *reporter)
{
	struct kvm_guest_panic_event got = exit_event(reporter->vcpu);
	u64 round = ++reporter->events;
	u32 model = (round + reporter->vcpu->id) % NR_REPORTERS;
	u64 codes[] = { CTL_NOTIFY | round, PANICKED, PANICKED | SHUTDOWN };

	verify_event(got, delivered(an_event(model, reporter->vcpu->id, got.seq,
					     codes[model])));
	TEST_ASSERT(got.seq > reporter->last_seq &&
		    got.seq <= reporter->rounds * NR_VCPUS,
		    "vCPU %u: seq %llu came after %lu", reporter->vcpu->id,
		    got.seq, reporter->last_seq);
	TEST_ASSERT(!reporter->seen[got.seq], "seq %llu came twice", got.seq);
	reporter->seen[got.seq] = 1;
	reporter->last_seq = got.seq;
	verify_latched(reporter->dev, got);
}

/* Let the others report, too, before this one is acknowledged. */
static void handle_event(struct reporter *reporter)
{
	verify_own_event(reporter);
	sched_yield();
	guest_panic_resume(reporter->dev, reporter->last_seq);
}

static void *run_to_the_end(void *arg)
{
	struct reporter *reporter = arg;
	struct ucall uc;

	for (;;) {
		if (__vcpu_run(reporter->vcpu)) {
			TEST_ASSERT_EQ(errno, EINTR);
			continue;
		}
		switch (get_ucall(reporter->vcpu, &uc)) {
		case UCALL_SYNC:
			pthread_barrier_wait(reporter->all);
			break;
		case UCALL_DONE:
			WRITE_ONCE(reporter->is_done, true);
			return NULL;
		case UCALL_ABORT:
			REPORT_GUEST_ASSERT(uc);
		default:
			handle_event(reporter);
		}
	}
}

/*
 * A thread that has ended can be sent a signal until it is joined.  Pauses are
 * long and short: on a slow machine only those that are long let a guest run.
 */
static void send_signals(struct reporter *reporters)
{
	bool all_done;
	int i, pause = 0;

	do {
		all_done = true;
		for (i = 0; i < NR_VCPUS; i++) {
			pthread_kill(reporters[i].thread, SIGUSR1);
			all_done &= READ_ONCE(reporters[i].is_done);
		}
		usleep(100 << (pause++ % 9));
	} while (!all_done);
}

TEST_F_TIMEOUT(at_once, each_event_is_returned_once, LONG_TIMEOUT)
{
	u64 seq, exits = 0;
	int i;

	signal(SIGUSR1, on_interrupt);
	for (i = 0; i < NR_VCPUS; i++)
		self->reporters[i].thread = start_thread(run_to_the_end,
							 &self->reporters[i]);
	send_signals(self->reporters);
	for (i = 0; i < NR_VCPUS; i++) {
		finish_thread(self->reporters[i].thread);
		TEST_ASSERT_EQ(self->reporters[i].events, self->rounds);
		exits += self->reporters[i].events;
	}
	TEST_ASSERT_EQ(exits, self->rounds * NR_VCPUS);
	for (seq = 1; seq <= exits; seq++)
		TEST_ASSERT(self->seen[seq], "seq %lu is missing", seq);
	verify_nothing_latched(self->dev);
	verify_stats(self->vm, exits, 0);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();
	TEST_REQUIRE_HYPERV();
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_SET_GUEST_DEBUG));

	return test_harness_run(argc, argv);
}
