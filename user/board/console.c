// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/log.h"
#include "board/console.h"
#include "kvm/vcpus.h"

#define ESCAPE		0x01	/* Ctrl-A, as QEMU and kvmtool have it */
#define ESCAPE_END	'x'

static struct termios saved;
static bool saved_valid;

void console_restore(void)
{
	if (saved_valid)
		tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	saved_valid = false;
}

void console_open(struct console *console, struct out *out, bool reports)
{
	struct termios raw;

	*console = (struct console){
		.out = out,
		.reports = reports,
		.shared = reports || isatty(STDOUT_FILENO),
	};
	if (tcgetattr(STDIN_FILENO, &saved) < 0)
		return;
	raw = saved;
	cfmakeraw(&raw);
	/* The report goes to this terminal too, and counts on newlines. */
	raw.c_oflag = saved.c_oflag;
	if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) < 0)
		return;
	saved_valid = true;
	console->raw = true;
	atexit(console_restore);
}

/*
 * False: the crew was kicked.  A terminal may be writable and yet have no room
 * for a newline, which is two bytes there: with @again look in a moment.
 */
static bool wait_writable(const struct console *console, bool again)
{
	struct pollfd out = { .fd = console->out->fd, .events = POLLOUT };
	const struct timespec moment = { .tv_nsec = 10000000 };
	sigset_t mask;

	vcpus_kick_mask(&mask);
	if (again)
		return ppoll(NULL, 0, &moment, &mask) == 0;
	return ppoll(&out, 1, NULL, &mask) == 1;
}

static ssize_t put(struct console *console, uint8_t byte)
{
	bool again = false;
	ssize_t n;

	while (!(n = out_some(console->out, &byte, 1))) {
		if (!wait_writable(console, again))
			break;
		again = !again;
	}
	return n;
}

void console_put(struct console *console, uint8_t byte)
{
	ssize_t n = console->broken ? 0 : put(console, byte);

	if (n > 0) {
		console->mid_line = byte != '\n';
		return;
	}
	console->dropped++;
	if (n == 0)
		return;
	console->broken = true;
	log_say("the guest's console is lost: stdout: %s; the guest goes on",
		strerror((int)-n));
}

void console_end_line(struct console *console)
{
	if (!console->shared || !console->mid_line || console->broken)
		return;
	/* Never wait here: the record comes first. */
	if (out_some(console->out, "\n", 1) == 1)
		console->mid_line = false;
	else if (console->reports)
		console->out->cut = true;
}

/* Takes the escapes out of @bytes; what is left, or -EINTR. */
static int take_escapes(struct console *console, uint8_t *bytes, int len)
{
	int i, to = 0;

	for (i = 0; i < len; i++) {
		if (console->escape && bytes[i] == ESCAPE_END)
			return -EINTR;
		if (!console->escape && bytes[i] == ESCAPE) {
			console->escape = true;
			continue;
		}
		console->escape = false;
		bytes[to++] = bytes[i];
	}
	return to;
}

int console_get(struct console *console, uint8_t *bytes, size_t room)
{
	ssize_t len;

	/* The guest has filled COM1 since it was looked at; read() would say 0. */
	if (!room)
		return 0;
	len = read(STDIN_FILENO, bytes, room);
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (len <= 0) {
		console->closed = true;
		return 0;
	}
	return console->raw ? take_escapes(console, bytes, (int)len) : (int)len;
}
