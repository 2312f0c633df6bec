// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client of the monitor: what it sends is the input, on a socket as in life.
 * Here is no VM: struct qmp_ops is filled in below.  Each line of an answer
 * must be JSON.
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/json_parse.h"
#include "qmp/qmp.h"
#include "vmm/qmp_regs.h"
#include "fuzz.h"

#define ANSWERS_MAX	1000000
#define CPUS		8
#define MEMORY		0x2008

static struct qmp qmp;
static struct event_loop loop;
static bool paused, dumping;

static struct qmp_facts facts(const struct machine *machine)
{
	(void)machine;
	return (struct qmp_facts){
		.version = "0.1",
		.name = "fuzz",
		.state = paused ? "paused" : "running",
		.running = !paused,
		.panics = 1,
		.record = paused ? "{\"seq\":1}" : NULL,
		.cpus = CPUS,
	};
}

static int thread_id(const struct machine *machine, unsigned int cpu)
{
	(void)machine;
	return (int)cpu;
}

static struct qmp_dump last_dump(const struct machine *machine)
{
	(void)machine;
	return (struct qmp_dump){
		.status = dumping ? "active" : "failed",
		.active = dumping,
		.error = dumping ? NULL : "no room",
	};
}

static const char *stop(struct machine *machine)
{
	(void)machine;
	paused = true;
	qmp_event(&qmp, "STOP", NULL);
	return NULL;
}

static const char *cont(struct machine *machine)
{
	(void)machine;
	paused = false;
	qmp_event(&qmp, "RESUME", NULL);
	return NULL;
}

static const char *reset(struct machine *machine)
{
	(void)machine;
	return NULL;
}

static const char *nmi(struct machine *machine, unsigned int cpu)
{
	(void)machine;
	must(cpu < CPUS, "only vCPUs that are there get an NMI");
	return "KVM does not take an NMI";
}

static void quit(struct machine *machine)
{
	(void)machine;
}

static const char *dump(struct machine *machine, const struct qmp_range *range,
			const char *path, int fd)
{
	(void)machine;
	(void)fd;
	must(!range || range->length, "a part of RAM is not empty");
	if (path && strlen(path) > 20)
		return "Not the name of a file";
	dumping = true;
	return NULL;
}

static struct qmp_log kernel_log(struct machine *machine)
{
	(void)machine;
	if (paused)
		return (struct qmp_log){ "printk-ring", "[ 0.0] \"x\"\r\n" };
	return (struct qmp_log){ 0 };
}

/* Allocated: what is read past its end is noticed. */
static const void *memory(const struct machine *machine, uint64_t gpa,
			  uint64_t len)
{
	static uint8_t *bytes;

	(void)machine;
	if (!bytes)
		bytes = calloc(1, MEMORY);
	must(bytes, "there is room");
	return gpa < MEMORY && len <= MEMORY - gpa ? bytes + gpa : NULL;
}

static bool ram(const struct machine *machine, unsigned int piece,
		struct qmp_range *range)
{
	(void)machine;
	*range = (struct qmp_range){ 0, MEMORY };
	return !piece;
}

static void registers(const struct machine *machine, unsigned int cpu,
		      struct buf *out)
{
	static const struct regs regs = { .efer = 0x500 };

	(void)machine;
	must(cpu < CPUS, "only vCPUs that are there are shown");
	qmp_regs_put(&regs, out);
	must(!out->full, "the longest answer fits");
}

static const struct qmp_ops ops = {
	.facts = facts,
	.thread = thread_id,
	.last_dump = last_dump,
	.stop = stop,
	.cont = cont,
	.reset = reset,
	.nmi = nmi,
	.quit = quit,
	.dump = dump,
	.log = kernel_log,
	.memory = memory,
	.ram = ram,
	.registers = registers,
};

static void check_lines(const char *text, size_t len)
{
	static struct json_text json;
	const char *end;

	while ((end = memchr(text, '\n', len))) {
		size_t line = (size_t)(end - text) + 1;
		const char *wrong = json_parse(&json, text, line);

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
	if (!dumping)
		return;
	dumping = false;
	qmp_dump_done(&qmp);
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
		qmp_take_turns(&qmp);
		finish_dump();
		read_answers(fd);
	}
	must(i < ANSWERS_MAX, "an input is dealt with at some time");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct client *client = &qmp.clients[0];
	int pair[2];

	loop = (struct event_loop){ .nr = 0 };
	qmp_open(&qmp, &ops, NULL);
	must(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "there are sockets");
	qmp_let_in(&qmp, &loop, pair[0]);
	must(send(pair[1], data, size, 0) == (ssize_t)size, "room in a socket");
	serve(client, pair[1]);
	qmp_close(&qmp);
	close(pair[1]);
	dumping = false;
	paused = false;
	return 0;
}
