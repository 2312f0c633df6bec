/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A stream of lines: stderr, stdout, a report.  Its reader may be slow, or may
 * never read.  So each write says how long it waits at most, and a line that is
 * not written whole is counted.
 *
 * Any thread may write.  A pipe keeps a line of less than PIPE_BUF whole.
 */
#ifndef OUT_H
#define OUT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct out {
	int fd;
	bool is_socket;
	size_t piece;		/* if not 0: poll(), then write so much */
	atomic_bool cut;	/* the last line is not whole: end it first */
	atomic_bool stuck;	/* the last wait for the reader was in vain */
	atomic_uint lost;	/* lines that were not written whole */
};

/* Use @fd as it is.  The caller sets O_NONBLOCK where no one shares it. */
void out_init(struct out *out, int fd);

/*
 * One of stdin, stdout and stderr.  Others share them, and would find an
 * O_NONBLOCK there: a pipe or a terminal is opened again, if that is allowed.
 * Not in the sandbox.
 */
void out_init_shared(struct out *out, int fd);

/* Returns how many bytes the stream took at once, which may be 0; or -errno. */
ssize_t out_some(const struct out *out, const void *bytes, size_t len);

/*
 * All of @text, whose end is a newline.  Waits for a reader, but no longer
 * than @ms after the last byte that one took, and not again until one does.
 * 0; -EAGAIN if it is not read; or -errno.
 */
int out_line(struct out *out, const char *text, size_t len, int ms);

/* No write waits while @fd is readable.  For two descriptors, by main. */
void out_hurry(int fd);

#endif /* OUT_H */
