/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lines of a Linux kernel's log, and the functions that the call traces in it
 * name.  Pure; the text is hostile.
 */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stddef.h>

/* A part of a text, not terminated. */
struct span {
	const char *at;
	size_t len;
};

/* Does @span begin with @text, and does it contain it? */
bool span_begins(struct span span, const char *text);
const char *span_find(struct span span, const char *text);

/* The rest of it, and what of it is before @text if it has that. */
void span_skip(struct span *span, size_t len);
void span_cut(struct span *span, const char *text);

/*
 * The next line of *@text, without what the console puts before it, such as
 * "<4>[   12.345678][   T1] ".  False at the end.
 */
bool trace_line(const char **text, struct span *line);

/* Room for a function's name; of a longer one the end is cut off. */
#define TRACE_NAME_MAX	64

/* What of a trace tells bugs apart: more would tell apart the ways to one. */
#define TRACE_FRAMES	2

struct trace {
	char frame[TRACE_FRAMES][TRACE_NAME_MAX];
	unsigned int nr;
};

enum trace_kind {
	TRACE_BUG,
	TRACE_STUCK,	/* one function, that which was interrupted */
	TRACE_OVERFLOW,	/* of a stack: one that is in it several times, if any */
};

/*
 * The first functions that are not there for each panic, from the first trace
 * in @text that has one: where RIP was, then its callers.
 */
void trace_read(struct trace *trace, const char *text, enum trace_kind kind);

/* Is @line the register RIP, and in the kernel? */
bool trace_is_rip(struct span line);

/* Is it a function that a CPU with nothing to do, or that waits, is in? */
bool trace_is_idle(const char *name);

/* @name without what the compiler adds to one: "f" of "f.constprop.0". */
size_t trace_base_len(const char *name, size_t len);

#endif /* TRACE_H */
