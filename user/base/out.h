/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where lines go that somebody is to read: stderr, stdout, a report.  Nobody
 * may read them, for a while or ever; so no write waits for longer than it is
 * told, and what is not written whole is counted.
 *
 * Any thread may write; a line of less than PIPE_BUF does not mix with others.
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
	size_t piece;		/* not 0: poll() first, and write no more */
	atomic_bool cut;	/* the last line is not whole: end it first */
	atomic_bool stuck;	/* it has been waited for in vain */
	atomic_uint lost;	/* lines that were not written whole */
};

/* @fd as it is; whoever opened it should have set O_NONBLOCK if it may. */
void out_init(struct out *out, int fd);

/*
 * One of stdin, stdout and stderr.  Others share them, and would find an
 * O_NONBLOCK there: a pipe or a terminal is opened again, if that is allowed.
 * Not in the sandbox.
 */
void out_init_shared(struct out *out, int fd);

/* As many bytes as it takes at once: 0 if none now; or -errno. */
ssize_t out_some(const struct out *out, const void *bytes, size_t len);

/*
 * All of @text, whose end is a newline.  Waits for a reader, but no longer
 * than @ms after the last byte that one took, and not again until one does.
 * 0; -EAGAIN if it is not read; or -errno.
 */
int out_line(struct out *out, const char *text, size_t len, int ms);

/* Main: as long as @fd is readable nobody is waited for.  Twice at most. */
void out_hurry(int fd);

#endif /* OUT_H */
