/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contract of the guest-panic device as a small model: what it knows, and
 * what each call and each access answers.  It does no I/O.
 */
#ifndef FUZZ_MODEL_H
#define FUZZ_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/kvm_guest_panic.h>

#define NR_MODELS	3
#define NR_PARAMS	5
#define MAX_VCPUS	8
#define MAX_WRITES	4096

#define CTL_NOTIFY	(1ULL << 63)
#define CTL_NOTIFY_MSG	(1ULL << 62)

struct model_vcpu {
	uint32_t id;
	/* seq 0: none.  Else it waits to be returned by KVM_RUN. */
	struct kvm_guest_panic_event waiting;
};

struct model {
	struct kvm_guest_panic_model setting[NR_MODELS];
	struct model_vcpu vcpu[MAX_VCPUS];
	int nr_vcpus;
	struct kvm_guest_panic_event latched;	/* seq 0: none */
	uint64_t seq;
	uint64_t events, ignored;
	uint64_t crash_param[NR_PARAMS], crash_ctl;
	bool freeze;
};

/* Each returns what the call does: 0, or a negative errno. */
int model_set(struct model *m, uint64_t attr, struct kvm_guest_panic_model s);
int model_set_freeze(struct model *m, uint32_t freeze);
int model_set_latched(struct model *m, struct kvm_guest_panic_event event);
int model_get_latched(const struct model *m,
		      struct kvm_guest_panic_event *event);
void model_resume(struct model *m);

/* Which model answers an access of @size bytes there; -1 for none. */
int model_at_port(const struct model *m, uint32_t port, int size);
int model_at_address(const struct model *m, uint64_t addr, int size);

/* One write of an instruction: returns its part of the event's code. */
uint64_t model_write(struct model *m, int which, uint64_t value);

/* The instruction is complete, and its writes came to @code, not 0. */
void model_report(struct model *m, int vcpu, int which, uint64_t code);

uint64_t model_read_ctl(const struct model *m);

/* What KVM_RUN has to return before the guest may go on; NULL for nothing. */
const struct kvm_guest_panic_event *model_due(const struct model *m, int vcpu);

/* It has returned that. */
void model_delivered(struct model *m, int vcpu);

#endif /* FUZZ_MODEL_H */
