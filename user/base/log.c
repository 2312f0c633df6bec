// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

/* How long a sentence waits for its reader; a record waits longer. */
#define PATIENCE_MS	200

static const char *name = "panicvm";

static struct out err = { .fd = STDERR_FILENO };

/* As much of err.lost as say_lost() has told of. */
static atomic_uint told;

struct out *log_out(void)
{
	return &err;
}

void log_as(const char *program)
{
	name = program;
}

void log_open(void)
{
	out_init_shared(&err, STDERR_FILENO);
}

static bool say(const char *fmt, va_list ap)
{
	char line[LOG_MAX];
	size_t len;
	int body;

	len = (size_t)snprintf(line, sizeof(line), "%s: ", name);
	body = vsnprintf(line + len, sizeof(line) - len - 1, fmt, ap);
	if (body < 0)
		return false;
	len += (size_t)body;
	if (len > sizeof(line) - 2)
		len = sizeof(line) - 2;
	line[len++] = '\n';
	return !out_line(&err, line, len, PATIENCE_MS);
}

__attribute__((format(printf, 1, 2)))
static void say_once(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

/* stderr is read again: say how many messages it lacks. */
static void say_lost(void)
{
	unsigned int lost = err.lost;
	unsigned int before = atomic_exchange(&told, lost);

	if (lost != before)
		say_once("messages lost before this one, as nobody read them: %u",
			 lost - before);
}

static void say_all(const char *fmt, va_list ap)
{
	if (say(fmt, ap))
		say_lost();
}

void log_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_all(fmt, ap);
	va_end(ap);
}

enum status log_fail(enum status status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_all(fmt, ap);
	va_end(ap);
	return status;
}

void log_progress(const char *fmt, ...)
{
	char text[LOG_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* If it does not go out, the next one says more anyway. */
	(void)!out_some(&err, text, strlen(text));
}

void log_die(enum status status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	exit(status);
}
