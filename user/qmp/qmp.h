/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * QMP, as far as it goes here: a JSON text of a client's is checked, carried
 * out, and answered as QEMU would.
 */
#ifndef QMP_H
#define QMP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "base/json_read.h"
#include "qmp/client.h"
#include "qmp/monitor.h"

enum qmp_type {
	QMP_STRING,
	QMP_BOOL,
	QMP_INTEGER,
	QMP_ARRAY,
};

struct qmp_param {
	const char *name;
	enum qmp_type type;
	bool optional;
};

#define QMP_PARAMS	7

struct qmp_call;

/*
 * run() is called with arguments that have the right names and types.  It may
 * write one value with the key QMP_RETURN to call->answer; without, the
 * answer is {}.  Returns NULL, or the sentence of the error.
 */
struct qmp_command {
	const char *name;
	const char *(*run)(struct qmp_call *call);
	struct qmp_param params[QMP_PARAMS];	/* ends with the first NULL */
};

#define QMP_RETURN	"return"

struct qmp_call {
	struct client *client;
	struct machine *machine;
	const struct json_text *text;
	unsigned int object;		/* that has the arguments; 0: none */
	struct json *answer;
	const char *class;		/* of an error */
	char why[256];			/* room for its sentence */
};

/* The argument, or 0: it is not there. */
unsigned int qmp_arg(const struct qmp_call *call, const char *name);

/* Of a bool that may not be there: then false. */
bool qmp_flag(const struct qmp_call *call, const char *name);

/* call->why, for run() to return. */
__attribute__((format(printf, 2, 3)))
const char *qmp_why(struct qmp_call *call, const char *fmt, ...);

/* NULL, or what QEMU says about arguments that @command does not take. */
const char *qmp_check_args(struct qmp_call *call,
			   const struct qmp_command *command);

/* All commands: tables that end with a NULL name, and a NULL table. */
extern const struct qmp_command *const qmp_tables[];
extern const struct qmp_command qmp_vm_commands[];
extern const struct qmp_command qmp_dump_commands[];

void qmp_greet(struct client *client);

/* A text that is no JSON: @why goes back as an error. */
void qmp_refuse(struct client *client, const char *why);

/*
 * One text.  Afterwards the client may have been dropped; or it is held, and
 * the text is to stay in its place until it is answered.
 */
void qmp_handle(struct client *client, const char *text, size_t len);

/*
 * Whoever is held for that is answered, and held no longer.  @error: a
 * sentence, or NULL for success.
 */
void qmp_answer_held(struct monitor *monitor, enum client_hold held,
		     const char *error);

#endif /* QMP_H */
