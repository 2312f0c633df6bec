// SPDX-License-Identifier: GPL-2.0-only
/*
 * Phase 2, a vCPU's thread: it has its guest report or count, takes the event
 * from KVM_RUN and acknowledges it by its number, while the others do the same.
 *
 * Enters: a vCPU, and how many operations to do.  Leaves: each number that it has
 * taken, in struct shared.  Of an event it knows all but the number and the time.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>

#include "event.h"
#include "fail.h"
#include "reporter.h"

/*
 * How often to look whether a guest counts while the VM is frozen.  Once finds
 * one that still runs; now and then it is more, so that every other thread tries
 * to enter its guest meanwhile.
 */
#define LOOKS	20
#define LOOKS_LONG_EVERY	16

/*
 * In chaos the event of a vCPU that has shut down may be discarded before
 * KVM_RUN returns it.  The vCPU then goes on in the state that KVM has left it
 * in, and may never exit, so it is given up after so many signals.
 */
#define BROKEN_INTERRUPTS	10

int shared_resume(struct shared *s, uint64_t seq)
{
	return vm_set(&s->vm, KVM_DEV_GUEST_PANIC_CTRL, KVM_GUEST_PANIC_RESUME,
		      &seq);
}

int shared_get_latched(struct shared *s, struct kvm_guest_panic_event *event)
{
	return vm_get(&s->vm, KVM_DEV_GUEST_PANIC_STATE,
		      KVM_GUEST_PANIC_LATCHED, event);
}

static uint64_t counted(struct shared *s)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < VM_MAX_VCPUS; i++)
		sum += __atomic_load_n((uint32_t *)(s->vm.memory + COUNTERS) + i,
				       __ATOMIC_RELAXED);
	return sum;
}

static void verify_frozen(struct reporter *t)
{
	uint64_t before = counted(t->shared);
	int looks = pick(&t->random, LOOKS_LONG_EVERY) ? 1 : LOOKS;

	while (looks--) {
		sched_yield();
		if (counted(t->shared) != before)
			fail("a guest runs while the VM is frozen");
	}
}

static void take_number(struct reporter *t, uint64_t seq)
{
	struct shared *s = t->shared;
	uint64_t largest = __atomic_load_n(&s->largest, __ATOMIC_RELAXED);

	if (!seq || seq >= s->room)
		fail("seq %lu of %lu", seq, s->room - 1);
	if (seq <= t->last_seq)
		fail("vCPU %u: seq %lu after %lu", t->vcpu->id, seq,
		     t->last_seq);
	if (__atomic_exchange_n(&s->seen[seq], 1, __ATOMIC_RELAXED))
		fail("seq %lu came twice", seq);
	t->last_seq = seq;
	__atomic_add_fetch(&s->events, 1, __ATOMIC_RELAXED);
	while (largest < seq &&
	       !__atomic_compare_exchange_n(&s->largest, &largest, seq, false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

/* The event stays latched, as nobody but this thread acknowledges it. */
static void verify_latched(struct reporter *t,
			   const struct kvm_guest_panic_event *event)
{
	struct kvm_guest_panic_event latched;

	verify_errno("get of LATCHED",
		     shared_get_latched(t->shared, &latched), 0);
	verify_same_event("LATCHED", &latched, event);
	verify_errno("RESUME of the next number",
		     shared_resume(t->shared, event->seq + 1), -ESTALE);
	verify_errno("RESUME of the number before",
		     shared_resume(t->shared, event->seq - 1), -ESTALE);
	verify_errno("RESUME of 0", shared_resume(t->shared, 0), -ESTALE);
}

static void acknowledge(struct reporter *t,
			const struct kvm_guest_panic_event *event)
{
	const struct kvm_guest_panic_event *helped =
		&t->shared->helped[t->vcpu->id];
	int r = shared_resume(t->shared, event->seq);

	/* The helper may have been first. */
	if (r == -ESTALE && t->shared->round == ROUND_HELPED &&
	    __atomic_load_n(&helped->seq, __ATOMIC_SEQ_CST) == event->seq)
		return;
	verify_errno("RESUME", r, 0);
	if (!pick(&t->random, 8))
		verify_errno("RESUME once more",
			     shared_resume(t->shared, event->seq), -ESTALE);
}

static void verify_facts(struct kvm_guest_panic_event event,
			 const struct kvm_guest_panic_event *wanted)
{
	/* The thread does not know these in advance. */
	event.seq = 0;
	event.time = 0;
	event.flags = 0;
	verify_same_event("report", &event, wanted);
}

static void take_event(struct reporter *t,
		       const struct kvm_guest_panic_event *wanted)
{
	struct kvm_guest_panic_event event = event_of_exit(t->vcpu);

	verify_facts(event, wanted);
	take_number(t, event.seq);
	if (!model_is_stopping(&event))
		return;
	if (t->shared->round == ROUND_FROZEN)
		verify_frozen(t);
	if (t->shared->round != ROUND_HELPED && !pick(&t->random, 8))
		verify_latched(t, &event);
	acknowledge(t, &event);
}

/*
 * KVM_RUN has not returned the event, so the helper must have acknowledged it
 * before that.
 */
static void take_helped_event(struct reporter *t,
			      const struct kvm_guest_panic_event *wanted)
{
	const struct kvm_guest_panic_event *helped =
		&t->shared->helped[t->vcpu->id];
	uint64_t seq = __atomic_load_n(&helped->seq, __ATOMIC_SEQ_CST);

	if (t->shared->round != ROUND_HELPED || seq <= t->last_seq)
		fail("vCPU %u: its event 0x%llx is lost", t->vcpu->id,
		     wanted->code);
	verify_facts(*helped, wanted);
	take_number(t, seq);
}

static bool is_done(const struct kvm_run *run)
{
	return run->exit_reason == KVM_EXIT_IO && run->io.port == DONE_PORT;
}

static void run_until_done(struct reporter *t,
			   const struct kvm_guest_panic_event *wanted)
{
	struct kvm_run *run = t->vcpu->run;
	bool has_come = false;
	int r;

	for (;;) {
		r = vcpu_run(t->vcpu);
		if (r == -EINTR)
			continue;
		verify_errno("KVM_RUN", r, 0);
		if (is_done(run))
			break;
		if (!wanted->code || has_come)
			fail("vCPU %u: exit %u", t->vcpu->id,
			     run->exit_reason);
		take_event(t, wanted);
		has_come = true;
		/* A vCPU that has shut down cannot go on. */
		if (wanted->model == KVM_GUEST_PANIC_FAULT)
			break;
	}
	if (wanted->code && !has_come)
		take_helped_event(t, wanted);
}

/* An exit as of stock KVM: the model is not enabled at the moment. */
static bool is_of_stock_kvm(const struct kvm_run *run)
{
	return run->exit_reason == KVM_EXIT_IO ||
	       run->exit_reason == KVM_EXIT_MMIO ||
	       (run->exit_reason == KVM_EXIT_SYSTEM_EVENT &&
		!run->system_event.ndata);
}

/* A vCPU without an IDT, or out of reset with no code there. */
static bool is_dead(const struct kvm_run *run)
{
	return run->exit_reason == KVM_EXIT_SHUTDOWN ||
	       run->exit_reason == KVM_EXIT_INTERNAL_ERROR;
}

/*
 * In chaos a report may come to anything, but KVM_RUN returns no exits other
 * than these, and no event of another vCPU.
 */
static void run_in_chaos(struct reporter *t, bool is_broken)
{
	struct kvm_run *run = t->vcpu->run;
	struct kvm_guest_panic_event event;
	int r, interrupts = 0;

	for (;;) {
		r = vcpu_run(t->vcpu);
		if (r == -EINTR && is_broken &&
		    interrupts++ == BROKEN_INTERRUPTS)
			return;
		if (r == -EINTR)
			continue;
		verify_errno("KVM_RUN", r, 0);
		if (is_broken && is_dead(run))
			return;
		if (is_done(run))
			return;
		if (is_of_stock_kvm(run))
			continue;
		event = event_of_exit(t->vcpu);
		if (event.vcpu_id != t->vcpu->id || !event.seq || !event.code)
			fail("vCPU %u: event %llu of %u, code 0x%llx",
			     t->vcpu->id, event.seq, event.vcpu_id, event.code);
		r = shared_resume(t->shared, event.seq);
		if (r && r != -ESTALE)
			fail("RESUME: %s", strerror(-r));
		if (event.model == KVM_GUEST_PANIC_FAULT)
			return;
	}
}

static void finish(struct reporter *t, const struct kvm_guest_panic_event *event)
{
	if (t->shared->round == ROUND_CHAOS)
		run_in_chaos(t, event->model == KVM_GUEST_PANIC_FAULT);
	else
		run_until_done(t, event);
}

static void report_at_random(struct reporter *t)
{
	static const enum insn insns[] = { WRITE_MSR, OUT1, STORE1 };
	struct kvm_guest_panic_event event = {
		.model = pick(&t->random, KVM_GUEST_PANIC_MMIO + 1),
		.vcpu_id = t->vcpu->id,
	};
	struct kvm_regs regs = { .rdx = PVPANIC_PORT, .rcx = MSR_CRASH_CTL };

	regs.rax = pick(&t->random, 8);
	event.code = regs.rax;
	if (event.model == KVM_GUEST_PANIC_HYPERV) {
		regs.rdx = pick(&t->random, 4) << 30;
		event.code |= regs.rdx << 32;
		if (!(event.code & CTL_NOTIFY))
			event.code = 0;
	}
	vcpu_prepare(t->vcpu, insns[event.model], regs);
	finish(t, &event);
}

static void fault(struct reporter *t)
{
	const struct kvm_guest_panic_event event = {
		.model = KVM_GUEST_PANIC_FAULT, .vcpu_id = t->vcpu->id,
		.code = KVM_GUEST_PANIC_TRIPLE_FAULT,
	};

	vcpu_prepare(t->vcpu, UNDEFINED, (struct kvm_regs) { 0 });
	vcpu_break(t->vcpu);
	finish(t, &event);
	vcpu_repair(t->vcpu);
}

static void count_at_random(struct reporter *t)
{
	const struct kvm_guest_panic_event none = { 0 };
	struct kvm_regs regs = {
		.rbx = COUNTERS + 4 * (t->vcpu - t->shared->vm.vcpu),
		.rcx = 1 + pick(&t->random, 60000),
	};

	vcpu_prepare(t->vcpu, COUNT, regs);
	finish(t, &none);
}

/* If it were never delivered, KVM_RUN would return at once for ever. */
static void unblock_signal(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	if (pthread_sigmask(SIG_UNBLOCK, &set, NULL))
		fail("pthread_sigmask()");
}

/* Not where another thread may take the event away: see BROKEN_INTERRUPTS. */
static bool may_fault(const struct shared *s)
{
	return s->round != ROUND_HELPED &&
	       (s->round != ROUND_CHAOS || s->has_signals);
}

void *reporter_thread(void *arg)
{
	struct reporter *t = arg;

	unblock_signal();
	for (; t->operations; t->operations--) {
		progress();
		if (!pick(&t->random, 4))
			count_at_random(t);
		else if (!pick(&t->random, 8) && may_fault(t->shared))
			fault(t);
		else
			report_at_random(t);
	}
	__atomic_store_n(&t->is_done, true, __ATOMIC_SEQ_CST);
	return NULL;
}
