// SPDX-License-Identifier: GPL-2.0-only
/*
 * dump-guest-memory, and the descriptors that it may write to.  A dump belongs
 * to the monitor: the client that began it may go.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "core/dump.h"
#include "qmp/qmp.h"
#include "qmp/qmp_dump.h"
#include "vmm/control.h"

static const char *name_fd(struct qmp_call *call)
{
	char name[PASSED_NAME];
	unsigned int arg = qmp_arg(call, "fdname");
	struct passed *passed = &call->client->passed;

	if (!json_get_string(call->text, arg, name, sizeof(name)))
		return qmp_why(call, "Parameter 'fdname' is longer than %zu bytes",
			       sizeof(name) - 1);
	if (*name >= '0' && *name <= '9')
		return "Parameter 'fdname' expects a name not starting with a digit";
	switch (passed_name(passed, name)) {
	case 0:
		return NULL;
	case -EBADF:
		return "No file descriptor supplied via SCM_RIGHTS";
	default:
		return qmp_why(call, "%u file descriptors have names already: closefd one",
			       PASSED_MAX);
	}
}

static const char *close_fd(struct qmp_call *call)
{
	char name[PASSED_NAME];
	int fd = -1;

	if (json_get_string(call->text, qmp_arg(call, "fdname"), name,
			    sizeof(name)))
		fd = passed_take(&call->client->passed, name);
	if (fd < 0)
		return qmp_why(call, "File descriptor named '%s' not found",
			       name);
	close(fd);
	return NULL;
}

/* What a dump was asked for that a core of ours does not have. */
static const char *check_limits(struct qmp_call *call)
{
	unsigned int format = qmp_arg(call, "format");
	char name[32];

	if (qmp_flag(call, "paging"))
		return "dump: 'paging' is not supported: set it to false";
	if (qmp_arg(call, "begin") || qmp_arg(call, "length"))
		return "dump: a core has all of the memory: leave 'begin' and 'length' out";
	if (!format || json_is(call->text, format, "elf"))
		return NULL;
	json_get_string(call->text, format, name, sizeof(name));
	return qmp_why(call, "Parameter 'format' does not accept value '%s'",
		       name);
}

static const char *open_fd(struct qmp_call *call, const char *name,
			   struct dump_target *target)
{
	struct monitor *m = call->client->monitor;

	m->dump_fd = passed_take(&call->client->passed, name);
	if (m->dump_fd < 0)
		return qmp_why(call,
			       "File descriptor named '%.*s' has not been found",
			       PASSED_NAME, name);
	target->fd = m->dump_fd;
	return NULL;
}

/* It was the client's, and is not any more. */
static void close_target(struct monitor *m)
{
	if (m->dump_fd >= 0)
		close(m->dump_fd);
	m->dump_fd = -1;
}

static enum dump_state last_state(const struct machine *machine)
{
	return control_last_dump(machine)->state;
}

/* To "file:PATH" or "fd:NAME". */
static const char *start(struct qmp_call *call, const char *protocol)
{
	struct dump_target target = { .dir = -1, .fd = -1 };
	const char *why = "Invalid parameter 'protocol'";

	if (!strncmp(protocol, "file:", 5))
		why = control_dump_target(call->machine, protocol + 5, &target);
	else if (!strncmp(protocol, "fd:", 3))
		why = open_fd(call, protocol + 3, &target);
	return why ? why : control_dump(call->machine, &target);
}

static const char *dump_guest_memory(struct qmp_call *call)
{
	struct monitor *m = call->client->monitor;
	const char *why = check_limits(call);
	char protocol[4096];

	if (why)
		return why;
	if (m->dump_fd >= 0 || last_state(m->machine) == DUMP_ACTIVE)
		return "There is a dump in process, please wait.";
	if (!json_get_string(call->text, qmp_arg(call, "protocol"), protocol,
			     sizeof(protocol)))
		return "Parameter 'protocol' is too long, or has a NUL in it";
	why = start(call, protocol);
	if (why)
		close_target(m);
	else if (!qmp_flag(call, "detach"))
		call->client->held = HOLD_DUMP;
	return why;
}

static void put_progress(struct json *json, const char *key,
			 const struct dump *dump)
{
	json_open(json, key, '{');
	json_string(json, "status", dump_state_name(dump->state));
	json_number(json, "completed", atomic_load(&dump->completed));
	json_number(json, "total", dump->total);
	json_close(json, '}');
}

static const char *query_dump(struct qmp_call *call)
{
	put_progress(call->answer, QMP_RETURN,
		     control_last_dump(call->machine));
	return NULL;
}

void qmp_dump_done(struct monitor *m)
{
	const struct dump *dump = control_last_dump(m->machine);
	bool failed = last_state(m->machine) == DUMP_FAILED;
	const char *error = failed ? dump->error : NULL;
	struct json json = { 0 };
	char data[1536];
	struct buf buf;

	buf_init(&buf, data, sizeof(data));
	json.buf = &buf;
	json_open(&json, NULL, '{');
	put_progress(&json, "result", dump);
	if (error)
		json_string(&json, "error", error);
	json_close(&json, '}');
	close_target(m);
	monitor_event(m, "DUMP_COMPLETED", data);
	qmp_answer_held(m, HOLD_DUMP, error);
}

const struct qmp_command qmp_dump_commands[] = {
	{ "dump-guest-memory", dump_guest_memory, {
		{ "paging", QMP_BOOL, false },
		{ "protocol", QMP_STRING, false },
		{ "detach", QMP_BOOL, true },
		{ "begin", QMP_INTEGER, true },
		{ "length", QMP_INTEGER, true },
		{ "format", QMP_STRING, true } } },
	{ "query-dump", query_dump, { } },
	{ "getfd", name_fd, { { "fdname", QMP_STRING, false } } },
	{ "closefd", close_fd, { { "fdname", QMP_STRING, false } } },
	{ }
};
