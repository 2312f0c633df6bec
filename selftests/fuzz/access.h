/* SPDX-License-Identifier: GPL-2.0-only */
/* An access of a guest, and the verification of what comes of it. */
#ifndef FUZZ_ACCESS_H
#define FUZZ_ACCESS_H

#include "state.h"

/* One vCPU that does one access. */
struct access {
	struct fuzz *f;
	struct vcpu *vcpu;
	int index;
	enum insn insn;
	struct kvm_regs regs;
};

/* Of each instruction: run it, with the registers in it, as the model says. */
extern void (* const accesses[NR_INSNS])(struct access *a);

/* It must not be done: by immediate_exit, a signal, or for want of RESUME. */
void run_interrupted(struct access *a);
void run_waiting(struct access *a);

/* KVM_RUN returns the event that is due. */
void take_event(struct access *a);

/* The instruction is complete, or has not begun. */
void verify_rip(struct access *a, bool is_done);

#endif /* FUZZ_ACCESS_H */
