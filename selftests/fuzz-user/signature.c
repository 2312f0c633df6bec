// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text that a guest's kernel left, as a record has it, under each of the ends
 * that a guest can have; the length of the input chooses.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "panic/signature.h"
#include "fuzz.h"

#define ENDS	(SIGNATURE_HANG + 1)

static void must_be_signature(const struct signature *signature)
{
	size_t i;

	must_be_clean(signature->title, sizeof(signature->title));
	must(*signature->title, "there is a title");
	must(!strchr(signature->title, '\n'), "of one line");
	must(!strchr(signature->title, '\t'), "without tabs");
	must(strlen(signature->id) == SIGNATURE_ID_MAX - 1, "an id is that long");
	for (i = 0; signature->id[i]; i++)
		must(isxdigit(signature->id[i]), "and of hex digits");
}

/* A boot later all times are different ones. */
static void shift_times(char *text)
{
	char *line, *end;

	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		end = line + 1;
		if (*line == '[')
			end += strspn(end, " .0123456789");
		if (*line == '[' && *end == ']')
			for (; line < end; line++)
				if (isdigit(*line))
					*line = '0' + (*line - '0' + 1) % 10;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[KMSG_OWN_MAX];
	struct signature signature, again;
	struct signature_input input = {
		.end = size % ENDS, .text = text, .nr_places = size % 3,
		.vcpu = size % 2, .places = {
			{ .symbol = "default_idle" }, { .symbol = "f.cold" },
		},
	};
	char *copy;

	if (size > KMSG_OWN_TAIL)
		return 0;
	text_clean(text, data, size);
	/* On the heap, where AddressSanitizer knows its end. */
	copy = strdup(text);
	input.text = copy;
	signature_make(&signature, &input);
	must_be_signature(&signature);
	shift_times(copy);
	signature_make(&again, &input);
	must(!strcmp(signature.title, again.title) &&
	     !strcmp(signature.id, again.id), "another boot has the same");
	free(copy);
	return 0;
}
