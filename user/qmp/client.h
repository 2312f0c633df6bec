/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One client of a monitor: a socket, what came from it, what has yet to go to
 * it, and the descriptors it passed.
 *
 *	state   may become         is
 *	free    new                no client
 *	new     ready              greeted; knows only qmp_capabilities yet
 *	ready   turn, dump, quit   heard: commands are done as they come
 *	turn    ready, dump        waiting for the VM to be stopped
 *	dump    ready              waiting for its dump-guest-memory
 *	quit    ready              waiting for SHUTDOWN to go out
 *
 * From ready on events are sent.  In the last three it is held: what it sends
 * waits, unread.  Any may become free: it hung up, or did not read, and more
 * came than there is room for.
 *
 * What it sends is looked at only when all that it was told has gone out: one
 * that asks and does not read is not heard any more, and costs nothing.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/event_loop.h"
#include "base/json_split.h"
#include "qmp/client_fds.h"

struct buf;
struct client;
struct qmp;

#define CLIENT_IN	(16 * 1024)	/* the longest command */
#define CLIENT_OUT	(112 * 1024)	/* the longest answer, and CLIENT_BATCH */
#define CLIENT_BATCH	(8 * 1024)	/* of answers that go out at once */

enum client_state {
	CLIENT_FREE,
	CLIENT_NEW,
	CLIENT_READY,
	CLIENT_TURN,
	CLIENT_DUMP,
	CLIENT_QUIT,
	CLIENT_NR,
};

/* What is done with what it sends. */
struct client_ops {
	/*
	 * One JSON text.  Afterwards the client may have been dropped; or it
	 * is held, and the text is to stay in its place until it is answered.
	 */
	void (*text)(struct client *client, const char *text, size_t len);

	/* A text that is no JSON, and why. */
	void (*refuse)(struct client *client, const char *why);
};

struct client {
	enum client_state state;
	struct event_source source;
	struct event_loop *loop;
	const struct client_ops *ops;
	struct qmp *qmp;		/* of the ops */
	bool more;			/* in may have a text to look at */
	bool answering;			/* what is said waits for its batch */
	size_t held_len;		/* of the text at in that holds it */
	unsigned int turn;		/* the lowest is first */
	size_t id_at, id_len;		/* the id in there; 0: it has none */
	struct client_fds fds;
	struct json_split split;
	size_t in_len, out_len;
	char in[CLIENT_IN];
	char out[CLIENT_OUT];
};

/* Take @fd, which is nonblocking, over: 0, or -ENOSPC and it is not. */
int client_start(struct client *client, const struct client_ops *ops,
		 struct qmp *qmp, struct event_loop *loop, int fd);
void client_drop(struct client *client);

/* Drop it once it has read all, or *@ms, which each wait shortens, are over. */
void client_finish(struct client *client, int *ms);

/*
 * Close @fd, a client's, nonblocking.  If something that it said were unread
 * then, it would get ECONNRESET instead of what was sent to it.
 */
void client_hang_up(int fd);

static inline bool client_exists(const struct client *client)
{
	return client->state != CLIENT_FREE;
}

static inline bool client_is_ready(const struct client *client)
{
	return client->state >= CLIENT_READY;
}

static inline bool client_is_held(const struct client *client)
{
	return client->state >= CLIENT_TURN;
}

/* Assert that @state may follow. */
void client_set_state(struct client *client, enum client_state state);

/* Goes out as far as it does; the rest when there is room.  May drop it. */
void client_send(struct client *client, const struct buf *line);

/* It waits in @state until it is answered, unless it is gone. */
void client_hold(struct client *client, enum client_state state);

/* No longer held: what it has sent since is looked at, from the loop. */
void client_go_on(struct client *client);

#endif /* CLIENT_H */
