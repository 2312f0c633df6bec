/* SPDX-License-Identifier: GPL-2.0-only */
/* stdin and stdout, which are the far end of COM1. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/out.h"

struct console {
	struct out *out;	/* stdout */
	bool raw;		/* stdin is a terminal, and passes every key */
	bool escape;		/* Ctrl-A was the last key */
	bool closed;		/* stdin has ended */
	bool reports;		/* they go to stdout too */
	bool shared;		/* or it is a terminal, where they land */
	/* Several vCPUs may put at once. */
	atomic_bool broken;	/* stdout does not take any more */
	atomic_bool mid_line;	/* the last byte put was not a newline */
	atomic_uint dropped;	/* bytes that stdout did not take */
};

/*
 * The terminal goes back to what it was when panicvm exits.  @reports: they
 * are written to @out too.
 */
void console_open(struct console *console, struct out *out, bool reports);
void console_restore(void);

/*
 * vCPU threads: put out one byte.  A kick ends the wait for a
 * stdout that is stuck, and drops the byte: the panic matters more.
 */
void console_put(struct console *console, uint8_t byte);

/*
 * Main: what was typed, at most @room bytes into @bytes; -EINTR when the user
 * asked to end with Ctrl-A x.  0 may also be that stdin has ended.
 */
int console_get(struct console *console, uint8_t *bytes, size_t room);

/* A report follows: bring what it shares to the start of a line, if it can. */
void console_end_line(struct console *console);

#endif /* CONSOLE_H */
