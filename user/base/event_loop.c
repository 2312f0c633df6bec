// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>

#include "base/event_loop.h"

/* Only between two waits: while sources are called, their places stay. */
static void compact(struct event_loop *loop)
{
	unsigned int i, to = 0;

	for (i = 0; i < loop->nr; i++)
		if (loop->source[i])
			loop->source[to++] = loop->source[i];
	loop->nr = to;
}

int event_loop_add(struct event_loop *loop, struct event_source *source)
{
	if (loop->nr == EVENT_LOOP_MAX)
		return -ENOSPC;
	loop->source[loop->nr++] = source;
	return 0;
}

void event_loop_remove(struct event_loop *loop,
		       const struct event_source *source)
{
	unsigned int i;

	for (i = 0; i < loop->nr; i++)
		if (loop->source[i] == source)
			loop->source[i] = NULL;
}

int event_loop_wait(struct event_loop *loop, int ms)
{
	struct pollfd fds[EVENT_LOOP_MAX];
	unsigned int i, nr;

	compact(loop);
	nr = loop->nr;
	for (i = 0; i < nr; i++) {
		const struct event_source *s = loop->source[i];

		fds[i] = (struct pollfd){
			.fd = s->events ? s->fd : -1,
			.events = s->events,
		};
	}
	if (poll(fds, nr, ms) < 0)
		return errno == EINTR ? 0 : -errno;
	for (i = 0; i < nr; i++)
		if (fds[i].revents && loop->source[i])
			loop->source[i]->ready(loop->source[i], fds[i].revents);
	return 0;
}
