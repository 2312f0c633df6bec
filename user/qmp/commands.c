// SPDX-License-Identifier: GPL-2.0-only
/* All commands but those of dumps. */
#include <stdio.h>

#include "base/buf.h"
#include "qmp/hmp.h"
#include "qmp/qmp.h"

_Static_assert(HMP_OUT_MAX <= QMP_RECORD_MAX, "no answer is longer");

static const char *query_version(struct qmp_call *call)
{
	qmp_put_version(call->client->qmp, call->answer, QMP_RETURN);
	return NULL;
}

/* None is offered, so there is none to enable. */
static const char *capabilities(struct qmp_call *call)
{
	unsigned int list = qmp_arg(call, "enable");
	char name[64];

	if (list && call->text->values[list].next > list + 1) {
		if (call->text->values[list + 1].type != JSON_STRING)
			return "Invalid parameter type for 'enable[0]', expected: string";
		json_get_string(call->text, list + 1, name, sizeof(name));
		return qmp_why(call, "Capability '%s' is not available", name);
	}
	client_set_state(call->client, CLIENT_READY);
	return NULL;
}

static const char *query_commands(struct qmp_call *call)
{
	const struct qmp_command *c;
	size_t i;

	json_open(call->answer, QMP_RETURN, '[');
	for (i = 0; qmp_tables[i]; i++) {
		for (c = qmp_tables[i]; c->name; c++) {
			json_open(call->answer, NULL, '{');
			json_string(call->answer, "name", c->name);
			json_close(call->answer, '}');
		}
	}
	json_close(call->answer, ']');
	return NULL;
}

static const char *query_name(struct qmp_call *call)
{
	json_open(call->answer, QMP_RETURN, '{');
	json_string(call->answer, "name",
		    call->ops->facts(call->machine).name);
	json_close(call->answer, '}');
	return NULL;
}

static const char *query_status(struct qmp_call *call)
{
	const struct qmp_facts facts = call->ops->facts(call->machine);

	json_open(call->answer, QMP_RETURN, '{');
	json_string(call->answer, "status", facts.state);
	json_bool(call->answer, "running", facts.running);
	json_close(call->answer, '}');
	return NULL;
}

static const char *query_kvm(struct qmp_call *call)
{
	json_open(call->answer, QMP_RETURN, '{');
	json_bool(call->answer, "enabled", true);
	json_bool(call->answer, "present", true);
	json_close(call->answer, '}');
	return NULL;
}

static const char *query_target(struct qmp_call *call)
{
	json_open(call->answer, QMP_RETURN, '{');
	json_string(call->answer, "arch", "x86_64");
	json_close(call->answer, '}');
	return NULL;
}

static void put_cpu(struct qmp_call *call, unsigned int cpu)
{
	struct json *json = call->answer;
	char path[32];

	snprintf(path, sizeof(path), "/machine/cpu[%u]", cpu);
	json_open(json, NULL, '{');
	json_number(json, "cpu-index", cpu);
	json_string(json, "qom-path", path);
	json_number(json, "thread-id",
		    (uint64_t)call->ops->thread(call->machine, cpu));
	json_string(json, "target", "x86_64");
	json_close(json, '}');
}

static const char *query_cpus_fast(struct qmp_call *call)
{
	const struct qmp_facts facts = call->ops->facts(call->machine);
	unsigned int i;

	json_open(call->answer, QMP_RETURN, '[');
	for (i = 0; i < facts.cpus; i++)
		put_cpu(call, i);
	json_close(call->answer, ']');
	return NULL;
}

/* Ours: for a client that was not connected when the guest panicked. */
static const char *query_guest_panic(struct qmp_call *call)
{
	const struct qmp_facts facts = call->ops->facts(call->machine);

	json_open(call->answer, QMP_RETURN, '{');
	json_number(call->answer, "count", facts.panics);
	json_bool(call->answer, "outstanding", facts.panicked);
	json_raw(call->answer, "record", facts.record ? facts.record : "null");
	json_close(call->answer, '}');
	return NULL;
}

static const char *stop(struct qmp_call *call)
{
	return call->ops->stop(call->machine);
}

static const char *cont(struct qmp_call *call)
{
	return call->ops->cont(call->machine);
}

static const char *system_reset(struct qmp_call *call)
{
	return call->ops->reset(call->machine);
}

/* If the argument is there, *@cpu becomes it; false: there is no such vCPU. */
static bool get_cpu(const struct qmp_call *call, const char *name,
		    unsigned int *cpu)
{
	unsigned int arg = qmp_arg(call, name);
	uint64_t value;

	if (!arg)
		return true;
	if (!json_get_number(call->text, arg, &value) ||
	    value >= call->ops->facts(call->machine).cpus)
		return false;
	*cpu = (unsigned int)value;
	return true;
}

/*
 * QEMU pulls LINT1 of every local APIC, and of these Linux listens to that of
 * its first CPU alone.  "cpu" is ours.
 */
static const char *inject_nmi(struct qmp_call *call)
{
	unsigned int cpu = 0;

	if (!get_cpu(call, "cpu", &cpu))
		return "Parameter 'cpu' expects a CPU number";
	return call->ops->nmi(call->machine, cpu);
}

/* Ours: the log of a guest that has not panicked, or not yet. */
static const char *query_kernel_log(struct qmp_call *call)
{
	const struct qmp_log log = call->ops->log(call->machine);

	json_open(call->answer, QMP_RETURN, '{');
	json_string(call->answer, "source", log.source);
	json_string(call->answer, "text", log.text);
	json_close(call->answer, '}');
	return NULL;
}

static const char *human_monitor_command(struct qmp_call *call)
{
	static char text[HMP_OUT_MAX];
	char command[HMP_LINE_MAX];
	unsigned int cpu = 0;
	struct buf out;

	if (!get_cpu(call, "cpu-index", &cpu))
		return "Parameter 'cpu-index' expects a CPU number";
	if (!json_get_string(call->text, qmp_arg(call, "command-line"),
			     command, sizeof(command)))
		return qmp_why(call,
			       "Parameter 'command-line' is longer than %zu bytes, or has a NUL in it",
			       sizeof(command) - 1);
	buf_init(&out, text, sizeof(text));
	hmp_run(call->ops, call->machine, cpu, command, &out);
	json_string(call->answer, QMP_RETURN, text);
	return NULL;
}

/* As a script expects that runs it last: the answer says that it is so. */
static const char *quit(struct qmp_call *call)
{
	call->ops->quit(call->machine);
	client_hold(call->client, CLIENT_QUIT);
	return qmp_held;
}

static const struct qmp_command commands[] = {
	{ "qmp_capabilities", capabilities, false, {
		{ "enable", QMP_ARRAY, true } } },
	{ "query-version", query_version, false, { } },
	{ "query-commands", query_commands, false, { } },
	{ "query-name", query_name, false, { } },
	{ "query-status", query_status, false, { } },
	{ "query-kvm", query_kvm, false, { } },
	{ "query-target", query_target, false, { } },
	{ "query-cpus-fast", query_cpus_fast, false, { } },
	{ "query-guest-panic", query_guest_panic, false, { } },
	{ "query-kernel-log", query_kernel_log, true, { } },
	{ "stop", stop, true, { } },
	{ "cont", cont, true, { } },
	{ "system_reset", system_reset, true, { } },
	{ "inject-nmi", inject_nmi, true, { { "cpu", QMP_INTEGER, true } } },
	{ "human-monitor-command", human_monitor_command, true, {
		{ "command-line", QMP_STRING, false },
		{ "cpu-index", QMP_INTEGER, true } } },
	{ "quit", quit, false, { } },
	{ }
};

const struct qmp_command *const qmp_tables[] = {
	commands, qmp_dump_commands, NULL
};
