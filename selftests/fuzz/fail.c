// SPDX-License-Identifier: GPL-2.0-only
/*
 * Enters: what is wrong, from any thread.  Leaves: a line of TAP that says so and
 * where, and exit status 1; or the program, after a check that holds.
 */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"

void (*fail_where)(void);

void fail(const char *format, ...)
{
	va_list args;

	printf("not ok - ");
	if (fail_where)
		fail_where();
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	/* Other threads may still run, and are not waited for. */
	_Exit(1);
}

static unsigned int patience;
static unsigned long made_progress;

void progress(void)
{
	__atomic_add_fetch(&made_progress, 1, __ATOMIC_RELAXED);
}

static void *watch(void *arg)
{
	unsigned long before, now = 0;

	(void)arg;
	do {
		before = now;
		sleep(patience);
		now = __atomic_load_n(&made_progress, __ATOMIC_RELAXED);
	} while (now != before);
	fail("no progress for %u s", patience);
}

void fail_without_progress(unsigned int seconds)
{
	pthread_t id;

	patience = seconds;
	if (pthread_create(&id, NULL, watch, NULL))
		fail("pthread_create()");
}

void verify_errno(const char *what, int got, int wanted)
{
	if (got != wanted)
		fail("%s: wanted %s, got %s", what, strerror(-wanted),
		     strerror(-got));
}
