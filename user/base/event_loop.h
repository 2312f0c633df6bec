/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Room base/: what any program could use.  It knows nothing of VMs.
 *
 * The event loop: what the main thread waits for, all in one poll().  In: file
 * descriptors.  Out: a call of ready() for each that is.  A source is part of
 * what it serves: its ready() finds that by container_of().  Only the main
 * thread uses this, and a ready() must not wait for anything.
 */
#ifndef EVENT_LOOP_H
#define EVENT_LOOP_H

#include <stddef.h>
#include <stdint.h>

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

#define EVENT_LOOP_MAX	256

struct event_source {
	int fd;			/* negative: not now */
	short events;		/* of poll(); 0: not now, not even errors */
	void (*ready)(struct event_source *source, short revents);
};

struct event_loop {
	struct event_source *source[EVENT_LOOP_MAX];	/* NULL: removed */
	unsigned int nr;
};

/* 0, or -ENOSPC when EVENT_LOOP_MAX are there. */
int event_loop_add(struct event_loop *loop, struct event_source *source);

/* At any time, also from within a ready(); one that is not there is ignored. */
void event_loop_remove(struct event_loop *loop,
		       const struct event_source *source);

/*
 * Wait for at most @ms (-1: for ever), and call ready() of each source that
 * is.  0, or -errno when there is no waiting any more.
 */
int event_loop_wait(struct event_loop *loop, int ms);

/* ms, by a clock that is never set. */
uint64_t event_loop_now(void);

/*
 * An eventfd that is a source: any thread makes it readable, and the main thread
 * makes it unreadable again.
 */
void event_signal(int fd);
void event_reset(int fd);

#endif /* EVENT_LOOP_H */
