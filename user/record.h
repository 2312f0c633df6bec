/* SPDX-License-Identifier: GPL-2.0-only */
/* One event with all that is known of it: what both forms of a report show. */
#ifndef RECORD_H
#define RECORD_H

#include <time.h>

#include "decode.h"
#include "event.h"
#include "kmsg.h"
#include "panic.h"
#include "regs.h"

#define REPORT_MAX_VCPUS	8

struct record {
	struct timespec time;
	const char *vm;
	struct guest_event event;
	struct decoded decoded;
	const char *backend;
	bool frozen;			/* by the kernel, before the exit */
	enum panic_action action;
	char text[KMSG_MAX];		/* empty: there is none */
	const struct regs *vcpus[REPORT_MAX_VCPUS];
	unsigned int nr_vcpus;
};

/* Room for a time as record_time() writes it. */
#define RECORD_TIME_MAX	40

/* UTC, as ISO 8601 with microseconds. */
void record_time(const struct record *record, char out[RECORD_TIME_MAX]);

#endif /* RECORD_H */
