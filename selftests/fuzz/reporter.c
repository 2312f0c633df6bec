// SPDX-License-Identifier: GPL-2.0-only
/*
 * Phase 2, a vCPU's thread: it reports, takes its own event from KVM_RUN and
 * acknowledges it, while the others do the same.
 */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "threads.h"

/*
 * In a frozen VM, how often to look whether a guest counts all the same: once
 * for one that still runs, and now and then for longer, so that every other
 * thread tries to enter its guest meanwhile.
 */
#define LOOKS	20
#define LOOKS_LONG_EVERY	16

void call(struct shared *s, uint32_t group, uint64_t attr, const void *payload,
	  int wanted)
{
	int got = vm_set(&s->vm, group, attr, payload);

	if (got != wanted)
		fail("group %u, attribute %lu: wanted %s, got %s", group, attr,
		     strerror(-wanted), strerror(-got));
}

static uint64_t counted(struct shared *s)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < MAX_VCPUS; i++)
		sum += __atomic_load_n((uint32_t *)(s->vm.memory + COUNTERS) + i,
				       __ATOMIC_RELAXED);
	return sum;
}

static void verify_frozen(struct thread *t)
{
	uint64_t before = counted(t->shared);
	int looks = pick(&t->random, LOOKS_LONG_EVERY) ? 1 : LOOKS;

	while (looks--) {
		sched_yield();
		if (counted(t->shared) != before)
			fail("a guest runs while the VM is frozen");
	}
}

static void take_number(struct thread *t, uint64_t seq)
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

static void resume(struct shared *s)
{
	call(s, KVM_DEV_GUEST_PANIC_CTRL, KVM_GUEST_PANIC_RESUME, NULL, 0);
	__atomic_add_fetch(&s->resumes, 1, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, &s->resumes, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/*
 * Another's event is outstanding.  Its thread acknowledges it; who waits leaves
 * it the CPU, and who tries again is to be told the same.
 */
static void leave_to_other(struct thread *t, uint32_t resumes)
{
	if (pick(&t->random, 4))
		syscall(SYS_futex, &t->shared->resumes, FUTEX_WAIT, resumes,
			NULL, NULL, 0);
}

/* Returns true once the vCPU's own event has come. */
static bool take_event(struct thread *t, struct kvm_guest_panic_event event,
		       uint32_t resumes)
{
	const __u64 *data = t->vcpu->run->system_event.data;
	bool is_stopping = event.model == KVM_GUEST_PANIC_HYPERV ||
			   event.code & KVM_GUEST_PANIC_PANICKED;

	if (data[1] != t->vcpu->id) {
		leave_to_other(t, resumes);
		return false;
	}
	event.seq = data[2];
	if (event.model == KVM_GUEST_PANIC_HYPERV)
		memcpy(event.param, &data[4], sizeof(event.param));
	verify_event(t->vcpu, &event);
	take_number(t, event.seq);
	if (!is_stopping)
		return true;
	if (t->shared->is_always_frozen)
		verify_frozen(t);
	resume(t->shared);
	return true;
}

static void run_until_done(struct thread *t, struct kvm_guest_panic_event event)
{
	struct kvm_run *run = t->vcpu->run;
	bool has_come = false;
	uint32_t resumes;
	int r;

	for (;;) {
		resumes = __atomic_load_n(&t->shared->resumes,
					  __ATOMIC_SEQ_CST);
		r = vcpu_run(t->vcpu);
		if (r == -EINTR)
			continue;
		if (r)
			fail("KVM_RUN: %s", strerror(-r));
		if (run->exit_reason == KVM_EXIT_IO &&
		    run->io.port == DONE_PORT)
			break;
		if (run->exit_reason != KVM_EXIT_SYSTEM_EVENT)
			fail("exit %u", run->exit_reason);
		has_come |= take_event(t, event, resumes);
	}
	if (has_come != !!event.code)
		fail("vCPU %u: its event 0x%llx was %s", t->vcpu->id,
		     event.code, has_come ? "none" : "lost");
}

static void report_at_random(struct thread *t)
{
	static const enum insn insns[] = { WRITE_MSR, OUT1, STORE1 };
	struct kvm_guest_panic_event event = {
		.model = pick(&t->random, NR_MODELS), .vcpu_id = t->vcpu->id,
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
	run_until_done(t, event);
}

static void count_at_random(struct thread *t)
{
	struct kvm_guest_panic_event none = { .vcpu_id = t->vcpu->id };
	struct kvm_regs regs = {
		.rbx = COUNTERS + 4 * (t->vcpu - t->shared->vm.vcpu),
		.rcx = 1 + pick(&t->random, 60000),
	};

	vcpu_prepare(t->vcpu, COUNT, regs);
	run_until_done(t, none);
}

void *run_thread(void *arg)
{
	struct thread *t = arg;

	while (t->operations--) {
		if (pick(&t->random, 4))
			report_at_random(t);
		else
			count_at_random(t);
	}
	return NULL;
}
