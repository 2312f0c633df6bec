/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest reported, whichever way KVM told of it.  No KVM header: this is
 * what the policy and the report work from.
 */
#ifndef EVENT_H
#define EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "panic/model.h"

#define EVENT_PARAMS	5

struct backend;
struct vcpu;

struct guest_event {
	enum model model;
	unsigned int vcpu;
	uint64_t seq;			/* 1, 2, 3, ...: a gap is a lost event */
	uint64_t code;			/* pvpanic: bits; Hyper-V: CRASH_CTL */
	uint64_t time;			/* CLOCK_BOOTTIME, ns; 0: not known */
	uint64_t param[EVENT_PARAMS];	/* Hyper-V: P0 to P4 */
	uint64_t guest_os_id;		/* Hyper-V: what the guest says it is */
};

/*
 * Does the exit in @vcpu's kvm_run report something?  Then true and *@ev.
 * Reads of pvpanic are answered here too: true from
 * event_answers_read().
 */
bool event_decode(struct backend *backend, struct vcpu *vcpu,
		  struct guest_event *ev);

/*
 * The event that the device has latched, whether KVM_RUN has returned it or
 * not; false if none is outstanding.  @vcpus: all of the VM.
 */
bool event_latched(const struct backend *backend, const struct vcpu *vcpus,
		   struct guest_event *ev);

bool event_answers_read(const struct backend *backend, struct vcpu *vcpu);

#endif /* EVENT_H */
