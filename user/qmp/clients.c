// SPDX-License-Identifier: GPL-2.0-only
/* The clients of a VM as a group: arrival, turns, events. */
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "qmp/qmp.h"

/* The longest event: what a DUMP_COMPLETED may say of an error. */
#define EVENT_MAX	2048

static const struct client_ops client_ops = {
	.text = qmp_handle_text,
	.refuse = qmp_refuse,
};

void qmp_answer_held(struct qmp *qmp, enum client_state state,
		     const char *error)
{
	struct client *c;

	for (c = qmp->clients; c < qmp->clients + QMP_CLIENTS; c++) {
		if (c->state != state)
			continue;
		qmp_answer(c, error);
		if (client_exists(c))
			client_go_on(c);
	}
}

bool qmp_has_turns(const struct qmp *qmp)
{
	const struct client *c;

	for (c = qmp->clients; c < qmp->clients + QMP_CLIENTS; c++)
		if (c->state == CLIENT_TURN)
			return true;
	return false;
}

static struct client *find_first(struct qmp *qmp)
{
	struct client *c, *first = NULL;

	for (c = qmp->clients; c < qmp->clients + QMP_CLIENTS; c++)
		if (c->state == CLIENT_TURN &&
		    (!first || (int)(c->turn - first->turn) < 0))
			first = c;
	return first;
}

/* The text is still there, and was found right before. */
void qmp_take_turns(struct qmp *qmp)
{
	struct client *client;

	while ((client = find_first(qmp)))
		qmp_take_turn(client);
}

void qmp_open(struct qmp *qmp, const struct qmp_ops *ops,
	      struct machine *machine)
{
	unsigned int i;

	qmp->ops = ops;
	qmp->machine = machine;
	qmp->dump_fd = -1;
	for (i = 0; i < QMP_CLIENTS; i++)
		qmp->clients[i].state = CLIENT_FREE;
}

/* What clients have, all together, to read their last lines. */
#define FINISH_MS	500

void qmp_close(struct qmp *qmp)
{
	int ms = FINISH_MS;
	unsigned int i;

	qmp_answer_held(qmp, CLIENT_QUIT, NULL);
	qmp_answer_held(qmp, CLIENT_TURN, "The VM is shutting down");
	qmp_answer_held(qmp, CLIENT_DUMP, "The VM is shutting down");
	for (i = 0; i < QMP_CLIENTS; i++)
		if (client_exists(&qmp->clients[i]))
			client_finish(&qmp->clients[i], &ms);
	qmp->ops = NULL;
}

static struct client *find_place(struct qmp *qmp)
{
	unsigned int i;

	for (i = 0; i < QMP_CLIENTS; i++)
		if (!client_exists(&qmp->clients[i]))
			return &qmp->clients[i];
	return NULL;
}

static void turn_away(int fd)
{
	static const char line[] =
		"{\"error\":{\"class\":\"GenericError\",\"desc\":\"Too many clients\"}}\r\n";

	/* Whether it arrives is the client's business. */
	(void)!send(fd, line, strlen(line), MSG_DONTWAIT | MSG_NOSIGNAL);
	client_hang_up(fd);
}

void qmp_let_in(struct qmp *qmp, struct event_loop *loop, int fd)
{
	struct client *place = find_place(qmp);

	if (place && !client_start(place, &client_ops, qmp, loop, fd))
		qmp_greet(place);
	else
		turn_away(fd);
}

static void put_time(struct json *j)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	json_open(j, "timestamp", '{');
	json_number(j, "seconds", (uint64_t)now.tv_sec);
	json_number(j, "microseconds", (uint64_t)now.tv_nsec / 1000);
	json_close(j, '}');
}

void qmp_event(struct qmp *qmp, const char *name, const char *data)
{
	char line[EVENT_MAX];
	struct buf buf;
	struct json json = { .buf = &buf };
	unsigned int i;

	if (!qmp->ops)
		return;
	buf_init(&buf, line, sizeof(line));
	json_open(&json, NULL, '{');
	put_time(&json);
	json_string(&json, "event", name);
	if (data)
		json_raw(&json, "data", data);
	json_close(&json, '}');
	buf_put(&buf, "\r\n");
	for (i = 0; i < QMP_CLIENTS; i++)
		if (client_is_ready(&qmp->clients[i]))
			client_send(&qmp->clients[i], &buf);
}
