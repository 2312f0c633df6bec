// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

/* A sentence is not worth a long wait; a record is. */
#define PATIENCE_MS	200

static struct out err = { .fd = STDERR_FILENO };

/* Of what is lost, how much has been said. */
static atomic_uint told;

struct out *log_out(void)
{
	return &err;
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

	len = (size_t)snprintf(line, sizeof(line), "panicvm: ");
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

/* Somebody reads again: say what is not there. */
static void say_lost(void)
{
	unsigned int lost = err.lost;
	unsigned int before = atomic_exchange(&told, lost);

	if (lost != before)
		say_once("messages lost before this one, as nobody read them: %u",
			 lost - before);
}

void log_say(const char *fmt, ...)
{
	va_list ap;
	bool said;

	va_start(ap, fmt);
	said = say(fmt, ap);
	va_end(ap);
	if (said)
		say_lost();
}

void log_progress(const char *fmt, ...)
{
	char text[LOG_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* The next one says more than this one did. */
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
