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

void console_open(struct console *console, bool reports)
{
	struct termios raw;

	*console = (struct console){
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

static bool wait_writable(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };
	sigset_t mask;

	vcpus_kick_mask(&mask);
	return ppoll(&out, 1, NULL, &mask) == 1;
}

void console_put(struct console *console, uint8_t byte)
{
	if (console->broken || !wait_writable())
		return;
	if (write(STDOUT_FILENO, &byte, 1) == 1) {
		console->mid_line = byte != '\n';
		return;
	}
	console->broken = true;
	log_say("the guest's console is lost: stdout: %s; the guest goes on",
		strerror(errno));
}

void console_end_line(struct console *console)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

	if (!console->shared || !console->mid_line || console->broken)
		return;
	/* Never wait here: the record comes first. */
	if (poll(&out, 1, 0) == 1 && write(STDOUT_FILENO, "\n", 1) == 1)
		console->mid_line = false;
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
	ssize_t len = read(STDIN_FILENO, bytes, room);

	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (len <= 0) {
		console->closed = true;
		return 0;
	}
	return console->raw ? take_escapes(console, bytes, (int)len) : (int)len;
}
