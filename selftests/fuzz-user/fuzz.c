// SPDX-License-Identifier: GPL-2.0-only
/* In place of log.c: nothing is said, and nothing may end the process. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "fuzz.h"

void log_say(const char *fmt, ...)
{
	(void)fmt;
}

enum status log_fail(enum status status, const char *fmt, ...)
{
	(void)fmt;
	return status;
}

void log_die(enum status status, const char *fmt, ...)
{
	(void)status;
	must(false, fmt);
	abort();
}

void must(bool is_true, const char *text)
{
	if (is_true)
		return;
	fprintf(stderr, "not so: %s\n", text);
	abort();
}

void must_be_clean(const char *text, size_t room)
{
	size_t len = strnlen(text, room);
	char line[1024];
	size_t i, n = 0;

	must(len < room, "the text ends where it should");
	/* Newlines and tabs are what it may have; the rest piece by piece. */
	for (i = 0; i <= len; i++) {
		bool ends = !text[i] || text[i] == '\n' || text[i] == '\t';

		/* No character is cut: UTF-8 goes on with 10xxxxxx. */
		if (ends || (n > sizeof(line) - 8 && (text[i] & 0xc0) != 0x80)) {
			line[n] = '\0';
			must(text_is_clean(line), "the text is clean");
			n = 0;
		}
		if (!ends)
			line[n++] = text[i];
	}
}

#define CHANGE_HEAD	4
#define CHANGES_MAX	64
#define CHANGE_REACH	(4 * 4096)

struct undo {
	uint8_t *at;
	uint8_t len;
	uint8_t bytes[255];
};

static struct undo undos[CHANGES_MAX];
static unsigned int nr_undos;

void fuzz_change(uint8_t *(*place)(uint8_t which), const uint8_t *data,
		 size_t size)
{
	while (size > CHANGE_HEAD && nr_undos < CHANGES_MAX) {
		struct undo *undo = &undos[nr_undos++];
		size_t len = data[3];

		undo->at = place(data[0]) + (data[1] | data[2] << 8) %
			   CHANGE_REACH;
		data += CHANGE_HEAD;
		size -= CHANGE_HEAD;
		if (len > size)
			len = size;
		undo->len = (uint8_t)len;
		memcpy(undo->bytes, undo->at, len);
		memcpy(undo->at, data, len);
		data += len;
		size -= len;
	}
}

void fuzz_undo(void)
{
	while (nr_undos) {
		const struct undo *undo = &undos[--nr_undos];

		memcpy(undo->at, undo->bytes, undo->len);
	}
}
