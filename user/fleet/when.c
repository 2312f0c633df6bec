// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "fleet/when.h"

#define SECOND	1000000

static bool has_form(const char *text)
{
	static const char form[] = "0000-00-00T00:00:00.000000Z";
	size_t i;

	if (strlen(text) != sizeof(form) - 1)
		return false;
	for (i = 0; form[i]; i++)
		if (form[i] == '0' ? text[i] < '0' || text[i] > '9' :
				     text[i] != form[i])
			return false;
	return true;
}

static int number(const char *text, int digits)
{
	int n = 0;

	while (digits--)
		n = n * 10 + *text++ - '0';
	return n;
}

bool when_read(const char *text, uint64_t *when)
{
	struct tm tm = { 0 };
	time_t seconds;

	if (!has_form(text))
		return false;
	tm.tm_year = number(text, 4) - 1900;
	tm.tm_mon = number(text + 5, 2) - 1;
	tm.tm_mday = number(text + 8, 2);
	tm.tm_hour = number(text + 11, 2);
	tm.tm_min = number(text + 14, 2);
	tm.tm_sec = number(text + 17, 2);
	if (tm.tm_year < 70 || tm.tm_mon < 0 || tm.tm_mon > 11)
		return false;
	seconds = timegm(&tm);
	if (seconds < 0)
		return false;
	*when = (uint64_t)seconds * SECOND + (uint64_t)number(text + 20, 6);
	return true;
}

static size_t put(char out[WHEN_MAX], uint64_t when, const char *format)
{
	time_t seconds = (time_t)(when / SECOND);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	return strftime(out, WHEN_MAX, format, &tm);
}

void when_write(char out[WHEN_MAX], uint64_t when)
{
	size_t len = put(out, when, "%Y-%m-%dT%H:%M:%S");

	snprintf(out + len, WHEN_MAX - len, ".%06uZ",
		 (unsigned int)(when % SECOND));
}

void when_show(char out[WHEN_MAX], uint64_t when)
{
	put(out, when, "%Y-%m-%d %H:%M:%S");
}

uint64_t when_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec / 1000;
}
