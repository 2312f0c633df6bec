/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest reported, whichever way KVM told of it.  No KVM header: this is
 * what the policy and the report work from.
 */
#ifndef EVENT_H
#define EVENT_H

#include <stdint.h>

#include "panic/model.h"

#define EVENT_PARAMS	5

struct guest_event {
	enum model model;
	unsigned int vcpu;
	uint64_t seq;			/* 1, 2, 3, ...: a gap is a lost event */
	uint64_t code;			/* pvpanic: bits; Hyper-V: CRASH_CTL */
	uint64_t time;			/* CLOCK_BOOTTIME, ns; 0: not known */
	uint64_t param[EVENT_PARAMS];	/* Hyper-V: P0 to P4 */
	uint64_t guest_os_id;		/* Hyper-V: what the guest says it is */
};

#endif /* EVENT_H */
