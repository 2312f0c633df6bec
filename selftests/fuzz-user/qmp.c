// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client of the monitor: what it sends is the input, on a socket as in life.
 * Here is no VM: control.c's part is done below.  Each line of an answer must
 * be JSON.
 */
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/json_read.h"
#include "core/dump.h"
#include "qmp/monitor.h"
#include "qmp/qmp_dump.h"
#include "vmm/control.h"
#include "fuzz.h"

#define ANSWERS_MAX	1000000

static struct monitor monitor;
static struct loop loop;
static struct dump dump;
static enum runstate state;

const char *runstate_name(enum runstate of)
{
	return of == RUNSTATE_PAUSED ? "paused" : "running";
}

enum runstate control_state(const struct machine *machine)
{
	(void)machine;
	return state;
}

const char *control_name(const struct machine *machine)
{
	(void)machine;
	return "fuzz";
}

unsigned int control_cpus(const struct machine *machine)
{
	(void)machine;
	return 8;
}

int control_thread(const struct machine *machine, unsigned int cpu)
{
	(void)machine;
	return (int)cpu;
}

const char *control_stop(struct machine *machine)
{
	(void)machine;
	state = RUNSTATE_PAUSED;
	monitor_event(&monitor, "STOP", NULL);
	return NULL;
}

const char *control_cont(struct machine *machine)
{
	(void)machine;
	state = RUNSTATE_RUNNING;
	monitor_event(&monitor, "RESUME", NULL);
	return NULL;
}

const char *control_reset(struct machine *machine)
{
	(void)machine;
	state = RUNSTATE_PRELAUNCH;
	return NULL;
}

const char *control_nmi(struct machine *machine)
{
	(void)machine;
	return "KVM does not take an NMI";
}

void control_quit(struct machine *machine)
{
	(void)machine;
}

const char *control_dump_target(struct machine *machine, const char *path,
				struct dump_target *target)
{
	(void)machine;
	target->name = path;
	return strlen(path) > 20 ? "Not the name of a file" : NULL;
}

const char *control_dump(struct machine *machine,
			 const struct dump_target *target)
{
	(void)machine;
	(void)target;
	dump.state = DUMP_ACTIVE;
	return NULL;
}

const struct dump *control_last_dump(const struct machine *machine)
{
	(void)machine;
	return &dump;
}

const char *control_panic(const struct machine *machine)
{
	(void)machine;
	return state == RUNSTATE_PAUSED ? "{\"seq\":1}" : NULL;
}

unsigned int control_panics(const struct machine *machine)
{
	(void)machine;
	return 1;
}

static void check_lines(const char *text, size_t len)
{
	static struct json_text json;
	const char *end;

	while ((end = memchr(text, '\n', len))) {
		size_t line = (size_t)(end - text) + 1;
		const char *wrong = json_read(&json, text, line);

		/* A list may be longer than a command can be. */
		must(!wrong || strstr(wrong, "many"), "an answer is JSON");
		text += line;
		len -= line;
	}
	must(!len, "answers are whole lines");
}

/* What has been answered; it is given the time to be sent. */
static void read_answers(int fd)
{
	static char text[4 * CLIENT_OUT];
	ssize_t got;
	size_t len = 0;

	while ((got = recv(fd, text + len, sizeof(text) - len,
			   MSG_DONTWAIT)) > 0) {
		len += (size_t)got;
		if (text[len - 1] == '\n') {
			check_lines(text, len);
			len = 0;
		}
	}
}

static void finish_dump(void)
{
	if (dump.state != DUMP_ACTIVE)
		return;
	dump.state = DUMP_FAILED;
	memcpy(dump.error, "no room", sizeof("no room"));
	monitor_dump_done(&monitor);
}

/* As the loop would, until it has nothing more to do. */
static void serve(struct client *client, int fd)
{
	unsigned int i;

	for (i = 0; i < ANSWERS_MAX && client_exists(client); i++) {
		short events = client->source.events;
		struct pollfd ready = {
			.fd = client->source.fd, .events = events,
		};

		if (!events || poll(&ready, 1, 0) <= 0)
			break;
		client->source.ready(&client->source, ready.revents);
		finish_dump();
		read_answers(fd);
	}
	must(i < ANSWERS_MAX, "an input is dealt with at some time");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct client *client = &monitor.clients[0];
	unsigned int i;
	int pair[2];

	loop = (struct loop){ .nr = 0 };
	monitor.loop = &loop;
	monitor.dump_fd = -1;
	for (i = 0; i < MONITOR_CLIENTS; i++)
		monitor.clients[i].source.fd = -1;
	must(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "there are sockets");
	client_start(client, &monitor, pair[0]);
	must(send(pair[1], data, size, 0) == (ssize_t)size, "room in a socket");
	serve(client, pair[1]);
	if (client_exists(client))
		client_drop(client);
	close(pair[1]);
	dump.state = DUMP_NONE;
	state = RUNSTATE_RUNNING;
	return 0;
}
