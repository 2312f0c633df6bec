/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs a vCPU to the exit that the model predicts, and verifies that exit.  Each
 * function fails if KVM_RUN returns anything else.
 */
#ifndef FUZZ_ACCESS_RUN_H
#define FUZZ_ACCESS_RUN_H

#include "state.h"

/* One vCPU, one instruction, and the registers that it begins with. */
struct access {
	struct fuzz *f;
	struct vcpu *vcpu;
	int index;		/* of the vCPU, for the model */
	enum insn insn;
	struct kvm_regs regs;
};

/* Bytes of one element of a port or memory access; 0 for other instructions. */
int access_size(const struct access *a);

/* KVM_RUN returns exit @reason. */
void run_to(struct access *a, uint32_t reason);

/* KVM_RUN returns the event that is due, which is then delivered. */
void run_to_event(struct access *a);

/* The guest gets to its write to DONE_PORT, unless an event is due or it waits. */
void run_to_end(struct access *a);

/* The model has been told what the instruction reports; the device is now. */
void run_report(struct access *a);
void run_report_or_step(struct access *a);

/* The exit of an instruction has been answered: let KVM complete it. */
void run_answered(struct access *a);

/* KVM_RUN returns EINTR: by immediate_exit or a signal, or as the vCPU waits. */
void run_interrupted(struct access *a);
void run_waiting(struct access *a);

/* The last exit is the event that is due; the end; one for a port or memory. */
void verify_event(struct access *a);
void verify_done(struct access *a);

/* @value is what is written, or what to answer a read with. */
void verify_io_exit(struct access *a, int direction, uint64_t value);
void verify_mmio_exit(struct access *a, uint64_t addr, bool is_write,
		      uint64_t value);

/* The instruction is complete, or has not begun. */
void verify_rip(struct access *a, bool is_done);

#endif /* FUZZ_ACCESS_RUN_H */
