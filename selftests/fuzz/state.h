/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What phase 1 works on: one thread, one VM, and what the model says of it.
 * The operations on it are in device.c, vcpu.c and restore.c.
 */
#ifndef FUZZ_STATE_H
#define FUZZ_STATE_H

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

/* @got is the outstanding event of @vcpu; @got says when it was reported. */
void verify_outstanding(const char *what, struct model_vcpu *vcpu,
			const struct kvm_guest_panic_event *got);

#endif /* FUZZ_STATE_H */
