// SPDX-License-Identifier: GPL-2.0-only
/* One access of a vCPU at random, and what the host does to it meanwhile. */
#include "access.h"
#include "fail.h"
#include "vcpu.h"

static uint64_t pick_value(struct random *r)
{
	return pick(r, 4) ? pick(r, 8) : pick_any(r) & 0xffffffff;
}

static void pick_regs(struct access *a)
{
	static const uint16_t ports[] = { PVPANIC_PORT, PVPANIC_PORT, 0x606,
					  PVPANIC_PORT - 1, 0xffff };
	static const uint16_t offsets[] = { 0, 0, 1, 2, 0xff0 };
	struct random *r = &a->f->random;
	bool is_msr = a->insn == WRITE_MSR || a->insn == READ_MSR;
	uint64_t i;

	a->regs.rax = pick_value(r);
	a->regs.rdx = is_msr ? pick(r, 4) << 30 : PICK_OF(r, ports);
	a->regs.rdi = PICK_OF(r, offsets);
	a->regs.rbx = COUNTERS;
	a->regs.rcx = is_msr ? MSR_CRASH_P0 + pick(r, 6) : pick(r, 5);
	/* 0 would be 65,536. */
	a->regs.rcx += a->insn == COUNT;
	if (is_msr && !pick(r, 2))
		a->regs.rcx = MSR_CRASH_CTL;
	if (a->insn != OUTS)
		return;

	/* What only the device sees may take the emulator many rounds. */
	if (model_answers(&a->f->model, KVM_GUEST_PANIC_ISA, a->regs.rdx, 1) &&
	    !pick(r, 16))
		a->regs.rcx = pick(r, BUFFER_SIZE);
	for (i = 0; i < a->regs.rcx; i++)
		a->f->vm.memory[BUFFER + i] = pick(r, 4) ? 0 : pick_any(r);
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

void fuzz_vcpu(struct fuzz *f)
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
		take_event(&a);
		break;
	case DUE_WAIT:
		run_waiting(&a);
		break;
	}
	verify_rip(&a, false);
}
