// SPDX-License-Identifier: GPL-2.0-only
#include "panic/panic.h"

/* --exit-port has as many statuses, from STATUS_EXIT on. */
#define EXIT_VALUES	48

bool panic_stops(const struct guest_event *ev)
{
	if (ev->model == MODEL_HYPERV)
		return ev->code & CRASH_NOTIFY;
	return ev->code & PVPANIC_PANICKED;
}

/* A guest reports to Hyper-V before it dumps, if it does. */
static bool dump_follows(const struct panic_policy *policy,
			 const struct guest_event *ev, bool dumps)
{
	return ev->model == MODEL_HYPERV &&
	       !(ev->code & CRASH_NO_CRASH_DUMP) &&
	       (dumps || policy->hyperv_waits);
}

enum panic_action panic_decide(const struct panic_policy *policy,
			       const struct guest_event *ev, bool dumps)
{
	if (panic_stops(ev))
		return dump_follows(policy, ev, dumps) ? PANIC_WAIT :
							 policy->on_panic;
	if (ev->model == MODEL_HYPERV || !(ev->code & PVPANIC_CRASH_LOADED))
		return PANIC_RUN;
	return policy->crashload_panics ? policy->on_panic : PANIC_WAIT;
}

bool panic_ends_dump(enum end end)
{
	return panic_records_end(end, 0) || end == END_DUMP_TIMEOUT;
}

bool panic_records_end(enum end end, unsigned int panics)
{
	switch (end) {
	case END_POWER_OFF:
	case END_EXIT:
	case END_RESET:
		return !panics;
	case END_FAULT:
	case END_KVM_ERROR:
	case END_HALTED:
	case END_TIMEOUT:
	case END_SILENCE:
	case END_HOST:
		return true;
	default:
		return false;
	}
}

/* 0 is success; the rest is out of the way of all other statuses. */
static int exit_status(uint8_t value)
{
	if (!value)
		return STATUS_POWER_OFF;
	return STATUS_EXIT - 1 + (value < EXIT_VALUES ? value : EXIT_VALUES);
}

int panic_status(enum end end, unsigned int panics, uint8_t value)
{
	/* What the host did wrong says nothing about the guest. */
	if (end == END_HOST || end == END_SIGNAL)
		return STATUS_HOST;
	if (panics)
		return STATUS_PANIC;

	switch (end) {
	case END_POWER_OFF:
	case END_QUIT:
		return STATUS_POWER_OFF;
	case END_RESET:
		return STATUS_RESET;
	case END_FAULT:
	case END_KVM_ERROR:
		return STATUS_FAULT;
	case END_HALTED:
		return STATUS_HALTED;
	case END_TIMEOUT:
	case END_SILENCE:
		return STATUS_TIMEOUT;
	case END_EXIT:
		return exit_status(value);
	default:
		return STATUS_HOST;
	}
}

const char *panic_action_name(enum panic_action action)
{
	static const char *const names[] = {
		[PANIC_RUN] = "run",
		[PANIC_WAIT] = "wait",
		[PANIC_IGNORE] = "ignore",
		[PANIC_DESTROY] = "destroy",
		[PANIC_RESTART] = "restart",
		[PANIC_RENAME_RESTART] = "rename-restart",
		[PANIC_PRESERVE] = "preserve",
		[PANIC_PAUSE] = "pause",
	};

	return names[action];
}

const char *panic_end_name(enum end end)
{
	static const char *const names[] = {
		[END_NONE] = "none",
		[END_POWER_OFF] = "power-off",
		[END_RESET] = "reset",
		[END_FAULT] = "fault",
		[END_KVM_ERROR] = "fault",
		[END_HOST] = "host-failure",
		[END_TIMEOUT] = "time-out",
		[END_DUMP_TIMEOUT] = "time-out",
		[END_SIGNAL] = "signal",
		[END_QUIT] = "quit",
		[END_PANIC] = "panic",
		[END_HALTED] = "halted",
		[END_SILENCE] = "silence",
		[END_EXIT] = "exit",
	};

	return names[end];
}
