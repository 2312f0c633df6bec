/* SPDX-License-Identifier: GPL-2.0-only */
/* Phase 2: what its threads share. */
#ifndef FUZZ_THREADS_H
#define FUZZ_THREADS_H

#include <pthread.h>

#include "fuzz.h"

struct shared {
	struct vm vm;
	uint64_t events;	/* that were returned, by all */
	uint64_t largest;	/* seq */
	uint8_t *seen;		/* by seq */
	uint64_t room;
	uint32_t resumes;	/* a futex: how often a vCPU's thread resumed */
	bool is_always_frozen;
	bool stop;
};

struct thread {
	struct shared *shared;
	struct vcpu *vcpu;
	struct random random;
	uint64_t operations;
	uint64_t last_seq;
	pthread_t id;
};

/* A set of the device that must answer @wanted. */
void call(struct shared *s, uint32_t group, uint64_t attr, const void *payload,
	  int wanted);

/* A vCPU's thread: reports and counts until it has done its operations. */
void *run_thread(void *thread);

#endif /* FUZZ_THREADS_H */
