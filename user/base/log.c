// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"

/* One write, so that lines of several threads do not mix. */
static void say(const char *fmt, va_list ap)
{
	char line[1024];
	size_t len;
	int body;

	len = (size_t)snprintf(line, sizeof(line), "panicvm: ");
	body = vsnprintf(line + len, sizeof(line) - len - 1, fmt, ap);
	if (body < 0)
		return;
	len += (size_t)body;
	if (len > sizeof(line) - 2)
		len = sizeof(line) - 2;
	line[len++] = '\n';
	/* If stderr cannot be written to, there is no other place to say so. */
	if (write(STDERR_FILENO, line, len) < 0)
		return;
}

void log_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void log_die(enum status status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	exit(status);
}
