/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Room vmm/: all that knows more than one of the other rooms.  In: the command
 * line; then what was noted by callbacks.  Out: a VM that runs, and at its panic
 * records, cores and the action.  session.c alone acts on a VM; the others tell
 * it what there is to do.
 *
 * A session: a run of panicvm, the VM that runs, and those that crashed and are
 * kept.
 */
#ifndef SESSION_H
#define SESSION_H

#include "vmm/machine.h"

/* Each has all the memory of a guest; a crash beyond them ends panicvm. */
#define SESSION_KEPT_MAX	8

struct session {
	struct shared shared;
	struct event_source signals, jobs, timeout, input;
	struct machine machine[1 + SESSION_KEPT_MAX];
	struct machine *running;	/* NULL after its end */
	unsigned int renamed;
	unsigned int backoff;		/* ms that the last restart waited */

	/* What was noted, and stays. */
	int signal;			/* that asks panicvm to end, or 0 */
	bool timed_out;
	bool failed;			/* there is no waiting any more */

	enum end end;			/* how the last boot ended */
	unsigned int panics;		/* that it had */
	uint8_t exit_value;		/* of END_EXIT */
};

/* Everything up to the first instruction; does not return when it fails. */
void session_open(struct session *session, const struct conf *conf);

/* Until the end; then session->end and ->panics say how it was. */
void session_run(struct session *session);
void session_close(struct session *session);

#endif /* SESSION_H */
