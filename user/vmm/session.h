/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What lasts as long as panicvm: what it watches, what it opened at the start
 * (later, in the sandbox, nothing can be), the VM that runs, and those that
 * crashed and are kept.
 */
#ifndef SESSION_H
#define SESSION_H

#include "vmm/machine.h"

/* Each has all the memory of a guest; a crash beyond them ends panicvm. */
#define SESSION_KEPT_MAX	8

struct session {
	const struct conf *conf;
	struct loop loop;
	struct loop_source signals, timeout, input;
	struct images images;
	int kvm;			/* /dev/kvm */
	int core_dir;			/* or -1 */
	const char *core_name;		/* in it */
	struct report report;
	struct console console;
	struct machine machine[1 + SESSION_KEPT_MAX];
	struct machine *running;	/* NULL after its end */
	unsigned int restarts;
	unsigned int renamed;
	unsigned int cores;		/* that were begun, for --core */
	enum end end;			/* how the last boot ended */
	unsigned int panics;		/* that it had */
	int signal;			/* of END_SIGNAL */
	bool timed_out;
};

/* Everything up to the first instruction; does not return when it fails. */
void session_open(struct session *session, const struct conf *conf);

/* Until the end; then session->end and ->panics say how it was. */
void session_run(struct session *session);
void session_close(struct session *session);

/* @machine, which is stopped, boots afresh. */
void session_restart(struct session *session, struct machine *machine);

/*
 * @machine is kept, with its monitor under another name, and another one boots
 * in its place.  False if there is no room for one more.
 */
bool session_replace(struct session *session, struct machine *machine);

#endif /* SESSION_H */
