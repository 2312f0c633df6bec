/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Phase 2, a vCPU's thread: it reports, takes its own event from KVM_RUN and
 * acknowledges it by its number, while the others do the same.
 */
#ifndef FUZZ_REPORTER_H
#define FUZZ_REPORTER_H

#include <pthread.h>

#include "model.h"
#include "random.h"
#include "vm.h"

#define PVPANIC_PORT	0x505
#define MSR_CRASH_CTL	0x40000105

enum round_kind {
	ROUND_FROZEN,	/* FREEZE stays 1 */
	ROUND_TOGGLED,	/* FREEZE is set to 0 and 1, again and again */
	ROUND_HELPED,	/* the latched event is acknowledged by another thread */
	ROUND_CHAOS,	/* so is everything else that the device can be told */
	NR_ROUNDS,
};

struct shared {
	enum round_kind round;
	bool has_signals;	/* are sent to the vCPUs' threads */
	struct vm vm;
	uint64_t events;	/* that the vCPUs' threads know of */
	uint64_t largest;	/* seq */
	uint8_t *seen;		/* by seq */
	uint64_t room;
	/* By vCPU: the newest event that the helper knew before RESUME. */
	struct kvm_guest_panic_event helped[VM_MAX_VCPUS];
	bool stop;
};

struct reporter {
	struct shared *shared;
	struct vcpu *vcpu;
	struct random random;
	uint64_t operations;	/* left to be done */
	bool is_done;
	uint64_t last_seq;
	pthread_t id;
};

/* The thread: reports and counts until it has done its operations. */
void *reporter_thread(void *reporter);

/* RESUME, EVENT and so on: 0 or a negative errno. */
int shared_resume(struct shared *s, uint64_t seq);
int shared_get_latched(struct shared *s, struct kvm_guest_panic_event *event);

#endif /* FUZZ_REPORTER_H */
