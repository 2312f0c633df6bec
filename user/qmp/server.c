// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "qmp/server.h"

/*
 * Without a descriptor to be had, a client that waits to be let in would make
 * the listener ready for ever: let it in with the one kept for that, and out.
 */
static void use_spare(struct server *m)
{
	int fd;

	close(m->spare);
	fd = accept4(m->listener.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0)
		client_hang_up(fd);
	m->spare = fcntl(m->listener.fd, F_DUPFD_CLOEXEC, 0);
}

static void let_in(struct event_source *source, short revents)
{
	struct server *m = container_of(source, struct server, listener);
	int fd = accept4(source->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)revents;
	if (fd < 0 && (errno == EMFILE || errno == ENFILE))
		use_spare(m);
	else if (fd >= 0)
		qmp_let_in(&m->qmp, m->loop, fd);
}

const char *server_open(struct server *m, struct event_loop *loop,
			const struct qmp_ops *ops, struct machine *machine,
			const char *path)
{
	static char no_room[sizeof(m->path.name) + 64];
	const char *why;
	int fd = socket_path_listen(&m->path, path, &why);

	if (fd < 0)
		return why;
	qmp_open(&m->qmp, ops, machine);
	m->loop = loop;
	m->spare = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	m->listener = (struct event_source){
		.fd = fd,
		.events = POLLIN,
		.ready = let_in,
	};
	if (m->spare >= 0 && event_loop_add(loop, &m->listener) == 0)
		return NULL;
	server_close(m);
	snprintf(no_room, sizeof(no_room),
		 "%s: there are too many open files or monitors", path);
	return no_room;
}

void server_close(struct server *m)
{
	qmp_close(&m->qmp);
	event_loop_remove(m->loop, &m->listener);
	socket_path_remove(&m->path);
	close(m->listener.fd);
	close(m->spare);
	m->loop = NULL;
}

int server_rename(struct server *m, const char *path)
{
	return socket_path_move(&m->path, path);
}
