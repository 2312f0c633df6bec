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
#include "base/json_parse.h"
#include "qmp/client.h"
#include "qmp/qmp_ops.h"

#define QMP_CLIENTS	8

/* The clients of a VM, and what they share.  One of zeros is closed. */
struct qmp {
	const struct qmp_ops *ops;	/* NULL: it is closed */
	struct machine *machine;
	int dump_fd;			/* that a dump under way writes to */
	unsigned int turns;		/* that were asked for */
	struct client clients[QMP_CLIENTS];
};

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
	bool turn;		/* only with the VM stopped, in turn */
	struct qmp_param params[QMP_PARAMS];	/* ends with the first NULL */
};

#define QMP_RETURN	"return"

/* What run() returns when the client has become held: no answer yet. */
extern const char *const qmp_held;

struct qmp_call {
	struct client *client;
	const struct qmp_ops *ops;
	struct machine *machine;
	const struct json_text *text;
	unsigned int object;		/* that has the arguments; 0: none */
	struct json *answer;
	bool has_turn;
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
extern const struct qmp_command qmp_dump_commands[];

/* Send the greeting to a new client. */
void qmp_greet(struct client *client);

/* A text that is no command: @why goes back as an error. */
void qmp_refuse(struct client *client, const char *why);

/* For struct client_ops. */
void qmp_handle_text(struct client *client, const char *text, size_t len);

/* A client's command that waited for its turn. */
void qmp_take_turn(struct client *client);

/* The command that holds a client is done, or has failed with @error. */
void qmp_answer(struct client *client, const char *error);

/* Ours, in the form that QEMU has for its own. */
void qmp_put_version(const struct qmp *qmp, struct json *json, const char *key);

void qmp_open(struct qmp *qmp, const struct qmp_ops *ops,
	      struct machine *machine);

/* Answer the clients that are held, and hang up on all. */
void qmp_close(struct qmp *qmp);

/* A new client, which is greeted; or turned away, if there are too many. */
void qmp_let_in(struct qmp *qmp, struct event_loop *loop, int fd);

/* An event, to every client that is ready.  @data: a JSON object, or NULL. */
void qmp_event(struct qmp *qmp, const char *name, const char *data);

/* Does a client wait for its turn? */
bool qmp_has_turns(const struct qmp *qmp);

/* The VM is stopped: run the commands that wait, in the order they came. */
void qmp_take_turns(struct qmp *qmp);

/*
 * Answer the clients that are held in @state, and let them go on.  @error: a
 * sentence, or NULL for success.
 */
void qmp_answer_held(struct qmp *qmp, enum client_state state,
		     const char *error);

/*
 * The dump that ops->dump() began is over: send DUMP_COMPLETED, answer the
 * client that waits for it, and close the descriptor that it wrote to.
 */
void qmp_dump_done(struct qmp *qmp);

#endif /* QMP_H */
