// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a write that does not wait takes:
 *
 *   a file             nothing
 *   a socket           MSG_DONTWAIT
 *   a pipe, a terminal O_NONBLOCK.  It belongs to the open file description,
 *                      which panicvm has to have for itself.
 *
 * Another user's pipe or terminal cannot be opened again.  There poll() says
 * that a pipe takes a page, and a terminal a byte.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/out.h"

/* How often put() tries again while the reader does not read. */
#define STEP_MS		10
#define HURRY_MAX	2

static struct pollfd hurry[HURRY_MAX];
static nfds_t nr_hurry;

void out_init(struct out *out, int fd)
{
	struct stat st;

	*out = (struct out){ .fd = fd };
	if (fstat(fd, &st) < 0 || fcntl(fd, F_GETFL) & O_NONBLOCK)
		return;
	out->is_socket = S_ISSOCK(st.st_mode);
	if (S_ISFIFO(st.st_mode))
		out->piece = PIPE_BUF;
	else if (S_ISCHR(st.st_mode) && isatty(fd))
		out->piece = 1;
}

void out_init_shared(struct out *out, int fd)
{
	char path[32];
	int own;

	out_init(out, fd);
	if (!out->piece)
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	own = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (own < 0)
		return;
	out->fd = own;
	out->piece = 0;
}

static bool is_writable(int fd)
{
	struct pollfd out = { .fd = fd, .events = POLLOUT };

	return poll(&out, 1, 0) == 1;
}

ssize_t out_some(const struct out *out, const void *bytes, size_t len)
{
	ssize_t n;

	if (out->piece) {
		if (!is_writable(out->fd))
			return 0;
		if (len > out->piece)
			len = out->piece;
	}
	do {
		n = out->is_socket ? send(out->fd, bytes, len,
					  MSG_DONTWAIT | MSG_NOSIGNAL) :
				     write(out->fd, bytes, len);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	return n;
}

/*
 * Not poll() for POLLOUT: a terminal with room for one byte is writable, and
 * takes no newline, which is two.
 */
static bool pause_once(void)
{
	return poll(hurry, nr_hurry, STEP_MS) == 0;
}

/* Adds the number of bytes that were written to *@done. */
static int put(struct out *out, const char *bytes, size_t len, int ms,
	       size_t *done)
{
	int left = ms;

	while (*done < len) {
		ssize_t n = out_some(out, bytes + *done, len - *done);

		if (n < 0)
			return (int)n;
		if (n > 0) {
			*done += (size_t)n;
			out->stuck = false;
			left = ms;
			continue;
		}
		if (out->stuck || left <= 0 || !pause_once()) {
			out->stuck = true;
			return -EAGAIN;
		}
		left -= STEP_MS;
	}
	return 0;
}

int out_line(struct out *out, const char *text, size_t len, int ms)
{
	size_t newline = 0, done = 0;
	int err = 0;

	if (out->cut)
		err = put(out, "\n", 1, ms, &newline);
	if (!err) {
		out->cut = false;
		err = put(out, text, len, ms, &done);
	}
	if (err) {
		out->cut = out->cut || done;
		out->lost++;
	}
	return err;
}

void out_hurry(int fd)
{
	if (nr_hurry < HURRY_MAX)
		hurry[nr_hurry++] = (struct pollfd){ fd, POLLIN, 0 };
}
