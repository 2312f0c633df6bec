/* SPDX-License-Identifier: GPL-2.0-only */
/* What the threads of phase 2 share, and the thread of a vCPU. */
#ifndef FUZZ_REPORTER_H
#define FUZZ_REPORTER_H

#include <pthread.h>

#include "model.h"
#include "random.h"
#include "vm.h"

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
	uint64_t events;	/* that the vCPUs' threads have taken */
	uint64_t largest;	/* seq */
	uint8_t *seen;		/* by seq */
	uint64_t room;
	/* By vCPU: the newest event that the helper has seen latched. */
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

/* The thread of a vCPU: it reports and counts until its operations are done. */
void *reporter_thread(void *reporter);

/* RESUME, EVENT and so on: 0 or a negative errno. */
int shared_resume(struct shared *s, uint64_t seq);
int shared_get_latched(struct shared *s, struct kvm_guest_panic_event *event);

#endif /* FUZZ_REPORTER_H */
