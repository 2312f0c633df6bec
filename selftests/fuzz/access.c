// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accesses of a guest at random: port, MMIO, string and MSR.  Each exit is as
 * predicted, with all that it carries, and so is what the guest reads.
 */
#include <errno.h>
#include <string.h>

#include "access.h"
#include "device.h"
#include "event.h"
#include "fail.h"

static const int sizes[NR_INSNS] = {
	[OUT1] = 1, [OUT2] = 2, [OUT4] = 4, [IN1] = 1, [IN2] = 2, [IN4] = 4,
	[OUTS] = 1, [STORE1] = 1, [STORE2] = 2, [STORE4] = 4, [LOAD1] = 1,
	[LOAD2] = 2, [LOAD4] = 4, [STOS] = 1,
};

static void run_to(struct access *a, uint32_t reason)
{
	int r = vcpu_run(a->vcpu);

	if (r || a->vcpu->run->exit_reason != reason)
		fail("vCPU %u, instruction %d: wanted exit %u, got %u, %s",
		     a->vcpu->id, a->insn, reason, a->vcpu->run->exit_reason,
		     strerror(-r));
}

void verify_rip(struct access *a, bool is_done)
{
	uint64_t rip = vcpu_regs(a->vcpu)->rip;
	bool has_moved = rip != insn_address(a->insn);

	if (has_moved != is_done)
		fail("instruction %d, at 0x%lx: wanted it %s", a->insn, rip,
		     is_done ? "complete" : "not begun");
}

void run_interrupted(struct access *a)
{
	bool is_signal = pick(&a->f->random, 2);
	int r = is_signal ? vcpu_run_signalled(a->vcpu) :
			    vcpu_run_nothing(a->vcpu);

	if (r != -EINTR)
		fail("vCPU %u, instruction %d: %s: got %s, exit %u",
		     a->vcpu->id, a->insn,
		     is_signal ? "a signal" : "immediate_exit", strerror(-r),
		     a->vcpu->run->exit_reason);
}

/* Most often not for long: that is what takes time. */
void run_waiting(struct access *a)
{
	int r;

	if (pick(&a->f->random, 4)) {
		run_interrupted(a);
		return;
	}
	r = vcpu_run_for(a->vcpu, 100 + pick(&a->f->random, 400));
	if (r != -EINTR)
		fail("vCPU %u, instruction %d: does not wait: got %s, exit %u",
		     a->vcpu->id, a->insn, strerror(-r),
		     a->vcpu->run->exit_reason);
}

static void verify_event(struct access *a)
{
	struct model_vcpu *vcpu = &a->f->model.vcpu[a->index];
	struct kvm_guest_panic_event got = event_of_exit(a->vcpu);

	got.flags = 0;
	verify_outstanding("exit", vcpu, &got);
	model_delivered(&a->f->model, a->index);
}

void take_event(struct access *a)
{
	run_to(a, KVM_EXIT_SYSTEM_EVENT);
	verify_event(a);
}

static void verify_done(struct access *a)
{
	if (a->vcpu->run->exit_reason != KVM_EXIT_IO ||
	    a->vcpu->run->io.port != DONE_PORT)
		fail("instruction %d: wanted its end, got exit %u, port 0x%x",
		     a->insn, a->vcpu->run->exit_reason,
		     a->vcpu->run->io.port);
}

/* To the write at the end, or to what comes before it. */
static void run_to_end(struct access *a)
{
	switch (model_due(&a->f->model, a->index)) {
	case DUE_EVENT:
		if (!pick(&a->f->random, 8))
			run_interrupted(a);
		take_event(a);
		break;
	case DUE_WAIT:
		run_waiting(a);
		break;
	default:
		run_to(a, KVM_EXIT_IO);
		verify_done(a);
		break;
	}
}

/* The vCPU reports, and then has to wait.  For a slow host try for longer. */
static void run_until_reported(struct access *a)
{
	struct kvm_guest_panic_event event = { .vcpu_id = a->vcpu->id };
	unsigned int patience = 500;
	int r;

	do {
		r = vcpu_run_for(a->vcpu, patience);
		if (r != -EINTR)
			fail("vCPU %u, instruction %d: does not wait: got %s, exit %u",
			     a->vcpu->id, a->insn, strerror(-r),
			     a->vcpu->run->exit_reason);
		patience *= 2;
	} while (vm_get(&a->f->vm, KVM_DEV_GUEST_PANIC_STATE,
			KVM_GUEST_PANIC_EVENT, &event));
}

/* The model knows already what the instruction reports. */
static void run_report(struct access *a)
{
	if (model_due(&a->f->model, a->index) == DUE_WAIT)
		run_until_reported(a);
	else
		run_to_end(a);
}

/* KVM_RUN may return for a single step before it does for the report. */
static void run_report_or_step(struct access *a)
{
	if (pick(&a->f->random, 4)) {
		run_report(a);
	} else {
		vcpu_single_step(a->vcpu, true);
		run_to(a, KVM_EXIT_DEBUG);
		vcpu_single_step(a->vcpu, false);
		if (pick(&a->f->random, 2))
			run_to_end(a);
	}
	verify_rip(a, true);
}

/*
 * Userspace has answered: the instruction is complete at the next KVM_RUN, for
 * which the guest need not be entered.  That is what takes time.  Meanwhile an
 * event may become due, or the vCPU may have to wait, and a signal comes first.
 */
static void complete(struct access *a)
{
	while (!pick(&a->f->random, 4))
		fuzz_device(a->f);
	if (pick(&a->f->random, 4))
		run_interrupted(a);
	else
		run_to_end(a);
	verify_rip(a, true);
}

static void verify_io_exit(struct access *a, int direction, uint64_t value)
{
	struct kvm_run *run = a->vcpu->run;
	int size = sizes[a->insn];
	uint8_t *data;

	if (run->io.direction != direction || run->io.size != size ||
	    run->io.port != (uint16_t)a->regs.rdx || run->io.count != 1)
		fail("exit for port 0x%x", run->io.port);
	data = (uint8_t *)run + run->io.data_offset;
	if (direction == KVM_EXIT_IO_IN)
		memcpy(data, &value, size);
	else if (memcmp(data, &value, size))
		fail("port 0x%x: wanted another value", run->io.port);
}

static void verify_mmio_exit(struct access *a, uint64_t addr, bool is_write,
			     uint64_t value)
{
	struct kvm_run *run = a->vcpu->run;
	uint32_t size = sizes[a->insn];

	if (run->mmio.phys_addr != addr || run->mmio.len != size ||
	    run->mmio.is_write != is_write)
		fail("exit for address 0x%llx", run->mmio.phys_addr);
	if (!is_write)
		memcpy(run->mmio.data, &value, size);
	else if (memcmp(run->mmio.data, &value, size))
		fail("address 0x%lx: wanted another value", addr);
}

static void verify_read(struct access *a, uint64_t wanted)
{
	uint64_t mask = (1ULL << (8 * sizes[a->insn])) - 1;
	uint64_t got = vcpu_regs(a->vcpu)->rax;

	if ((got & mask) != (wanted & mask))
		fail("instruction %d: wanted to read 0x%lx, got 0x%lx",
		     a->insn, wanted & mask, got & mask);
}

static void do_out(struct access *a)
{
	struct model *m = &a->f->model;

	if (model_answers(m, KVM_GUEST_PANIC_ISA, a->regs.rdx,
			  sizes[a->insn])) {
		model_write(m, a->index, KVM_GUEST_PANIC_ISA,
			    a->regs.rax & 0xff);
		run_report_or_step(a);
		return;
	}
	run_to(a, KVM_EXIT_IO);
	verify_io_exit(a, KVM_EXIT_IO_OUT, a->regs.rax);
	complete(a);
}

static void do_in(struct access *a)
{
	struct model *m = &a->f->model;
	uint64_t value = pick_any(&a->f->random);

	if (model_answers(m, KVM_GUEST_PANIC_ISA, a->regs.rdx,
			  sizes[a->insn])) {
		value = m->setting[KVM_GUEST_PANIC_ISA].events;
		run_to_end(a);
	} else {
		run_to(a, KVM_EXIT_IO);
		verify_io_exit(a, KVM_EXIT_IO_IN, value);
		complete(a);
	}
	verify_read(a, value);
}

static void do_store(struct access *a)
{
	uint64_t addr = MMIO_BASE + a->regs.rdi;
	struct model *m = &a->f->model;

	if (model_answers(m, KVM_GUEST_PANIC_MMIO, addr, sizes[a->insn])) {
		model_write(m, a->index, KVM_GUEST_PANIC_MMIO,
			    a->regs.rax & 0xff);
		run_report_or_step(a);
		return;
	}
	run_to(a, KVM_EXIT_MMIO);
	verify_mmio_exit(a, addr, true, a->regs.rax);
	complete(a);
}

static void do_load(struct access *a)
{
	uint64_t addr = MMIO_BASE + a->regs.rdi;
	uint64_t value = pick_any(&a->f->random);
	struct model *m = &a->f->model;

	if (model_answers(m, KVM_GUEST_PANIC_MMIO, addr, sizes[a->insn])) {
		value = m->setting[KVM_GUEST_PANIC_MMIO].events;
		run_to_end(a);
	} else {
		run_to(a, KVM_EXIT_MMIO);
		verify_mmio_exit(a, addr, false, value);
		complete(a);
	}
	verify_read(a, value);
}

/*
 * A string instruction.  Its elements are written one after the other; those
 * that no model answers are userspace's, each with an exit.  The contract
 * leaves open after which element an event interrupts it: RCX tells.
 */
struct string {
	struct access *a;
	uint64_t done;		/* elements that the model knows of */
	unsigned int patience;	/* microseconds, if it may have to wait */
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

/* All before element @end are written, and none of them had an exit. */
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

/* Another vCPU's event is latched: one of this vCPU's may have to wait. */
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
 * Elements before the one that has an exit; RCX may count that one already or
 * not, as userspace has not answered yet.
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

/* Returns false at its end, or if it cannot go on. */
static bool go_on(struct string *s)
{
	struct access *a = s->a;
	int r = may_wait(s) ? vcpu_run_for(a->vcpu, s->patience) :
			      vcpu_run(a->vcpu);

	if (r && r != -EINTR)
		fail("instruction %d: %s", a->insn, strerror(-r));
	if (r) {
		/* Too early, perhaps, for this host. */
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
	if (model_due(&a->f->model, a->index) == DUE_EVENT) {
		verify_event(a);
		/* With no element left, either is right. */
		if (s->done < a->regs.rcx)
			verify_rip(a, false);
		return model_due(&a->f->model, a->index) == DUE_NOTHING;
	}
	verify_done(a);
	if (s->done != a->regs.rcx)
		fail("instruction %d: ended after %lu of %llu elements",
		     a->insn, s->done, a->regs.rcx);
	return false;
}

static void do_string(struct access *a)
{
	struct string s = { .a = a, .patience = 500 };

	while (go_on(&s))
		;
}

static void do_write_msr(struct access *a)
{
	uint64_t value = a->regs.rdx << 32 | (uint32_t)a->regs.rax;
	struct model *m = &a->f->model;

	if (a->regs.rcx != MSR_CRASH_CTL) {
		m->crash_param[a->regs.rcx - MSR_CRASH_P0] = value;
		run_to_end(a);
	} else if (m->setting[KVM_GUEST_PANIC_HYPERV].events) {
		model_write(m, a->index, KVM_GUEST_PANIC_HYPERV, value);
		run_report_or_step(a);
	} else {
		if (value & CTL_NOTIFY) {
			run_to(a, KVM_EXIT_SYSTEM_EVENT);
			if (a->vcpu->run->system_event.ndata)
				fail("wanted upstream's exit, got ndata %u",
				     a->vcpu->run->system_event.ndata);
		}
		run_to_end(a);
	}
}

static void do_read_msr(struct access *a)
{
	uint64_t wanted = a->regs.rcx == MSR_CRASH_CTL ?
		model_read_ctl(&a->f->model) :
		a->f->model.crash_param[a->regs.rcx - MSR_CRASH_P0];
	const struct kvm_regs *regs = vcpu_regs(a->vcpu);

	run_to_end(a);
	if ((regs->rdx << 32 | (uint32_t)regs->rax) != wanted)
		fail("MSR 0x%llx: wanted 0x%lx", a->regs.rcx, wanted);
}

/* Its registers are lost or not: whatever it is, it is repaired. */
static void do_fault(struct access *a)
{
	vcpu_break(a->vcpu);
	if (model_fault(&a->f->model, a->index))
		run_report(a);
	else
		run_to(a, KVM_EXIT_SHUTDOWN);
	vcpu_repair(a->vcpu);
}

static void do_nothing(struct access *a)
{
	run_to_end(a);
}

void (* const accesses[NR_INSNS])(struct access *a) = {
	[NOTHING] = do_nothing, [OUT1] = do_out, [OUT2] = do_out,
	[OUT4] = do_out, [IN1] = do_in, [IN2] = do_in, [IN4] = do_in,
	[OUTS] = do_string, [STORE1] = do_store, [STORE2] = do_store,
	[STORE4] = do_store, [LOAD1] = do_load, [LOAD2] = do_load,
	[LOAD4] = do_load, [STOS] = do_string, [WRITE_MSR] = do_write_msr,
	[READ_MSR] = do_read_msr, [COUNT] = do_nothing, [UNDEFINED] = do_fault,
};
