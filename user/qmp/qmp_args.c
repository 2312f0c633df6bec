// SPDX-License-Identifier: GPL-2.0-only
/* What a command was given, against what it takes. */
#include <stdarg.h>
#include <stdio.h>

#include "qmp/qmp.h"

const char *qmp_why(struct qmp_call *call, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(call->why, sizeof(call->why), fmt, ap);
	va_end(ap);
	return call->why;
}

unsigned int qmp_arg(const struct qmp_call *call, const char *name)
{
	return call->object ? json_member(call->text, call->object, name) : 0;
}

bool qmp_flag(const struct qmp_call *call, const char *name)
{
	unsigned int arg = qmp_arg(call, name);

	return arg && json_get_bool(call->text, arg);
}

static bool has_type(const struct json_text *text, unsigned int value,
		     enum qmp_type type)
{
	enum json_type got = text->values[value].type;

	switch (type) {
	case QMP_STRING:
		return got == JSON_STRING;
	case QMP_BOOL:
		return got == JSON_BOOL;
	case QMP_INTEGER:
		return got == JSON_NUMBER && json_is_integer(text, value);
	default:
		return got == JSON_ARRAY;
	}
}

static const char *check_param(struct qmp_call *call,
			       const struct qmp_param *param)
{
	static const char *const types[] = {
		[QMP_STRING] = "string",
		[QMP_BOOL] = "boolean",
		[QMP_INTEGER] = "integer",
		[QMP_ARRAY] = "array",
	};
	unsigned int arg = qmp_arg(call, param->name);

	if (!arg && !param->optional)
		return qmp_why(call, "Parameter '%s' is missing", param->name);
	if (arg && !has_type(call->text, arg, param->type))
		return qmp_why(call,
			       "Invalid parameter type for '%s', expected: %s",
			       param->name, types[param->type]);
	return NULL;
}

static bool takes(const struct qmp_command *command,
		  const struct json_text *text, unsigned int key)
{
	const struct qmp_param *p;

	for (p = command->params; p->name; p++)
		if (json_is(text, key, p->name))
			return true;
	return false;
}

const char *qmp_check_args(struct qmp_call *call,
			   const struct qmp_command *command)
{
	const struct qmp_param *p;
	const char *why = NULL;
	unsigned int key = 0;
	char name[64];

	for (p = command->params; !why && p->name; p++)
		why = check_param(call, p);
	if (why || !call->object)
		return why;
	while ((key = json_next_key(call->text, call->object, key))) {
		if (takes(command, call->text, key))
			continue;
		json_get_string(call->text, key, name, sizeof(name));
		return qmp_why(call, "Parameter '%s' is unexpected", name);
	}
	return NULL;
}
