// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>

#include "base/loop.h"

/* Only between two waits: while sources are called, their places stay. */
static void compact(struct loop *loop)
{
	unsigned int i, to = 0;

	for (i = 0; i < loop->nr; i++)
		if (loop->source[i])
			loop->source[to++] = loop->source[i];
	loop->nr = to;
}

int loop_add(struct loop *loop, struct loop_source *source)
{
	if (loop->nr == LOOP_MAX)
		return -ENOSPC;
	loop->source[loop->nr++] = source;
	return 0;
}

void loop_remove(struct loop *loop, const struct loop_source *source)
{
	unsigned int i;

	for (i = 0; i < loop->nr; i++)
		if (loop->source[i] == source)
			loop->source[i] = NULL;
}

int loop_wait(struct loop *loop, int ms)
{
	struct pollfd fds[LOOP_MAX];
	unsigned int i, nr;

	compact(loop);
	nr = loop->nr;
	for (i = 0; i < nr; i++) {
		const struct loop_source *s = loop->source[i];

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
