/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FAULT_OBSERVE_H
#define FAULT_OBSERVE_H

#include "vm.h"

/* Where models are. */
#define PORT		PVPANIC_PORT
#define OTHER_PORT	0x606
#define ADDRESS		MMIO_BASE
#define OTHER_ADDRESS	(MMIO_BASE + 8)

/* What else answers on the buses: ioeventfds, and an interrupt controller. */
#define EVENTFD_PORT	0x707
#define EVENTFD_ADDRESS	(MMIO_BASE + 16)
#define PIC_PORT	0x21

#define NR_MODELS	(KVM_GUEST_PANIC_FAULT + 1)
#define NR_VCPUS	3

struct observed {
	struct kvm_guest_panic_model model[NR_MODELS];
	struct kvm_guest_panic_event event[NR_VCPUS + 1];
	int event_errno[NR_VCPUS + 1];	/* of the get of EVENT */
	uint64_t seq, latched_seq;
	uint64_t events;
	uint32_t freeze;
	/* Which ports and addresses the kernel answers: see read_answers(). */
	bool answers[7];
};

struct observed observe(struct vm *vm);

/* Runs one instruction.  Returns whether the kernel did it without an exit. */
bool observe_insn(struct vcpu *vcpu, enum insn what, struct kvm_regs regs);

#endif /* FAULT_OBSERVE_H */
