// SPDX-License-Identifier: GPL-2.0-only
/* A line of a report, as panicvm-sum reads it: what it shows is on one line. */
#include <string.h>

#include "base/text.h"
#include "fleet/record_read.h"
#include "fuzz.h"

static void check_label(const char *text, size_t size)
{
	must(strlen(text) < size, "a label has its room");
	must(text_is_clean(text), "a label is UTF-8 without controls");
	must(!strpbrk(text, "\n\t"), "a label is on one line");
	/* U+202A to U+202E, and U+2066 to U+2069. */
	must(!strstr(text, "\xe2\x80\xaa") && !strstr(text, "\xe2\x80\xae") &&
	     !strstr(text, "\xe2\x81\xa6"), "a label keeps its direction");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct json_text json;
	struct record_line line;

	if (record_read(&line, &json, (const char *)data, size))
		return 0;
	check_label(line.title, sizeof(line.title));
	check_label(line.release, sizeof(line.release));
	must(!line.has_signature ||
	     strspn(line.id, "0123456789abcdef") == sizeof(line.id) - 1,
	     "an id is one");
	must(strlen(line.model) && strlen(line.reason), "there are words");
	return 0;
}
