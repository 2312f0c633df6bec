// SPDX-License-Identifier: GPL-2.0-only
/*
 * One access of a guest at random: port, memory, string or MSR, or a triple
 * fault; and what the host does to the vCPU meanwhile.
 *
 * Enters: a VM and its model.  Leaves: both after the access, with each exit, and
 * what the guest read, verified.
 */
#include "access.h"
#include "access_run.h"
#include "access_string.h"
#include "fail.h"

static void verify_read(struct access *a, uint64_t wanted)
{
	uint64_t mask = (1ULL << (8 * access_size(a))) - 1;
	uint64_t got = vcpu_regs(a->vcpu)->rax;

	if ((got & mask) != (wanted & mask))
		fail("instruction %d: wanted to read 0x%lx, got 0x%lx",
		     a->insn, wanted & mask, got & mask);
}

static void do_out(struct access *a)
{
	struct model *m = &a->f->model;

	if (model_answers(m, KVM_GUEST_PANIC_ISA, a->regs.rdx,
			  access_size(a))) {
		model_write(m, a->index, KVM_GUEST_PANIC_ISA,
			    a->regs.rax & 0xff);
		run_report_or_step(a);
		return;
	}
	run_to(a, KVM_EXIT_IO);
	verify_io_exit(a, KVM_EXIT_IO_OUT, a->regs.rax);
	run_answered(a);
}

static void do_in(struct access *a)
{
	struct model *m = &a->f->model;
	uint64_t value = pick_any(&a->f->random);

	if (model_answers(m, KVM_GUEST_PANIC_ISA, a->regs.rdx,
			  access_size(a))) {
		value = m->setting[KVM_GUEST_PANIC_ISA].events;
		run_to_end(a);
	} else {
		run_to(a, KVM_EXIT_IO);
		verify_io_exit(a, KVM_EXIT_IO_IN, value);
		run_answered(a);
	}
	verify_read(a, value);
}

static void do_store(struct access *a)
{
	uint64_t addr = MMIO_BASE + a->regs.rdi;
	struct model *m = &a->f->model;

	if (model_answers(m, KVM_GUEST_PANIC_MMIO, addr, access_size(a))) {
		model_write(m, a->index, KVM_GUEST_PANIC_MMIO,
			    a->regs.rax & 0xff);
		run_report_or_step(a);
		return;
	}
	run_to(a, KVM_EXIT_MMIO);
	verify_mmio_exit(a, addr, true, a->regs.rax);
	run_answered(a);
}

static void do_load(struct access *a)
{
	uint64_t addr = MMIO_BASE + a->regs.rdi;
	uint64_t value = pick_any(&a->f->random);
	struct model *m = &a->f->model;

	if (model_answers(m, KVM_GUEST_PANIC_MMIO, addr, access_size(a))) {
		value = m->setting[KVM_GUEST_PANIC_MMIO].events;
		run_to_end(a);
	} else {
		run_to(a, KVM_EXIT_MMIO);
		verify_mmio_exit(a, addr, false, value);
		run_answered(a);
	}
	verify_read(a, value);
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

/* Whether a CPU keeps the registers of a triple fault depends on the vendor. */
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

static void (* const accesses[NR_INSNS])(struct access *a) = {
	[NOTHING] = do_nothing, [OUT1] = do_out, [OUT2] = do_out,
	[OUT4] = do_out, [IN1] = do_in, [IN2] = do_in, [IN4] = do_in,
	[OUTS] = run_string, [STORE1] = do_store, [STORE2] = do_store,
	[STORE4] = do_store, [LOAD1] = do_load, [LOAD2] = do_load,
	[LOAD4] = do_load, [STOS] = run_string, [WRITE_MSR] = do_write_msr,
	[READ_MSR] = do_read_msr, [COUNT] = do_nothing, [UNDEFINED] = do_fault,
};

static uint64_t pick_value(struct random *r)
{
	return pick(r, 4) ? pick(r, 8) : pick_any(r) & 0xffffffff;
}

/*
 * Elements that only the device sees take no exits, so now and then there are
 * more of them than KVM's emulator writes at a time.
 */
static void fill_buffer(struct access *a)
{
	struct random *r = &a->f->random;
	uint64_t i;

	if (model_answers(&a->f->model, KVM_GUEST_PANIC_ISA, a->regs.rdx, 1) &&
	    !pick(r, 16))
		a->regs.rcx = pick(r, BUFFER_SIZE);
	for (i = 0; i < a->regs.rcx; i++)
		a->f->vm.memory[BUFFER + i] = pick(r, 4) ? 0 : pick_any(r);
}

static void pick_regs(struct access *a)
{
	static const uint16_t ports[] = { PVPANIC_PORT, PVPANIC_PORT, 0x606,
					  PVPANIC_PORT - 1, 0xffff };
	static const uint16_t offsets[] = { 0, 0, 1, 2, 0xff0 };
	struct random *r = &a->f->random;
	bool is_msr = a->insn == WRITE_MSR || a->insn == READ_MSR;

	a->regs.rax = pick_value(r);
	a->regs.rdx = is_msr ? pick(r, 4) << 30 : PICK_OF(r, ports);
	a->regs.rdi = PICK_OF(r, offsets);
	a->regs.rbx = COUNTERS;
	a->regs.rcx = is_msr ? MSR_CRASH_P0 + pick(r, 6) : pick(r, 5);
	/* LOOP takes a count of 0 for 65,536. */
	a->regs.rcx += a->insn == COUNT;
	if (is_msr && !pick(r, 2))
		a->regs.rcx = MSR_CRASH_CTL;
	if (a->insn == OUTS)
		fill_buffer(a);
}

static void write_msr_from_host(struct access *a)
{
	int i = pick(&a->f->random, NR_PARAMS + 1);
	uint64_t value = pick_any(&a->f->random);

	if (i == NR_PARAMS)
		value &= CTL_NOTIFY;
	*(i == NR_PARAMS ? &a->f->model.crash_ctl :
			   &a->f->model.crash_param[i]) = value;
	vcpu_set_msr(a->vcpu, MSR_CRASH_P0 + i, value);
	if (vcpu_get_msr(a->vcpu, MSR_CRASH_P0 + i) != value)
		fail("MSR 0x%x is not what the host wrote", MSR_CRASH_P0 + i);
}

void fuzz_access(struct fuzz *f)
{
	struct access a = { .f = f };

	a.index = pick(&f->random, f->vm.nr_vcpus);
	a.vcpu = &f->vm.vcpu[a.index];
	a.insn = pick(&f->random, NR_INSNS);
	if (!pick(&f->random, 16))
		write_msr_from_host(&a);
	pick_regs(&a);
	vcpu_prepare(a.vcpu, a.insn, a.regs);
	f->model.now = vm_now();
	if (!pick(&f->random, 16)) {
		run_interrupted(&a);
		verify_rip(&a, false);
	}
	switch (model_due(&f->model, a.index)) {
	case DUE_NOTHING:
		accesses[a.insn](&a);
		return;
	case DUE_EVENT:
		run_to_event(&a);
		break;
	case DUE_WAIT:
		run_waiting(&a);
		break;
	}
	verify_rip(&a, false);
}
