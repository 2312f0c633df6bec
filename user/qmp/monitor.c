// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/json.h"
#include "qmp/monitor.h"
#include "qmp/qmp.h"
#include "qmp/qmp_dump.h"

/* The longest event: what a DUMP_COMPLETED may say of an error. */
#define EVENT_MAX	2048

static struct client *find_place(struct monitor *m)
{
	unsigned int i;

	for (i = 0; i < MONITOR_CLIENTS; i++)
		if (!client_exists(&m->clients[i]))
			return &m->clients[i];
	return NULL;
}

/*
 * Without a descriptor to be had, a client that waits to be let in would make
 * the listener ready for ever: let it in with the one kept for that, and out.
 */
static void use_spare(struct monitor *m)
{
	int fd = m->listener.fd;

	close(m->spare);
	close(accept4(fd, NULL, NULL, SOCK_CLOEXEC));
	m->spare = fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

static void turn_away(int fd)
{
	static const char line[] =
		"{\"error\":{\"class\":\"GenericError\",\"desc\":\"Too many clients\"}}\r\n";

	/* Whether it arrives is the client's business. */
	(void)!send(fd, line, strlen(line), MSG_DONTWAIT | MSG_NOSIGNAL);
	close(fd);
}

static void let_in(struct loop_source *source, short revents)
{
	struct monitor *m = container_of(source, struct monitor, listener);
	struct client *place = find_place(m);
	int fd = accept4(source->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)revents;
	if (fd < 0 && (errno == EMFILE || errno == ENFILE))
		use_spare(m);
	else if (fd >= 0 && place)
		client_start(place, m, fd);
	else if (fd >= 0)
		turn_away(fd);
}

static void init(struct monitor *m, struct loop *loop, struct machine *machine)
{
	unsigned int i;

	m->machine = machine;
	m->loop = loop;
	m->dump_fd = -1;
	for (i = 0; i < MONITOR_CLIENTS; i++)
		m->clients[i].source.fd = -1;
}

const char *monitor_open(struct monitor *m, struct loop *loop,
			 struct machine *machine, const char *path)
{
	const char *why;
	int fd = monitor_path_listen(&m->path, path, &why);

	if (fd < 0)
		return why;
	init(m, loop, machine);
	m->spare = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	m->listener = (struct loop_source){
		.fd = fd,
		.events = POLLIN,
		.ready = let_in,
	};
	if (m->spare >= 0 && loop_add(loop, &m->listener) == 0)
		return NULL;
	monitor_close(m);
	return "the monitor: too many files or monitors are open";
}

void monitor_close(struct monitor *m)
{
	unsigned int i;

	qmp_answer_held(m, HOLD_QUIT, NULL);
	qmp_answer_held(m, HOLD_DUMP, "The VM is shutting down");
	for (i = 0; i < MONITOR_CLIENTS; i++)
		if (client_exists(&m->clients[i]))
			client_drop(&m->clients[i]);
	loop_remove(m->loop, &m->listener);
	monitor_path_remove(&m->path);
	close(m->listener.fd);
	close(m->spare);
	m->loop = NULL;
}

int monitor_rename(struct monitor *m, const char *path)
{
	return monitor_path_move(&m->path, path);
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

void monitor_event(struct monitor *m, const char *name, const char *data)
{
	char line[EVENT_MAX];
	struct buf buf;
	struct json json = { .buf = &buf };
	unsigned int i;

	if (!m->loop)
		return;
	buf_init(&buf, line, sizeof(line));
	json_open(&json, NULL, '{');
	put_time(&json);
	json_string(&json, "event", name);
	if (data)
		json_raw(&json, "data", data);
	json_close(&json, '}');
	buf_put(&buf, "\r\n");
	for (i = 0; i < MONITOR_CLIENTS; i++)
		if (client_exists(&m->clients[i]) && m->clients[i].ready)
			client_send(&m->clients[i], &buf);
}

void monitor_dump_done(struct monitor *m)
{
	if (m->loop)
		qmp_dump_done(m);
}
