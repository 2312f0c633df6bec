/* SPDX-License-Identifier: GPL-2.0-only */
/* One event with all that is known of it: what both forms of a report show. */
#ifndef RECORD_H
#define RECORD_H

#include <time.h>

#include "guest/kmsg.h"
#include "guest/regs.h"
#include "panic/event.h"
#include "panic/decode.h"
#include "panic/panic.h"

/* What a record is written for. */
enum record_kind {
	RECORD_EVENT,		/* the guest reported @event */
	RECORD_DUMPED,		/* a crash kernel's dump ended; @event began it */
	RECORD_TIMEOUT,		/* the guest hangs: no event */
};

struct record_core {
	const char *file;	/* NULL: none was asked for */
	const char *state;	/* "none", "active", "completed", "failed" */
	uint64_t bytes;		/* of a completed one, holes included */
	const char *error;	/* of a failed one, else NULL */
};

/* Output that was lost before this record, as it was not read. */
struct record_unwritten {
	unsigned int messages;		/* on stderr, with records as text */
	unsigned int records;		/* in --report */
	unsigned int console;		/* bytes of the guest's */
	unsigned int results;		/* the same, for --results */
};

struct record {
	enum record_kind kind;
	struct timespec time;
	const char *vm;
	struct guest_event event;
	const char *end;		/* RECORD_DUMPED: how the dump ended */
	struct decoded decoded;
	const char *backend;
	bool frozen;			/* by the kernel, before the exit */
	enum panic_action action;
	unsigned int restarts;		/* boots before this one */
	struct record_core core;
	struct record_unwritten unwritten;
	unsigned int left_out;		/* notices since the record before */
	char text[KMSG_MAX];		/* empty: there is none */
	enum kmsg_source text_source;
	const struct regs *vcpus[MAX_VCPUS];
	unsigned int nr_vcpus;
};

/* Room for a time as record_time() writes it. */
#define RECORD_TIME_MAX	40

/* UTC, as ISO 8601 with microseconds. */
void record_time(const struct record *record, char out[RECORD_TIME_MAX]);

#endif /* RECORD_H */
