/* SPDX-License-Identifier: GPL-2.0-only */
/* A line of the log without what differs from boot to boot. */
#ifndef OOPS_LINE_H
#define OOPS_LINE_H

#include "panic/trace.h"

/* A line that is put together in a buffer; what does not fit is left out. */
struct oops_line {
	char *text;
	size_t size;
	size_t len;
};

/*
 * Append the first sentence of @in: numbers as "N"; functions without offsets,
 * suffixes and modules; places in the source without lines, and as a name if
 * they are absolute.
 */
void oops_line_put(struct oops_line *line, struct span in);

/* Append @text as it is. */
void oops_line_put_text(struct oops_line *line, const char *text);

/* End it, after a whole character, without what would follow in a sentence. */
void oops_line_end(struct oops_line *line);

#endif /* OOPS_LINE_H */
