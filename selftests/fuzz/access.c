// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accesses of a guest at random: port, MMIO, string and MSR.  Each exit is as
 * predicted, with all that it carries, and so is what the guest reads.
 */
#include <string.h>

#include "access.h"

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

void verify_event(const struct vcpu *vcpu,
		  const struct kvm_guest_panic_event *event)
{
	const struct kvm_run *run = vcpu->run;
	const __u64 *data = run->system_event.data;
	bool is_hyperv = event->model == KVM_GUEST_PANIC_HYPERV;

	if (run->system_event.type != KVM_SYSTEM_EVENT_CRASH ||
	    run->system_event.ndata != (is_hyperv ? 9 : 4) ||
	    data[0] != event->model || data[1] != event->vcpu_id ||
	    data[2] != event->seq || data[3] != event->code ||
	    (is_hyperv && memcmp(&data[4], event->param, sizeof(event->param))))
		fail("vCPU %u: wanted %u %u %llu 0x%llx, got %llu %llu %llu 0x%llx, ndata %u",
		     vcpu->id, event->model, event->vcpu_id, event->seq,
		     event->code, data[0], data[1], data[2], data[3],
		     run->system_event.ndata);
}

/* To the write at the end, or to an event that is due before it. */
void run_to_end(struct access *a)
{
	const struct kvm_guest_panic_event *due =
		model_due(&a->f->model, a->index);

	if (!due) {
		run_to(a, KVM_EXIT_IO);
		if (a->vcpu->run->io.port != DONE_PORT)
			fail("instruction %d: exit for port 0x%x", a->insn,
			     a->vcpu->run->io.port);
		return;
	}

	run_to(a, KVM_EXIT_SYSTEM_EVENT);
	verify_event(a->vcpu, due);
	model_delivered(&a->f->model, a->index);
}

void verify_rip(struct access *a, bool is_done)
{
	uint64_t rip = vcpu_regs(a->vcpu)->rip;
	bool has_moved = rip != insn_address(a->insn);

	if (has_moved != is_done)
		fail("instruction %d, at 0x%lx: wanted it %s", a->insn, rip,
		     is_done ? "complete" : "not begun");
}

/* A report may be left to be delivered later: that is what single-step does. */
static void report(struct access *a, int which, uint64_t code)
{
	bool steps = !pick(&a->f->random, 4);

	if (code)
		model_report(&a->f->model, a->index, which, code);
	if (steps) {
		vcpu_single_step(a->vcpu, true);
		run_to(a, KVM_EXIT_DEBUG);
		vcpu_single_step(a->vcpu, false);
	}
	if (!steps || pick(&a->f->random, 2))
		run_to_end(a);
	verify_rip(a, true);
}

/*
 * Userspace has answered: the instruction is complete at the next KVM_RUN, for
 * which the guest need not be entered.  That is what takes time.
 */
static void complete(struct access *a)
{
	if (pick(&a->f->random, 8))
		vcpu_run_nothing(a->vcpu);
	else
		run_to_end(a);
	verify_rip(a, true);
}

static void verify_io(struct access *a, int direction, uint64_t value)
{
	struct kvm_run *run = a->vcpu->run;
	int size = sizes[a->insn];
	uint8_t *data;

	run_to(a, KVM_EXIT_IO);
	if (run->io.direction != direction || run->io.size != size ||
	    run->io.port != (uint16_t)a->regs.rdx || run->io.count != 1)
		fail("exit for port 0x%x", run->io.port);
	data = (uint8_t *)run + run->io.data_offset;
	if (direction == KVM_EXIT_IO_IN)
		memcpy(data, &value, size);
	else if (memcmp(data, &value, size))
		fail("port 0x%x: wanted another value", run->io.port);
}

static void verify_mmio(struct access *a, uint64_t addr, bool is_write,
			uint64_t value)
{
	struct kvm_run *run = a->vcpu->run;
	uint32_t size = sizes[a->insn];

	run_to(a, KVM_EXIT_MMIO);
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
	int which = model_at_port(m, a->regs.rdx, sizes[a->insn]);

	if (which >= 0) {
		report(a, which, model_write(m, which, a->regs.rax & 0xff));
		return;
	}
	verify_io(a, KVM_EXIT_IO_OUT, a->regs.rax);
	complete(a);
}

static void do_in(struct access *a)
{
	int which = model_at_port(&a->f->model, a->regs.rdx, sizes[a->insn]);
	uint64_t value = pick_any(&a->f->random);

	if (which >= 0) {
		value = a->f->model.setting[which].events;
		run_to_end(a);
	} else {
		verify_io(a, KVM_EXIT_IO_IN, value);
		complete(a);
	}
	verify_read(a, value);
}

static void do_outs(struct access *a)
{
	uint8_t *buffer = a->f->vm.memory + BUFFER;
	int which = model_at_port(&a->f->model, a->regs.rdx, 1);
	uint64_t i, code = 0;

	for (i = 0; i < a->regs.rcx; i++) {
		if (which < 0)
			verify_io(a, KVM_EXIT_IO_OUT, buffer[i]);
		else
			code |= model_write(&a->f->model, which, buffer[i]);
	}
	if (code)
		model_report(&a->f->model, a->index, which, code);
	run_to_end(a);
	verify_rip(a, true);
}

static void do_store(struct access *a)
{
	uint64_t addr = MMIO_BASE + a->regs.rdi;
	struct model *m = &a->f->model;
	int which = model_at_address(m, addr, sizes[a->insn]);

	if (which >= 0) {
		report(a, which, model_write(m, which, a->regs.rax & 0xff));
		return;
	}
	verify_mmio(a, addr, true, a->regs.rax);
	complete(a);
}

static void do_load(struct access *a)
{
	uint64_t addr = MMIO_BASE + a->regs.rdi;
	int which = model_at_address(&a->f->model, addr, sizes[a->insn]);
	uint64_t value = pick_any(&a->f->random);

	if (which >= 0) {
		value = a->f->model.setting[which].events;
		run_to_end(a);
	} else {
		verify_mmio(a, addr, false, value);
		complete(a);
	}
	verify_read(a, value);
}

static void do_stos(struct access *a)
{
	uint64_t i, addr, code = 0, value = a->regs.rax & 0xff;
	int which;

	for (i = 0; i < a->regs.rcx; i++) {
		addr = MMIO_BASE + a->regs.rdi + i;
		which = model_at_address(&a->f->model, addr, 1);
		if (which < 0)
			verify_mmio(a, addr, true, value);
		else
			code |= model_write(&a->f->model, which, value);
	}
	if (code)
		model_report(&a->f->model, a->index, KVM_GUEST_PANIC_MMIO,
			     code);
	run_to_end(a);
	verify_rip(a, true);
}

static void do_write_msr(struct access *a)
{
	uint64_t value = a->regs.rdx << 32 | (uint32_t)a->regs.rax;
	struct model *m = &a->f->model;

	if (a->regs.rcx != MSR_CRASH_CTL) {
		m->crash_param[a->regs.rcx - MSR_CRASH_P0] = value;
		run_to_end(a);
	} else if (m->setting[KVM_GUEST_PANIC_HYPERV].events) {
		report(a, KVM_GUEST_PANIC_HYPERV,
		       model_write(m, KVM_GUEST_PANIC_HYPERV, value));
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

static void do_nothing(struct access *a)
{
	run_to_end(a);
}

void (* const accesses[NR_INSNS])(struct access *a) = {
	[NOTHING] = do_nothing, [OUT1] = do_out, [OUT2] = do_out,
	[OUT4] = do_out, [IN1] = do_in, [IN2] = do_in, [IN4] = do_in,
	[OUTS] = do_outs, [STORE1] = do_store, [STORE2] = do_store,
	[STORE4] = do_store, [LOAD1] = do_load, [LOAD2] = do_load,
	[LOAD4] = do_load, [STOS] = do_stos, [WRITE_MSR] = do_write_msr,
	[READ_MSR] = do_read_msr, [COUNT] = do_nothing,
};
