// SPDX-License-Identifier: GPL-2.0-only
/*
 * A string instruction: REP OUTS to a port, or REP STOS to memory.
 *
 * Enters: an access that is prepared, with its number of elements in RCX.
 * Leaves: each element has been given to the model, in order, and each exit on
 * the way was as predicted.
 *
 * Elements that no model answers have an exit each, as userspace has to write
 * them.  The contract leaves open after how many of the others an event
 * interrupts the instruction, so that is read from RCX.
 */
#include <errno.h>
#include <string.h>

#include "access_run.h"
#include "access_string.h"
#include "fail.h"

struct string {
	struct access *a;
	uint64_t done;		/* elements that the model has been given */
	unsigned int patience;	/* microseconds to run it if it may wait */
};

static uint64_t element_value(const struct string *s, uint64_t i)
{
	return s->a->insn == OUTS ? s->a->f->vm.memory[BUFFER + i] :
				    s->a->regs.rax & 0xff;
}

static bool is_reported(const struct string *s, uint64_t i)
{
	const struct model *m = &s->a->f->model;

	if (s->a->insn == OUTS)
		return model_answers(m, KVM_GUEST_PANIC_ISA, s->a->regs.rdx, 1);
	return model_answers(m, KVM_GUEST_PANIC_MMIO,
			     MMIO_BASE + s->a->regs.rdi + i, 1);
}

/* All elements before @end have been written without an exit. */
static void advance(struct string *s, uint64_t end)
{
	if (end < s->done || end > s->a->regs.rcx)
		fail("instruction %d: element %lu after %lu", s->a->insn, end,
		     s->done);
	for (; s->done < end; s->done++) {
		if (!is_reported(s, s->done))
			fail("instruction %d: no exit for element %lu",
			     s->a->insn, s->done);
		model_write(&s->a->f->model, s->a->index,
			    s->a->insn == OUTS ? KVM_GUEST_PANIC_ISA :
						 KVM_GUEST_PANIC_MMIO,
			    element_value(s, s->done));
	}
}

static uint64_t elements_done(const struct string *s)
{
	return s->a->regs.rcx - vcpu_regs(s->a->vcpu)->rcx;
}

/* While another vCPU's event is latched, a stopping event of this one waits. */
static bool may_wait(const struct string *s)
{
	const struct model *m = &s->a->f->model;
	const struct model_vcpu *latched = model_latched(m);

	return latched && latched != &m->vcpu[s->a->index];
}

static void verify_element_exit(struct string *s)
{
	uint64_t value = element_value(s, s->done);

	if (is_reported(s, s->done))
		fail("instruction %d: an exit for element %lu", s->a->insn,
		     s->done);
	if (s->a->insn == OUTS)
		verify_io_exit(s->a, KVM_EXIT_IO_OUT, value);
	else
		verify_mmio_exit(s->a, MMIO_BASE + s->a->regs.rdi + s->done,
				 true, value);
	s->done++;
}

static bool is_element_exit(const struct string *s)
{
	const struct kvm_run *run = s->a->vcpu->run;

	return run->exit_reason == KVM_EXIT_MMIO ||
	       (run->exit_reason == KVM_EXIT_IO && run->io.port != DONE_PORT);
}

/*
 * How many elements are before the one that has an exit.  RCX does not tell: it
 * may count that one or not, as userspace has not answered yet.
 */
static uint64_t elements_before_exit(const struct string *s)
{
	uint64_t i = s->done;

	if (s->a->insn == STOS)
		return s->a->vcpu->run->mmio.phys_addr - MMIO_BASE -
		       s->a->regs.rdi;
	while (i < s->a->regs.rcx && is_reported(s, i))
		i++;
	return i;
}

/* Returns whether it can go on at once. */
static bool go_on_after_event(struct string *s)
{
	struct access *a = s->a;

	verify_event(a);
	/* With no element left, RIP may be behind the instruction or not. */
	if (s->done < a->regs.rcx)
		verify_rip(a, false);
	return model_due(&a->f->model, a->index) == DUE_NOTHING;
}

static void verify_end(struct string *s)
{
	verify_done(s->a);
	if (s->done != s->a->regs.rcx)
		fail("instruction %d: ended after %lu of %llu elements",
		     s->a->insn, s->done, s->a->regs.rcx);
}

/* To the next exit.  Returns false at the end, or if the vCPU has to wait. */
static bool go_on(struct string *s)
{
	struct access *a = s->a;
	int r = may_wait(s) ? vcpu_run_for(a->vcpu, s->patience) :
			      vcpu_run(a->vcpu);

	if (r && r != -EINTR)
		fail("instruction %d: %s", a->insn, strerror(-r));
	if (r) {
		/* On a slow host the signal may have come before the report. */
		s->patience *= 2;
		advance(s, elements_done(s));
		return model_due(&a->f->model, a->index) != DUE_WAIT;
	}
	if (is_element_exit(s)) {
		advance(s, elements_before_exit(s));
		verify_element_exit(s);
		return true;
	}
	advance(s, elements_done(s));
	if (model_due(&a->f->model, a->index) == DUE_EVENT)
		return go_on_after_event(s);
	verify_end(s);
	return false;
}

void run_string(struct access *a)
{
	struct string s = { .a = a, .patience = 500 };

	while (go_on(&s))
		;
}
