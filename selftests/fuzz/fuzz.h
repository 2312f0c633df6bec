/* SPDX-License-Identifier: GPL-2.0-only */
/* What the phases of the fuzzer share. */
#ifndef FUZZ_H
#define FUZZ_H

#include "vm.h"

#define PVPANIC_PORT	0x505
#define MSR_CRASH_P0	0x40000100
#define MSR_CRASH_CTL	0x40000105

struct random {
	uint64_t state;
};

/* From 0 to @limit - 1. */
uint64_t pick(struct random *random, uint64_t limit);
uint64_t pick_any(struct random *random);

#define PICK_OF(random, array)						\
	((array)[pick((random), sizeof(array) / sizeof((array)[0]))])

/* One VM, and what the model says of it. */
struct fuzz {
	struct random random;
	struct vm vm;
	struct model model;
};

/* Say what has come of it, in percent, now and then. */
void show_progress(uint64_t done, uint64_t all);

/* One operation of the first phase: a call of the device, or a vCPU's. */
void fuzz_device(struct fuzz *f);
void fuzz_vcpu(struct fuzz *f);

/* What KVM_RUN of @vcpu has returned must be @event. */
void verify_event(const struct vcpu *vcpu,
		  const struct kvm_guest_panic_event *event);

/* The second phase: vCPUs in threads, and what must hold whoever is first. */
void fuzz_threads(uint64_t seed, uint64_t operations);

#endif /* FUZZ_H */
