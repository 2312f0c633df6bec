/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Phase 1: one thread, one VM, and what the model says of it.  Each operation
 * picks what it does, and ends the program if an answer is not as predicted.
 */
#ifndef FUZZ_ALONE_H
#define FUZZ_ALONE_H

#include "model.h"
#include "random.h"
#include "vm.h"

_Static_assert(VM_MAX_VCPUS == MODEL_VCPUS, "the model knows each vCPU");

#define PVPANIC_PORT	0x505
#define MSR_CRASH_P0	0x40000100
#define MSR_CRASH_CTL	0x40000105

struct fuzz {
	struct random random;
	struct vm vm;
	struct model model;
};

/* A new VM, with the device and two vCPUs. */
void fuzz_begin(struct fuzz *f);

/* One more vCPU, if there is room. */
void fuzz_add_vcpu(struct fuzz *f);

/* A call of the device. */
void fuzz_device(struct fuzz *f);

/* Save all that is outstanding; restore it in this VM, or in another. */
void fuzz_restore(struct fuzz *f);

/* One access of a vCPU. */
void fuzz_vcpu(struct fuzz *f);

/* @got is the outstanding event of @vcpu; @got says when it was reported. */
void verify_outstanding(const char *what, struct model_vcpu *vcpu,
			const struct kvm_guest_panic_event *got);

#endif /* FUZZ_ALONE_H */
