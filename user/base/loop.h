/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the main thread waits for, all in one poll().  A source is part of what
 * it serves: its ready() finds that by container_of().  Only main uses this.
 */
#ifndef LOOP_H
#define LOOP_H

#include <stddef.h>

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

#define LOOP_MAX	256

struct loop_source {
	int fd;			/* negative: not now */
	short events;		/* of poll(); 0: not now, not even errors */
	void (*ready)(struct loop_source *source, short revents);
};

struct loop {
	struct loop_source *source[LOOP_MAX];	/* NULL: removed */
	unsigned int nr;
};

/* 0, or -ENOSPC when LOOP_MAX are there. */
int loop_add(struct loop *loop, struct loop_source *source);

/* At any time, also from within a ready(); one that is not there is ignored. */
void loop_remove(struct loop *loop, const struct loop_source *source);

/*
 * Wait for at most @ms (-1: for ever), and call ready() of each source that
 * is.  0, or -errno when there is no waiting any more.
 */
int loop_wait(struct loop *loop, int ms);

#endif /* LOOP_H */
