// SPDX-License-Identifier: GPL-2.0-only
#include "base/json.h"
#include "base/version.h"
#include "panic/report.h"

/* What is not known is null. */
static const char *some(const char *text)
{
	return *text ? text : NULL;
}

static void put_events(struct json *j, const struct guest_event *ev)
{
	const char *name;
	unsigned int i;

	json_open(j, "events", '[');
	for (i = 0; (name = decode_bit_name(ev, i)); i++)
		json_string(j, NULL, name);
	json_close(j, ']');
}

/* pvpanic's code is a few bits; Hyper-V's has its meaning at the top. */
static void put_code(struct json *j, const struct guest_event *ev)
{
	if (ev->model == MODEL_HYPERV)
		json_hex(j, "code", ev->code);
	else
		json_number(j, "code", ev->code);
}

static void put_params(struct json *j, const struct guest_event *ev)
{
	unsigned int i;

	json_open(j, "params", '[');
	for (i = 0; ev->model == MODEL_HYPERV && i < EVENT_PARAMS; i++)
		json_hex(j, NULL, ev->param[i]);
	json_close(j, ']');
}

static void put_linux(struct json *j, const struct guest_event *ev)
{
	json_hex(j, "error", ev->param[0]);
	json_hex(j, "ip", ev->param[2]);
	json_hex(j, "ax", ev->param[3]);
	json_hex(j, "sp", ev->param[4]);
}

static void put_guest_id(struct json *j, const struct decoded *d)
{
	char version[40];
	struct buf buf;

	json_string(j, "guest", decode_guest_name(d->guest));
	json_hex(j, "guest_os_id", d->os_id);
	if (d->guest == GUEST_UNKNOWN)
		return;
	buf_init(&buf, version, sizeof(version));
	buf_print(&buf, "%u.%u.%u", d->version[0], d->version[1],
		  d->version[2]);
	json_string(j, "guest_version", version);
}

static void put_decoded(struct json *j, const struct guest_event *ev)
{
	const struct decoded d = decode_event(ev);

	json_open(j, "decoded", '{');
	if (ev->model == MODEL_HYPERV)
		put_guest_id(j, &d);
	if (d.has_message) {
		json_hex(j, "message_gpa", ev->param[3]);
		json_hex(j, "message_bytes", ev->param[4]);
	} else if (d.guest == GUEST_LINUX) {
		put_linux(j, ev);
	} else if (d.guest == GUEST_WINDOWS) {
		json_hex(j, "bugcheck", ev->param[0]);
		json_string(j, "bugcheck_name", d.bugcheck);
	}
	json_close(j, '}');
}

static void put_vcpus(struct json *j, const struct record *r)
{
	unsigned int i, k;

	json_open(j, "vcpus", '[');
	for (i = 0; i < r->nr_vcpus; i++) {
		json_open(j, NULL, '{');
		json_number(j, "id", i);
		for (k = 0; k < REGS_NR; k++)
			json_hex(j, regs_names[k], regs_value(r->vcpus[i], k));
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void put_core(struct json *j, const struct record_core *core)
{
	json_open(j, "core", '{');
	json_string(j, "file", core->file);
	json_string(j, "state", core->state);
	json_number(j, "bytes", core->bytes);
	json_string(j, "error", core->error);
	json_close(j, '}');
}

static void put_unwritten(struct json *j, const struct record_unwritten *u)
{
	json_open(j, "unwritten", '{');
	json_number(j, "messages", u->messages);
	json_number(j, "records", u->records);
	json_number(j, "console", u->console);
	json_number(j, "results", u->results);
	json_close(j, '}');
}

static void put_event(struct json *j, const struct guest_event *ev)
{
	json_number(j, "seq", ev->seq);
	json_string(j, "model", model_name(ev->model));
	put_code(j, ev);
	put_events(j, ev);
	json_number(j, "vcpu", ev->vcpu);
	put_params(j, ev);
	put_decoded(j, ev);
}

/* The keys of an event are all there: readers need not look for them. */
static void put_no_event(struct json *j, const struct record *r)
{
	json_number(j, "seq", 0);
	json_string(j, "model", NULL);
	json_number(j, "code", 0);
	json_open(j, "events", '[');
	json_close(j, ']');
	if (r->ender < 0)
		json_string(j, "vcpu", NULL);
	else
		json_number(j, "vcpu", (unsigned int)r->ender);
	json_open(j, "params", '[');
	json_close(j, ']');
	json_open(j, "decoded", '{');
	json_close(j, '}');
}

static void put_reports(struct json *j, const struct record *r)
{
	unsigned int i;

	json_open(j, "reports", '[');
	for (i = 0; i < r->nr_reports; i++) {
		json_open(j, NULL, '{');
		put_event(j, &r->reports[i]);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void put_guest(struct json *j, const struct kmsg *kmsg)
{
	json_open(j, "guest", '{');
	json_string(j, "release", some(kmsg->release));
	json_string(j, "command_line", some(kmsg->command_line));
	json_string(j, "build_id", some(kmsg->build_id));
	json_close(j, '}');
}

static void put_signature(struct json *j, const struct signature *signature)
{
	if (!*signature->title) {
		json_string(j, "signature", NULL);
		return;
	}
	json_open(j, "signature", '{');
	json_number(j, "version", SIGNATURE_VERSION);
	json_string(j, "title", signature->title);
	json_string(j, "id", signature->id);
	json_close(j, '}');
}

/* Why there is a record, and what the end has to do with it. */
static void put_reason(struct json *j, const struct record *r)
{
	const char *end = panic_end_name(r->end);

	if (r->kind == RECORD_END)
		json_string(j, "reason", end);
	else
		json_string(j, "reason",
			    r->kind == RECORD_DUMPED ? "dump-ended" : "event");
	json_string(j, "end", r->kind == RECORD_DUMPED ? end : NULL);
	json_bool(j, "reported", r->nr_reports);
	json_bool(j, "panicked", record_is_panic(r));
}

void report_json(struct buf *buf, const struct record *r)
{
	struct json json = { .buf = buf };
	char time[RECORD_TIME_MAX];

	record_time(r, time);
	json_open(&json, NULL, '{');
	json_string(&json, "time", time);
	json_string(&json, "vm", r->vm);
	if (r->nr_reports)
		put_event(&json, &r->reports[0]);
	else
		put_no_event(&json, r);
	json_string(&json, "backend", r->backend);
	json_bool(&json, "frozen", r->frozen);
	json_string(&json, "text", some(r->kmsg.text));
	json_string(&json, "text_source", kmsg_source_name(r->kmsg.source));
	put_vcpus(&json, r);
	put_core(&json, &r->core);
	put_unwritten(&json, &r->unwritten);
	json_number(&json, "left_out", r->left_out);
	json_string(&json, "action", panic_action_name(r->action));
	json_number(&json, "restarts", r->restarts);
	put_reason(&json, r);
	put_reports(&json, r);
	json_bool(&json, "injected_nmi", r->injected_nmi);
	put_guest(&json, &r->kmsg);
	put_signature(&json, &r->signature);
	json_string(&json, "panicvm", VERSION);
	json_close(&json, '}');
}
