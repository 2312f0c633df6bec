// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "qmp/socket_path.h"

/* Clients that may wait to be let in. */
#define BACKLOG		16

/* Room behind the name for the temporary one's end. */
#define TEMPORARY	16

__attribute__((format(printf, 2, 3)))
static const char *sentence(const char *name, const char *fmt, ...)
{
	static char text[384];
	va_list ap;
	int len;

	len = snprintf(text, sizeof(text), "%.*s: ",
		       (int)sizeof(((struct sockaddr_un *)0)->sun_path), name);
	va_start(ap, fmt);
	vsnprintf(text + len, sizeof(text) - (size_t)len, fmt, ap);
	va_end(ap);
	return text;
}

static int open_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static struct sockaddr_un address(const char *name)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	memcpy(addr.sun_path, name, strlen(name) + 1);
	return addr;
}

/* Does a process listen there?  0, -ECONNREFUSED if none does, or -errno. */
static int try_connect(const char *name)
{
	const struct sockaddr_un addr = address(name);
	int fd = open_socket();
	int err = 0;

	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&addr, sizeof(addr)) < 0)
		err = -errno;
	close(fd);
	/* It does, and is busy. */
	return err == -EAGAIN ? 0 : err;
}

/* Have nothing at @name, but do not take it from anybody: NULL if that is so. */
static const char *make_free(const char *name)
{
	struct stat st;
	int err;

	if (strlen(name) >= sizeof(address("").sun_path) - TEMPORARY)
		return sentence(name, "longer than %zu bytes, which is too long for a socket; name one in a directory nearer to /",
				sizeof(address("").sun_path) - TEMPORARY - 1);
	if (lstat(name, &st) < 0)
		return errno == ENOENT ? NULL :
			sentence(name, "%s", strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return sentence(name, "is there and is no socket; remove it, or name another");
	err = try_connect(name);
	if (!err)
		return sentence(name, "another process listens there; name another");
	if (err != -ECONNREFUSED)
		return sentence(name, "is there, and whether a process listens cannot be told: %s; remove it, or name another",
				strerror(-err));
	if (unlink(name) < 0)
		return sentence(name, "a dead process left it there, and it cannot be removed: %s",
				strerror(errno));
	return NULL;
}

/* link() does not replace what another process may just have put there. */
static int move(const char *from, const char *to)
{
	if (link(from, to) < 0)
		return -errno;
	unlink(from);
	return 0;
}

/*
 * Linux gives the name the mode that the socket has, less the umask, so that
 * there is no moment at which others may connect.  No other thread creates
 * files: the umask is this one's for a moment.
 */
static int bind_and_listen(int fd, const char *name)
{
	const struct sockaddr_un addr = address(name);
	mode_t mask;
	int err = 0;

	if (fchmod(fd, 0600) < 0)
		return -errno;
	mask = umask(0177);
	if (bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) < 0)
		err = -errno;
	umask(mask);
	if (!err && listen(fd, BACKLOG) < 0) {
		err = -errno;
		unlink(name);
	}
	return err;
}

/* exit() removes these: a start that fails should leave nothing behind. */
static struct socket_path *first;

static void remove_all(void)
{
	while (first)
		socket_path_remove(first);
}

static void keep(struct socket_path *path)
{
	static bool is_registered;

	if (!is_registered)
		atexit(remove_all);
	is_registered = true;
	path->next = first;
	first = path;
}

/* Listen before giving it its name, so that no client is refused there. */
static const char *appear(struct socket_path *path, int fd, const char *name)
{
	char temporary[sizeof(path->name)];
	struct stat st;
	int err;

	snprintf(temporary, sizeof(temporary), "%s.new-%d", name, getpid());
	err = bind_and_listen(fd, temporary);
	if (!err && lstat(temporary, &st) < 0)
		err = -errno;
	if (err)
		return sentence(name, "cannot listen there: %s",
				strerror(-err));
	err = move(temporary, name);
	if (err) {
		unlink(temporary);
		return sentence(name, "cannot give the socket this name: %s",
				strerror(-err));
	}
	memcpy(path->name, name, strlen(name) + 1);
	path->dev = st.st_dev;
	path->ino = st.st_ino;
	keep(path);
	return NULL;
}

int socket_path_listen(struct socket_path *path, const char *name,
		       const char **why)
{
	int fd;

	*why = make_free(name);
	if (*why)
		return -1;
	fd = open_socket();
	if (fd < 0) {
		*why = sentence(name, "no socket: %s", strerror(errno));
		return -1;
	}
	*why = appear(path, fd, name);
	if (*why) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool is_ours(const struct socket_path *path)
{
	struct stat st;

	return lstat(path->name, &st) == 0 && st.st_dev == path->dev &&
	       st.st_ino == path->ino;
}

int socket_path_move(struct socket_path *path, const char *name)
{
	int err;

	if (strlen(name) >= sizeof(path->name))
		return -ENAMETOOLONG;
	if (!is_ours(path))
		return -ENOENT;
	err = move(path->name, name);
	if (!err)
		memcpy(path->name, name, strlen(name) + 1);
	return err;
}

void socket_path_remove(struct socket_path *path)
{
	struct socket_path **at = &first;

	while (*at && *at != path)
		at = &(*at)->next;
	if (!*at)
		return;
	*at = path->next;
	if (is_ours(path))
		unlink(path->name);
}
