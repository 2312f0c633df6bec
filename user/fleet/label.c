// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "fleet/label.h"

/* Between them: controls, marks of direction, spaces that have no width. */
static const struct range {
	uint32_t first, last;
} hidden[] = {
	{ 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x61c, 0x61c },
	{ 0x180e, 0x180e }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
	{ 0x2060, 0x206f }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
	{ 0xfff9, 0xfffb }, { 0xe0000, 0xe0fff },
};

static bool is_hidden(uint32_t code)
{
	size_t i;

	for (i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (code >= hidden[i].first && code <= hidden[i].last)
			return true;
	return false;
}

/* The character at @in, of @len bytes, as it is shown: returns its length. */
static size_t show(char out[16], const char *in, size_t len, size_t *used)
{
	uint32_t code = 0;

	*used = text_char((const uint8_t *)in, len, &code);
	if (!*used) {
		*used = 1;
		return (size_t)snprintf(out, 16, "\\x%02x", (uint8_t)*in);
	}
	if (is_hidden(code))
		return (size_t)snprintf(out, 16, "\\u{%x}", code);
	memcpy(out, in, *used);
	return *used;
}

void label_clean(char *out, size_t size, const char *text)
{
	static const char more[] = "...";
	size_t len = strlen(text), to = 0, cut = 0, used, n;
	char one[16];

	while (len) {
		n = show(one, text, len, &used);
		if (to + n >= size) {
			memcpy(out + cut, more, sizeof(more));
			return;
		}
		memcpy(out + to, one, n);
		to += n;
		/* The last place where "..." still fits. */
		if (to + sizeof(more) <= size)
			cut = to;
		text += used;
		len -= used;
	}
	out[to] = '\0';
}
