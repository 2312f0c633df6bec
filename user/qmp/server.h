/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The monitor: a Unix stream socket whose clients speak QMP (qmp.h).  All of
 * it is in struct server, so what clients do cannot make panicvm grow; all of
 * it runs on the main thread and never waits, so what they do not do cannot
 * hold a vCPU up.
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
