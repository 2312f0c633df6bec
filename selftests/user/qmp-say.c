// SPDX-License-Identifier: GPL-2.0-only
/*
 * qmp-say SOCKET SECONDS STEP...: a client of a monitor for shell scripts.
 * Connects as soon as the socket is there, negotiates, takes the steps one by
 * one, and prints each line that comes.  A step is
 *
 *   NAME or {JSON}  a command; its answer is waited for, whatever it is
 *   @TEXT           wait for a line with TEXT in it, after the last such line
 *   @@              wait until the monitor hangs up
 *
 * Status 0 if all came within SECONDS; else a message says what did not.
 */
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define ROOM	(16 << 20)

static char got[ROOM];		/* all that came, a string */
static size_t len;
static size_t answered, seen;	/* up to here answers, @TEXT were looked for */
static double deadline;
static const char *step = "a connection";

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void give_up(const char *why)
{
	fflush(stdout);
	fprintf(stderr, "qmp-say: waiting for %s: %s\n", step, why);
	exit(1);
}

static int open_socket(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0 || strlen(path) >= sizeof(addr.sun_path))
		give_up("no socket, or its path is too long");
	memcpy(addr.sun_path, path, strlen(path));
	while (connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		if (now() > deadline)
			give_up("nobody listens there");
		usleep(10000);
	}
	return fd;
}

/* More input, which is printed; false when the monitor has hung up. */
static bool take(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	int ms = (int)(1000 * (deadline - now()));
	ssize_t bytes;

	if (ms <= 0 || poll(&poll_fd, 1, ms) <= 0)
		give_up("out of time");
	if (len == ROOM - 1)
		give_up("too much has come");
	bytes = read(fd, got + len, ROOM - 1 - len);
	if (bytes <= 0)
		return false;
	fwrite(got + len, (size_t)bytes, 1, stdout);
	fflush(stdout);
	len += (size_t)bytes;
	return true;
}

/* The next whole line from *pos on, which moves past it; NULL: none yet. */
static const char *next_line(size_t *pos, size_t *size)
{
	const char *line = got + *pos;
	const char *end = memchr(line, '\n', len - *pos);

	if (!end)
		return NULL;
	*size = (size_t)(end - line);
	*pos += *size + 1;
	return line;
}

static bool is_answer(const char *line, size_t size, const char *text)
{
	(void)text;
	return memmem(line, size, "{\"return\"", 9) == line ||
	       memmem(line, size, "{\"error\"", 8) == line;
}

static bool has_text(const char *line, size_t size, const char *text)
{
	return memmem(line, size, text, strlen(text));
}

static void wait_line(int fd, size_t *pos, const char *text,
		      bool (*wanted)(const char *line, size_t size,
				     const char *text))
{
	const char *line;
	size_t size;

	for (;;) {
		while ((line = next_line(pos, &size)))
			if (wanted(line, size, text))
				return;
		if (!take(fd))
			give_up("the monitor has hung up");
	}
}

static void say(int fd, const char *command)
{
	char line[4096];
	int size = snprintf(line, sizeof(line), *command == '{' ? "%s\n" :
			    "{\"execute\":\"%s\"}\n", command);

	if (send(fd, line, (size_t)size, MSG_NOSIGNAL) != size)
		give_up("the monitor does not listen any more");
	wait_line(fd, &answered, NULL, is_answer);
}

int main(int argc, char **argv)
{
	int fd, i;

	if (argc < 3) {
		fprintf(stderr, "usage: qmp-say SOCKET SECONDS STEP...\n");
		return 2;
	}
	deadline = now() + atof(argv[2]);
	fd = open_socket(argv[1]);
	step = "the greeting";
	wait_line(fd, &answered, "{\"QMP\"", has_text);
	say(fd, "qmp_capabilities");
	for (i = 3; i < argc; i++) {
		step = argv[i];
		if (!strcmp(step, "@@"))
			while (take(fd))
				;
		else if (*step == '@')
			wait_line(fd, &seen, step + 1, has_text);
		else
			say(fd, step);
	}
	return 0;
}
