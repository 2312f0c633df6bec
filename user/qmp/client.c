// SPDX-License-Identifier: GPL-2.0-only
/*
 * In: bytes from any process that may open the socket, at any time and in any
 * pieces.  Out: JSON texts, one after the other, to client_ops; its answers and
 * events to the socket.  Never waits for a client and never allocates.
 */
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/states.h"
#include "qmp/client.h"

/* The table of client.h. */
void client_set_state(struct client *c, enum client_state state)
{
	static const unsigned int next[CLIENT_NR] = {
		[CLIENT_FREE] = STATE(CLIENT_NEW),
		[CLIENT_NEW] = STATE(CLIENT_READY) | STATE(CLIENT_FREE),
		[CLIENT_READY] = STATE(CLIENT_TURN) | STATE(CLIENT_DUMP) |
				 STATE(CLIENT_QUIT) | STATE(CLIENT_FREE),
		[CLIENT_TURN] = STATE(CLIENT_READY) | STATE(CLIENT_DUMP) |
				STATE(CLIENT_FREE),
		[CLIENT_DUMP] = STATE(CLIENT_READY) | STATE(CLIENT_FREE),
		[CLIENT_QUIT] = STATE(CLIENT_READY) | STATE(CLIENT_FREE),
	};

	assert(state_may_follow(next, c->state, state));
	c->state = state;
}

/*
 * What to wait for: first that it reads, then for nothing, if what it has said
 * is not all done with, only then for what it has to say.
 */
static void watch(struct client *c)
{
	if (client_is_held(c) && !c->out_len)
		c->source.events = 0;
	else
		c->source.events = c->out_len || c->more ? POLLOUT : POLLIN;
}

static void flush(struct client *c)
{
	ssize_t n = send(c->source.fd, c->out, c->out_len,
			 MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		client_drop(c);
	} else if (n > 0) {
		c->out_len -= (size_t)n;
		memmove(c->out, c->out + n, c->out_len);
	}
}

void client_send(struct client *c, const struct buf *line)
{
	if (line->len > CLIENT_OUT - c->out_len) {
		client_drop(c);
		return;
	}
	memcpy(c->out + c->out_len, line->text, line->len);
	c->out_len += line->len;
	if (c->answering)
		return;
	flush(c);
	watch(c);
}

static void receive(struct client *c)
{
	char control[CLIENT_FDS_ROOM] __attribute__((aligned(sizeof(size_t))));
	struct iovec iov = {
		.iov_base = c->in + c->in_len,
		.iov_len = CLIENT_IN - c->in_len,
	};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(c->source.fd, &msg,
			    MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n > 0) {
		client_fds_receive(&c->fds, &msg);
		c->in_len += (size_t)n;
	} else if (!n || (errno != EAGAIN && errno != EINTR)) {
		client_drop(c);
	}
}

static void consume(struct client *c, size_t len)
{
	c->in_len -= len;
	memmove(c->in, c->in + len, c->in_len);
}

/* One that is full without a whole text in it will not get whole. */
static void make_room(struct client *c)
{
	if (c->in_len < CLIENT_IN)
		return;
	json_split_drop(&c->split);
	c->in_len = 0;
	c->ops->refuse(c, "JSON token size limit exceeded");
}

/* The next text, if it is there; false: it is not. */
static bool take_text(struct client *c)
{
	size_t used;
	enum json_piece piece = json_split(&c->split, c->in, c->in_len, &used);

	if (piece == PIECE_TEXT)
		c->ops->text(c, c->in, used);
	else if (piece == PIECE_BAD)
		c->ops->refuse(c, "JSON parse error, stray character");
	/* Of a held one the text stays: its id is in there. */
	if (client_is_held(c))
		c->held_len = used;
	else if (client_exists(c))
		consume(c, used);
	return piece != PIECE_NONE;
}

static void take_batch(struct client *c)
{
	c->more = true;
	c->answering = true;
	while (c->more && client_exists(c) && !client_is_held(c) &&
	       c->out_len < CLIENT_BATCH)
		c->more = take_text(c);
	if (!c->more)
		make_room(c);
	c->answering = false;
	if (client_exists(c) && c->out_len)
		flush(c);
}

static void ready(struct event_source *source, short revents)
{
	struct client *c = container_of(source, struct client, source);

	(void)revents;
	/* If it has hung up, that comes behind what it has said. */
	if (c->out_len)
		flush(c);
	else if (!c->more)
		receive(c);
	if (client_exists(c) && !c->out_len)
		take_batch(c);
	if (client_exists(c))
		watch(c);
}

void client_go_on(struct client *c)
{
	client_set_state(c, CLIENT_READY);
	consume(c, c->held_len);
	watch(c);
}

void client_hold(struct client *c, enum client_state state)
{
	if (client_exists(c))
		client_set_state(c, state);
}

int client_start(struct client *c, const struct client_ops *ops,
		 struct qmp *qmp, struct event_loop *loop, int fd)
{
	int err = event_loop_add(loop, &c->source);

	if (err)
		return err;
	c->source = (struct event_source){ .fd = fd, .ready = ready };
	c->loop = loop;
	c->ops = ops;
	c->qmp = qmp;
	client_set_state(c, CLIENT_NEW);
	c->more = false;
	c->answering = false;
	c->in_len = 0;
	c->out_len = 0;
	c->split = (struct json_split){ .state = SPLIT_BETWEEN };
	client_fds_init(&c->fds);
	return 0;
}

/* How often a client that reads slowly is looked at. */
#define STEP_MS		10

void client_finish(struct client *c, int *ms)
{
	struct pollfd fd = { .fd = c->source.fd, .events = POLLOUT };

	while (c->out_len && *ms > 0) {
		size_t before = c->out_len;

		poll(&fd, 1, STEP_MS);
		flush(c);
		if (!client_exists(c))
			return;
		if (c->out_len == before)
			*ms -= STEP_MS;
	}
	client_drop(c);
}

void client_hang_up(int fd)
{
	char bytes[4096];

	/* From here on nothing more comes, so there is an end to the rest. */
	shutdown(fd, SHUT_RDWR);
	while (read(fd, bytes, sizeof(bytes)) > 0)
		;
	close(fd);
}

void client_drop(struct client *c)
{
	event_loop_remove(c->loop, &c->source);
	client_hang_up(c->source.fd);
	client_set_state(c, CLIENT_FREE);
	client_fds_close(&c->fds);
}
