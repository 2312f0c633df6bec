/* SPDX-License-Identifier: GPL-2.0-only */
/* What the guest-panic device has to know and to answer; see model.c. */
#ifndef FUZZ_MODEL_H
#define FUZZ_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/kvm_guest_panic.h>

#define NR_MODELS	4
#define NR_PARAMS	5
#define MODEL_VCPUS	8
#define SEQ_MAX		((uint64_t)INT64_MAX)

#define CTL_NOTIFY		(1ULL << 63)
#define CTL_NOTIFY_MSG		(1ULL << 62)
#define CTL_NO_CRASH_DUMP	(1ULL << 61)
#define CTL_PRE_OS_ID		(7ULL << 58)

struct model_vcpu {
	uint32_t id;
	struct kvm_guest_panic_event event;	/* outstanding; seq 0: none */
	/* Whether event.time is known; if not, it is not before earliest. */
	bool is_timed;
	uint64_t earliest;
};

struct model {
	struct kvm_guest_panic_model setting[NR_MODELS];
	struct model_vcpu vcpu[MODEL_VCPUS];
	int nr_vcpus;
	/* Those with a stopping event, in order; the first is latched. */
	struct model_vcpu *stopping[MODEL_VCPUS];
	int nr_stopping;
	uint64_t seq;
	uint64_t events, ignored;
	uint64_t crash_param[NR_PARAMS], crash_ctl;
	bool freeze;
	/* CLOCK_BOOTTIME; the caller sets it before what may report. */
	uint64_t now;
};

/* Each returns what the call does: 0, or a negative errno. */
int model_set(struct model *m, uint64_t attr, struct kvm_guest_panic_model s);
int model_set_freeze(struct model *m, uint32_t freeze);
int model_resume(struct model *m, uint64_t seq);
void model_discard(struct model *m);
int model_set_event(struct model *m, struct kvm_guest_panic_event event);
int model_set_seq(struct model *m, uint64_t seq);

/* NULL: no such vCPU. */
struct model_vcpu *model_find_vcpu(struct model *m, uint32_t id);

/* The vCPU whose event is latched; NULL: none is. */
struct model_vcpu *model_latched(const struct model *m);

bool model_is_stopping(const struct kvm_guest_panic_event *event);

/* Whether model @which answers an access of @size bytes there. */
bool model_answers(const struct model *m, int which, uint64_t addr, int size);

/* One write of a vCPU to a model that answers there. */
void model_write(struct model *m, int vcpu, int which, uint64_t value);

/* A vCPU is about to shut down; returns true if that is an event. */
bool model_fault(struct model *m, int vcpu);

uint64_t model_read_ctl(const struct model *m);

enum model_due {
	DUE_NOTHING,	/* KVM_RUN enters the guest */
	DUE_EVENT,	/* it returns the vCPU's own event */
	DUE_WAIT,	/* it waits */
};

enum model_due model_due(const struct model *m, int vcpu);

/* KVM_RUN has returned the event that was due. */
void model_delivered(struct model *m, int vcpu);

#endif /* FUZZ_MODEL_H */
