// SPDX-License-Identifier: GPL-2.0-only
/*
 * signature-of REPORT: the id and title of the bug in each of its records, as they
 * follow from the text and the reason in it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_text.h"
#include "guest/kmsg.h"
#include "panic/signature.h"

static char text[KMSG_MAX];

/* The string behind @key, or an empty one. */
static void read_text(const char *line, const char *key)
{
	const char *start = strstr(line, key);
	size_t at = 0, len, to = 0;

	text[0] = '\0';
	if (!start)
		return;
	start += strlen(key);
	len = strlen(start);
	if (json_text_check(start, len, &at))
		return;
	len = at;
	for (at = 0; at < len && to < sizeof(text) - JSON_TEXT_CHAR;)
		to += json_text_char(start, len, &at, text + to);
	text[to] = '\0';
}

static enum signature_end read_end(const char *line)
{
	if (strstr(line, "\"reason\":\"time-out\"") ||
	    strstr(line, "\"reason\":\"silence\""))
		return SIGNATURE_HANG;
	return SIGNATURE_PANIC;
}

int main(int argc, char **argv)
{
	FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
	struct signature signature;
	char *line = NULL;
	size_t size = 0;

	if (!file) {
		fprintf(stderr, "usage: signature-of REPORT\n");
		return 2;
	}
	while (getline(&line, &size, file) > 0) {
		struct signature_input input = {
			.end = read_end(line), .text = text,
		};

		read_text(line, "\"text\":\"");
		signature_make(&signature, &input);
		printf("%s %s\n", signature.id, signature.title);
	}
	return 0;
}
