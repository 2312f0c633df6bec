// SPDX-License-Identifier: GPL-2.0-only
/* What comes in by stdin. */
#include <unistd.h>

#include "board/console.h"
#include "tap.h"

static void test_input(void)
{
	struct console console = { 0 };
	uint8_t byte = 0;

	claim(!console_read(&console, 0) && !console.closed,
	      "console: without room nothing is read, and that is no end");
	claim(!console_read(&console, 1) &&
	      console_take(&console, &byte, 1) == 1 && byte == 'x',
	      "console: then the next byte");
	claim(!console_read(&console, 1) && console.closed,
	      "console: the end is one");
	claim(!console_take(&console, &byte, 1), "console: and no byte");
}

void test_console(void)
{
	int fds[2], before = dup(STDIN_FILENO);

	if (pipe(fds) || write(fds[1], "x", 1) != 1) {
		claim(false, "console: a pipe for the test");
		return;
	}
	close(fds[1]);
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
	test_input();
	dup2(before, STDIN_FILENO);
	close(before);
}
