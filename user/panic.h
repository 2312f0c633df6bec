/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The policy: what an event does to the VM, and what the end says to a script.
 * Pure: no I/O, no state, so that every case can be tested as a table.
 */
#ifndef PANIC_H
#define PANIC_H

#include <stdbool.h>

#include "event.h"
#include "status.h"

/* --on-panic; the names are libvirt's. */
enum panic_action {
	PANIC_RUN,		/* a notice: the guest goes on, as it wants */
	PANIC_DESTROY,
	PANIC_IGNORE,
};

/* Why the VM does not go on.  END_NONE: it does. */
enum end {
	END_NONE,
	END_POWER_OFF,
	END_RESET,
	END_FAULT,
	END_HOST,
	END_TIMEOUT,
	END_SIGNAL,		/* a signal asked panicvm to stop */
	END_PANIC,		/* by --on-panic destroy */
};

/* Does @ev stop the guest, or is it a notice? */
bool panic_stops(const struct guest_event *ev);

enum panic_action panic_decide(enum panic_action on_panic,
			       const struct guest_event *ev);

/* A boot that panicked never ends in 0, whatever it did afterwards. */
enum status panic_status(enum end end, unsigned int panics);

const char *panic_action_name(enum panic_action action);

#endif /* PANIC_H */
