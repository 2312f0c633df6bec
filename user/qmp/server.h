/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Room qmp/: the monitor, which speaks QEMU's QMP.  In: bytes from any process
 * that may open the socket.  Out: calls of struct qmp_ops, answers, and events;
 * it knows nothing else of a VM.  A command that needs the VM stopped waits for
 * qmp_take_turns().  All of it runs on the main thread, in memory of fixed
 * size, and never waits, so no client can hold a vCPU up or make panicvm grow.
 *
 * The server: a Unix stream socket, and the clients that it lets in.
 */
#ifndef SERVER_H
#define SERVER_H

#include "base/event_loop.h"
#include "qmp/qmp.h"
#include "qmp/socket_path.h"

/* One of zeros is closed: opening is all that can be done with it, and events. */
struct server {
	struct event_loop *loop;		/* NULL: it is closed */
	struct event_source listener;
	struct socket_path path;
	int spare;			/* to be able to turn a client away */
	struct qmp qmp;
};

/*
 * Listen at @path, mode 0600.  A socket that a dead process left there is
 * replaced.  NULL; or a sentence that begins with the path and is valid until
 * the next call, and the monitor is closed.
 */
const char *server_open(struct server *server, struct event_loop *loop,
			const struct qmp_ops *ops, struct machine *machine,
			const char *path);

/* The path goes, clients are hung up on; what was sent to them arrives. */
void server_close(struct server *server);

/* Clients stay connected.  0; or -EEXIST or another -errno: then it stays. */
int server_rename(struct server *server, const char *path);

#endif /* SERVER_H */
