// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

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

static bool has_place(const struct pollfd *fd)
{
	return fd->fd >= 0 && fd->fd < FD_SETSIZE;
}

/* Returns one more than the highest descriptor. */
static int put_in_sets(const struct pollfd *fds, unsigned int nr, fd_set *in,
		       fd_set *out)
{
	unsigned int i;
	int end = 0;

	FD_ZERO(in);
	FD_ZERO(out);
	for (i = 0; i < nr; i++) {
		if (!has_place(&fds[i]))
			continue;
		if (fds[i].events & POLLIN)
			FD_SET(fds[i].fd, in);
		if (fds[i].events & POLLOUT)
			FD_SET(fds[i].fd, out);
		if (fds[i].fd >= end)
			end = fds[i].fd + 1;
	}
	return end;
}

static void take_from_sets(struct pollfd *fds, unsigned int nr,
			   const fd_set *in, const fd_set *out)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		fds[i].revents = 0;
		if (has_place(&fds[i]) && FD_ISSET(fds[i].fd, in))
			fds[i].revents |= POLLIN;
		if (has_place(&fds[i]) && FD_ISSET(fds[i].fd, out))
			fds[i].revents |= POLLOUT;
	}
}

/*
 * poll() takes no more descriptors than RLIMIT_NOFILE, which others may lower
 * while panicvm runs.  select() does not look at it.
 */
static int poll_all(struct pollfd *fds, unsigned int nr, int ms)
{
	struct timeval tv = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };
	int n = poll(fds, nr, ms);
	fd_set in, out;
	int end;

	if (n >= 0 || errno != EINVAL)
		return n;
	end = put_in_sets(fds, nr, &in, &out);
	n = select(end, &in, &out, NULL, ms < 0 ? NULL : &tv);
	if (n >= 0)
		take_from_sets(fds, nr, &in, &out);
	return n;
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
	if (poll_all(fds, nr, ms) < 0)
		return errno == EINTR ? 0 : -errno;
	for (i = 0; i < nr; i++)
		if (fds[i].revents && loop->source[i])
			loop->source[i]->ready(loop->source[i], fds[i].revents);
	return 0;
}

uint64_t event_loop_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void event_signal(int fd)
{
	const uint64_t one = 1;

	/* It fails only when it has been signalled 2^64 times already. */
	if (write(fd, &one, sizeof(one)) < 0)
		return;
}

void event_reset(int fd)
{
	uint64_t count;

	/* It fails when there is nothing to reset. */
	if (read(fd, &count, sizeof(count)) < 0)
		return;
}
