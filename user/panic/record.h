/* SPDX-License-Identifier: GPL-2.0-only */
/* A panic, a notice or an end, with all that is known of it. */
#ifndef RECORD_H
#define RECORD_H

#include <time.h>

#include "guest/kmsg.h"
#include "guest/regs.h"
#include "panic/decode.h"
#include "panic/event.h"
#include "panic/panic.h"
#include "panic/signature.h"

/* What a record is written for. */
enum record_kind {
	RECORD_EVENT,		/* the guest reported it */
	RECORD_DUMPED,		/* a crash kernel's dump ended, which reports began */
	RECORD_END,		/* the boot ended, and the guest reported nothing */
};

/*
 * One panic can be reported by several models, and announced as a dump: each of
 * these reports is of another model than those before, or a CRASH_LOADED.
 */
#define RECORD_REPORTS	(MODEL_NR + 1)

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
	struct guest_event reports[RECORD_REPORTS];	/* as they came */
	unsigned int nr_reports;	/* 0: RECORD_END */
	enum end end;			/* how it ended, if it did */
	int ender;			/* the vCPU that ended it, or -1 */
	const char *backend;
	bool frozen;			/* by the kernel, before the exit */
	enum panic_action action;
	unsigned int restarts;		/* boots before this one */
	struct record_core core;
	struct record_unwritten unwritten;
	unsigned int left_out;		/* notices since the record before */
	struct kmsg kmsg;
	struct signature signature;
	bool injected_nmi;		/* the host sent one in this boot */
	const struct regs *vcpus[MAX_VCPUS];
	unsigned int nr_vcpus;
};

/* Or is it a notice, or an end of a guest that had not panicked? */
static inline bool record_is_panic(const struct record *record)
{
	if (record->kind == RECORD_END)
		return record->kmsg.panicked;
	return record->kind == RECORD_DUMPED || panic_counts(record->action) ||
	       panic_stops(&record->reports[0]);
}

/* Room for a time as record_time() writes it. */
#define RECORD_TIME_MAX	40

/* UTC, as ISO 8601 with microseconds. */
void record_time(const struct record *record, char out[RECORD_TIME_MAX]);

#endif /* RECORD_H */
