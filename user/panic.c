// SPDX-License-Identifier: GPL-2.0-only
#include "panic.h"

bool panic_stops(const struct guest_event *ev)
{
	if (ev->model == MODEL_HYPERV)
		return ev->code & CRASH_NOTIFY;
	return ev->code & PVPANIC_PANICKED;
}

enum panic_action panic_decide(enum panic_action on_panic,
			       const struct guest_event *ev)
{
	return panic_stops(ev) ? on_panic : PANIC_RUN;
}

enum status panic_status(enum end end, unsigned int panics)
{
	/* What the host did wrong says nothing about the guest. */
	if (end == END_HOST || end == END_SIGNAL)
		return STATUS_HOST;
	if (panics)
		return STATUS_PANIC;

	switch (end) {
	case END_POWER_OFF:
		return STATUS_POWER_OFF;
	case END_RESET:
		return STATUS_RESET;
	case END_FAULT:
		return STATUS_FAULT;
	case END_TIMEOUT:
		return STATUS_TIMEOUT;
	default:
		return STATUS_HOST;
	}
}

const char *panic_action_name(enum panic_action action)
{
	static const char *const names[] = {
		[PANIC_RUN] = "run",
		[PANIC_DESTROY] = "destroy",
		[PANIC_IGNORE] = "ignore",
	};

	return names[action];
}
