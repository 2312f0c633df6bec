/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a Linux kernel's log tells of its end: the line that names the bug, and
 * where it was.  Pure; the text is hostile.
 */
#ifndef OOPS_H
#define OOPS_H

#include "panic/trace.h"

/* Room for the line; of a longer one the end is cut off. */
#define OOPS_LINE_MAX	200

struct oops {
	char line[OOPS_LINE_MAX];	/* UTF-8, no control characters */
	struct trace trace;
};

/*
 * Find the bug that ended the kernel whose log is @text, which is clean.
 * @hangs: also what only tells that something takes too long, as a soft
 * lockup does.  False: there is none.
 */
bool oops_find(struct oops *oops, const char *text, bool hangs);

#endif /* OOPS_H */
