/* SPDX-License-Identifier: GPL-2.0-only */
/* stdin and stdout, which are the far end of COM1. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board/sink.h"

/* As many keys as a terminal itself keeps. */
#define CONSOLE_TYPED	4096

struct console {
	struct sink sink;	/* stdout */
	bool terminal;		/* stdin is one */
	bool raw;		/* panicvm has it, and it passes every key */
	uint8_t typed[CONSOLE_TYPED];	/* keys that the guest has yet to take */
	size_t nr_typed;
	bool escape;		/* Ctrl-A was the last key */
	bool closed;		/* stdin has ended */
	bool reports;		/* they go to stdout too */
	bool shared;		/* or it is a terminal, where they land */
	atomic_bool mid_line;	/* the last byte put was not a newline */
};

/*
 * A terminal that is panicvm's goes back to what it was when panicvm exits.
 * @reports: they are written to @out too.
 */
void console_open(struct console *console, struct out *out, bool reports);
void console_restore(void);

/* vCPU threads: as sink_put(). */
void console_put(struct console *console, uint8_t byte);

/* How soon console_check() is due again, in ms; -1: not by itself. */
int console_check_ms(const struct console *console);

/*
 * Main, before each wait: take the terminal, raw, when panicvm
 * is in its foreground.  In the background it is left alone.
 */
void console_check(struct console *console);

/* At SIGCONT: whatever the terminal was, a shell may have set it since. */
void console_resume(struct console *console);

/* At SIGTSTP: give the terminal back, stop, and go on after a SIGCONT. */
void console_suspend(struct console *console);

/* Is there anything to read stdin for, if the guest can take @room bytes? */
bool console_reads(const struct console *console, size_t room);

/* stdin is readable: -EINTR if the user asks to end with Ctrl-A x, else 0. */
int console_read(struct console *console, size_t room);

/* Moves at most @room bytes for the guest to @bytes; returns how many. */
size_t console_take(struct console *console, uint8_t *bytes, size_t room);

/* A report follows: bring what it shares to the start of a line, if it can. */
void console_end_line(struct console *console);

#endif /* CONSOLE_H */
