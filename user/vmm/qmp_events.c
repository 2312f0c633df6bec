// SPDX-License-Identifier: GPL-2.0-only
#include "base/json.h"
#include "panic/record.h"
#include "qmp/server.h"
#include "vmm/qmp_events.h"

#define DATA_MAX	1024

void qmp_event_plain(struct server *server, const char *name)
{
	qmp_event(&server->qmp, name, NULL);
}

/* QEMU's GuestPanicAction: what a client may expect to follow. */
static const char *panic_word(enum panic_action action)
{
	if (action == PANIC_DESTROY)
		return "poweroff";
	return panic_halts(action) ? "pause" : "run";
}

static void put_info(struct json *j, const struct guest_event *ev)
{
	static const char *const args[EVENT_PARAMS] = {
		"arg1", "arg2", "arg3", "arg4", "arg5",
	};
	unsigned int i;

	if (ev->model != MODEL_HYPERV)
		return;
	json_open(j, "info", '{');
	json_string(j, "type", "hyper-v");
	for (i = 0; i < EVENT_PARAMS; i++)
		json_number(j, args[i], ev->param[i]);
	json_close(j, '}');
}

/* A dump that is waited for is announced as such, whatever announced it. */
static const char *report_name(const struct record *r)
{
	const struct guest_event *ev = &r->reports[0];

	if (r->kind != RECORD_EVENT)
		return "GUEST_PANICKED";
	if (r->action == PANIC_WAIT)
		return "GUEST_CRASHLOADED";
	if (panic_stops(ev))
		return "GUEST_PANICKED";
	return ev->code & PVPANIC_CRASH_LOADED ? "GUEST_CRASHLOADED" : NULL;
}

void qmp_event_report(struct server *server, const struct record *record)
{
	const char *event = report_name(record);
	char data[DATA_MAX];
	struct buf buf;
	struct json json = { .buf = &buf };
	unsigned int i;

	if (!event) {
		qmp_event_plain(server, "GUEST_PVSHUTDOWN");
		return;
	}
	buf_init(&buf, data, sizeof(data));
	json_open(&json, NULL, '{');
	json_string(&json, "action", panic_word(record->action));
	for (i = 0; i < record->nr_reports; i++)
		put_info(&json, &record->reports[i]);
	json_close(&json, '}');
	qmp_event(&server->qmp, event, data);
}

/* QEMU's ShutdownCause. */
static const char *cause(enum end end)
{
	switch (end) {
	case END_POWER_OFF:
	case END_HALTED:
	case END_EXIT:
		return "guest-shutdown";
	case END_RESET:
		return "guest-reset";
	case END_PANIC:
		return "guest-panic";
	case END_QUIT:
		return "host-qmp-quit";
	case END_SIGNAL:
		return "host-signal";
	default:
		return "host-error";
	}
}

static bool is_by_guest(enum end end)
{
	return end == END_POWER_OFF || end == END_RESET || end == END_PANIC ||
	       end == END_HALTED || end == END_EXIT;
}

void qmp_event_end(struct server *server, const char *name, enum end end)
{
	char data[DATA_MAX];
	struct buf buf;
	struct json json = { .buf = &buf };

	buf_init(&buf, data, sizeof(data));
	json_open(&json, NULL, '{');
	json_bool(&json, "guest", is_by_guest(end));
	json_string(&json, "reason", cause(end));
	json_close(&json, '}');
	qmp_event(&server->qmp, name, data);
}

void qmp_event_reset(struct server *server)
{
	qmp_event(&server->qmp, "RESET",
		  "{\"guest\":false,\"reason\":\"host-qmp-system-reset\"}");
}
