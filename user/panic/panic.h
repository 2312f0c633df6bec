/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Room panic/: what a panic is.  In: an event, as kvm/exit_decode.c gives it,
 * and what guest/ found.  Out: what it means, what follows, and a record as text
 * and JSON.  No ioctl and no KVM header: all of it can be tested without a VM.
 *
 * The policy: what an event does to the VM, and what the end says to a script.
 * Pure: no I/O, no state, so that every case can be tested as a table.
 */
#ifndef PANIC_H
#define PANIC_H

#include <stdbool.h>

#include "base/status.h"
#include "panic/event.h"

/* What follows an event; the names of --on-panic are libvirt's. */
enum panic_action {
	PANIC_RUN,		/* a notice: the guest goes on, as it wants */
	PANIC_WAIT,		/* its crash kernel dumps: what follows is ours */
	PANIC_IGNORE,
	PANIC_DESTROY,
	PANIC_RESTART,
	PANIC_RENAME_RESTART,
	PANIC_PRESERVE,
	PANIC_PAUSE,
};

struct panic_policy {
	enum panic_action on_panic;	/* PANIC_IGNORE or later */
	bool crashload_panics;		/* by --on-crashload panic */
	bool hyperv_waits;		/* by --on-crashload wait, if given */
};

/* Why a boot does not go on.  END_NONE: it does. */
enum end {
	END_NONE,
	END_POWER_OFF,
	END_RESET,
	END_FAULT,
	END_KVM_ERROR,		/* KVM could not run the guest on */
	END_HOST,
	END_TIMEOUT,
	END_DUMP_TIMEOUT,	/* of --on-crashload wait=SECONDS */
	END_SIGNAL,		/* a signal asked panicvm to stop */
	END_QUIT,		/* a monitor did */
	END_PANIC,		/* by --on-panic destroy */
	END_HALTED,		/* no vCPU can go on by itself */
	END_SILENCE,		/* --silence passed */
	END_EXIT,		/* the guest wrote to --exit-port */
};

/* Does @ev say that the guest has stopped?  Else it is a notice. */
bool panic_stops(const struct guest_event *ev);

/* @dumps: the guest has announced a dump, which has not ended yet. */
enum panic_action panic_decide(const struct panic_policy *policy,
			       const struct guest_event *ev, bool dumps);

/* Is an event with this action counted, and does it take a core? */
static inline bool panic_counts(enum panic_action action)
{
	return action >= PANIC_IGNORE;
}

static inline bool panic_halts(enum panic_action action)
{
	return action >= PANIC_DESTROY;
}

static inline bool panic_restarts(enum panic_action action)
{
	return action == PANIC_RESTART || action == PANIC_RENAME_RESTART;
}

/* Is @end how a crash kernel's dump ends, or comes to nothing? */
bool panic_ends_dump(enum end end);

/*
 * Does @end need a record, in a boot that had @panics so far?  A guest that has
 * panicked powers off, or resets, and its panic's record tells of that.
 */
bool panic_records_end(enum end end, unsigned int panics);

/*
 * A boot that panicked never ends in 0, whatever it did afterwards.  @value: of
 * END_EXIT, what the guest wrote.
 */
int panic_status(enum end end, unsigned int panics, uint8_t value);

const char *panic_action_name(enum panic_action action);
const char *panic_end_name(enum end end);

#endif /* PANIC_H */
