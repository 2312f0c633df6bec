// SPDX-License-Identifier: GPL-2.0-only
/*
 * dump-guest-memory, and the descriptors that it may write to.  A dump belongs
 * to the monitor: the client that began it may go.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "qmp/qmp.h"

static const char *name_fd(struct qmp_call *call)
{
	char name[CLIENT_FDS_NAME];
	unsigned int arg = qmp_arg(call, "fdname");
	struct client_fds *fds = &call->client->fds;

	if (!json_get_string(call->text, arg, name, sizeof(name)))
		return qmp_why(call, "Parameter 'fdname' is longer than %zu bytes",
			       sizeof(name) - 1);
	if (*name >= '0' && *name <= '9')
		return "Parameter 'fdname' expects a name not starting with a digit";
	switch (client_fds_name(fds, name)) {
	case 0:
		return NULL;
	case -EBADF:
		return "No file descriptor supplied via SCM_RIGHTS";
	default:
		return qmp_why(call, "%u file descriptors have names already: closefd one",
			       CLIENT_FDS_MAX);
	}
}

static const char *close_fd(struct qmp_call *call)
{
	char name[CLIENT_FDS_NAME];
	int fd = -1;

	if (json_get_string(call->text, qmp_arg(call, "fdname"), name,
			    sizeof(name)))
		fd = client_fds_take(&call->client->fds, name);
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
	if (!format || json_is(call->text, format, "elf"))
		return NULL;
	json_get_string(call->text, format, name, sizeof(name));
	return qmp_why(call, "Parameter 'format' does not accept value '%s'",
		       name);
}

/* "begin" and "length": both of them, or neither. */
static const char *get_range(struct qmp_call *call, struct qmp_range *range,
			     bool *is_given)
{
	unsigned int begin = qmp_arg(call, "begin");
	unsigned int length = qmp_arg(call, "length");

	*is_given = begin && length;
	if (!begin && !length)
		return NULL;
	if (!begin)
		return "Parameter 'begin' is missing";
	if (!length)
		return "Parameter 'length' is missing";
	if (!json_get_number(call->text, begin, &range->begin))
		return "Invalid parameter 'begin'";
	if (!json_get_number(call->text, length, &range->length) ||
	    !range->length)
		return "Invalid parameter 'length'";
	return NULL;
}

/* It was the client's, and is not any more. */
static void close_target(struct qmp *qmp)
{
	if (qmp->dump_fd >= 0)
		close(qmp->dump_fd);
	qmp->dump_fd = -1;
}

/* To a descriptor that the client has passed. */
static const char *start_fd(struct qmp_call *call,
			    const struct qmp_range *range, const char *name)
{
	struct qmp *qmp = call->client->qmp;
	const char *why;

	qmp->dump_fd = client_fds_take(&call->client->fds, name);
	if (qmp->dump_fd < 0)
		return qmp_why(call,
			       "File descriptor named '%.*s' has not been found",
			       CLIENT_FDS_NAME, name);
	why = call->ops->dump(call->machine, range, NULL, qmp->dump_fd);
	if (why)
		close_target(qmp);
	return why;
}

/* To "file:PATH" or "fd:NAME". */
static const char *start(struct qmp_call *call, const struct qmp_range *range,
			 const char *protocol)
{
	if (!strncmp(protocol, "file:", 5))
		return call->ops->dump(call->machine, range, protocol + 5, -1);
	if (!strncmp(protocol, "fd:", 3))
		return start_fd(call, range, protocol + 3);
	return "Invalid parameter 'protocol'";
}

static const char *dump_guest_memory(struct qmp_call *call)
{
	const char *why = check_limits(call);
	struct qmp_range range;
	char protocol[4096];
	bool is_part;

	if (!why)
		why = get_range(call, &range, &is_part);
	if (why)
		return why;
	if (call->ops->last_dump(call->machine).active)
		return "There is a dump in process, please wait.";
	if (!json_get_string(call->text, qmp_arg(call, "protocol"), protocol,
			     sizeof(protocol)))
		return "Parameter 'protocol' is too long, or has a NUL in it";
	why = start(call, is_part ? &range : NULL, protocol);
	if (why || qmp_flag(call, "detach"))
		return why;
	client_hold(call->client, CLIENT_DUMP);
	return qmp_held;
}

static void put_progress(struct json *json, const char *key,
			 const struct qmp_dump *dump)
{
	json_open(json, key, '{');
	json_string(json, "status", dump->status);
	json_number(json, "completed", dump->completed);
	json_number(json, "total", dump->total);
	json_close(json, '}');
}

static const char *query_dump(struct qmp_call *call)
{
	const struct qmp_dump dump = call->ops->last_dump(call->machine);

	put_progress(call->answer, QMP_RETURN, &dump);
	return NULL;
}

void qmp_dump_done(struct qmp *qmp)
{
	struct qmp_dump dump;
	struct json json = { 0 };
	char data[1536];
	struct buf buf;

	if (!qmp->ops)
		return;
	dump = qmp->ops->last_dump(qmp->machine);
	buf_init(&buf, data, sizeof(data));
	json.buf = &buf;
	json_open(&json, NULL, '{');
	put_progress(&json, "result", &dump);
	if (dump.error)
		json_string(&json, "error", dump.error);
	json_close(&json, '}');
	close_target(qmp);
	qmp_event(qmp, "DUMP_COMPLETED", data);
	qmp_answer_held(qmp, CLIENT_DUMP, dump.error);
}

const struct qmp_command qmp_dump_commands[] = {
	{ "dump-guest-memory", dump_guest_memory, true, {
		{ "paging", QMP_BOOL, false },
		{ "protocol", QMP_STRING, false },
		{ "detach", QMP_BOOL, true },
		{ "begin", QMP_INTEGER, true },
		{ "length", QMP_INTEGER, true },
		{ "format", QMP_STRING, true } } },
	{ "query-dump", query_dump, false, { } },
	{ "getfd", name_fd, false, { { "fdname", QMP_STRING, false } } },
	{ "closefd", close_fd, false, { { "fdname", QMP_STRING, false } } },
	{ }
};
