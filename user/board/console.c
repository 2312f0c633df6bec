// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "board/console.h"

#define ESCAPE		0x01	/* Ctrl-A, as QEMU and kvmtool have it */
#define ESCAPE_END	'x'

/* While panicvm is in the background: how often to look whether it still is. */
#define CHECK_MS	200

static pid_t group;
static struct termios saved, raw;
static struct console *opened;	/* for exit() */

/* A terminal without job control has no other job: then it is panicvm's. */
static bool in_foreground(void)
{
	pid_t owner = tcgetpgrp(STDIN_FILENO);

	return owner < 0 || owner == group;
}

/* In the background the settings are those of another job: leave them. */
void console_restore(void)
{
	if (opened->raw && in_foreground())
		tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	opened->raw = false;
}

/* A shell may restore what it found when SIGSTOP stopped panicvm: raw. */
static bool is_left_raw(const struct termios *now)
{
	return now->c_lflag == raw.c_lflag && now->c_iflag == raw.c_iflag &&
	       now->c_oflag == raw.c_oflag && now->c_cflag == raw.c_cflag;
}

static bool make_raw(void)
{
	struct termios now;

	if (tcgetattr(STDIN_FILENO, &now) < 0)
		return false;
	if (!is_left_raw(&now))
		saved = now;
	raw = saved;
	cfmakeraw(&raw);
	/* The report goes to this terminal too, and counts on newlines. */
	raw.c_oflag = saved.c_oflag;
	return !tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

void console_open(struct console *console, struct out *out, bool reports)
{
	*console = (struct console){
		.sink = {
			.out = out, .what = "console is lost",
			.where = "stdout",
		},
		.reports = reports,
		.shared = reports || isatty(STDOUT_FILENO),
		.terminal = isatty(STDIN_FILENO),
	};
	group = getpgrp();
	opened = console;
	atexit(console_restore);
	console_check(console);
}

int console_check_ms(const struct console *console)
{
	return console->terminal && !console->raw ? CHECK_MS : -1;
}

void console_check(struct console *console)
{
	if (!console->terminal || console->raw || !in_foreground())
		return;
	/* A terminal that cannot be set is read as it is. */
	console->raw = make_raw();
	console->terminal = console->raw;
}

void console_suspend(struct console *console)
{
	sigset_t stop;

	console_restore();
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, NULL);
	/* Here panicvm stops, unless no shell is there to continue it. */
	sigprocmask(SIG_BLOCK, &stop, NULL);
	console_check(console);
}

void console_resume(struct console *console)
{
	console->raw = false;
	console_check(console);
}

void console_put(struct console *console, uint8_t byte)
{
	if (sink_put(&console->sink, byte))
		console->mid_line = byte != '\n';
}

void console_end_line(struct console *console)
{
	if (!console->shared || !console->mid_line || console->sink.broken)
		return;
	/* Never wait here: the record comes first. */
	if (out_some(console->sink.out, "\n", 1) == 1)
		console->mid_line = false;
	else if (console->reports)
		console->sink.out->cut = true;
}

bool console_reads(const struct console *console, size_t room)
{
	if (console->closed)
		return false;
	return console->terminal ? console->raw : room && !console->nr_typed;
}

/* A key that finds no room is lost, as at a terminal that is full. */
static void type(struct console *console, uint8_t byte)
{
	if (console->nr_typed < CONSOLE_TYPED)
		console->typed[console->nr_typed++] = byte;
}

/* All keys but the escapes are for the guest. */
static int take_keys(struct console *console, const uint8_t *bytes, ssize_t len)
{
	ssize_t i;

	for (i = 0; i < len; i++) {
		if (console->escape && bytes[i] == ESCAPE_END)
			return -EINTR;
		if (!console->escape && bytes[i] == ESCAPE) {
			console->escape = true;
			continue;
		}
		console->escape = false;
		type(console, bytes[i]);
	}
	return 0;
}

static void read_failed(struct console *console, int err)
{
	if (err == EAGAIN || err == EINTR)
		return;
	/* Another job took the terminal between poll() and read(). */
	if (err == EIO && console->terminal && !in_foreground())
		console->raw = false;
	else
		console->closed = true;
}

int console_read(struct console *console, size_t room)
{
	uint8_t bytes[64];
	ssize_t i, len;

	/* Read keys even if the guest takes none: one of them may be Ctrl-A. */
	if (console->raw || room > sizeof(bytes))
		room = sizeof(bytes);
	/* The guest has filled COM1 since it was looked at; read() would say 0. */
	if (!room)
		return 0;
	len = read(STDIN_FILENO, bytes, room);
	if (len <= 0)
		read_failed(console, len < 0 ? errno : 0);
	else if (console->raw)
		return take_keys(console, bytes, len);
	for (i = 0; i < len; i++)
		type(console, bytes[i]);
	return 0;
}

size_t console_take(struct console *console, uint8_t *bytes, size_t room)
{
	if (room > console->nr_typed)
		room = console->nr_typed;
	memcpy(bytes, console->typed, room);
	console->nr_typed -= room;
	memmove(console->typed, console->typed + room, console->nr_typed);
	return room;
}
