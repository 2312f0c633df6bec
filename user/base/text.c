// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "base/text.h"

/* What a first byte promises: how many follow, and the least that they code. */
struct lead {
	uint8_t mask, value;
	uint8_t more;
	uint32_t min;
};

static const struct lead leads[] = {
	{ 0x80, 0x00, 0, 0 },
	{ 0xe0, 0xc0, 1, 0x80 },
	{ 0xf0, 0xe0, 2, 0x800 },
	{ 0xf8, 0xf0, 3, 0x10000 },
};

static const struct lead *find_lead(uint8_t byte)
{
	size_t i;

	for (i = 0; i < sizeof(leads) / sizeof(leads[0]); i++)
		if ((byte & leads[i].mask) == leads[i].value)
			return &leads[i];
	return NULL;
}

size_t text_char(const uint8_t *in, size_t len, uint32_t *code)
{
	const struct lead *lead = find_lead(in[0]);
	size_t i;

	if (!lead || lead->more >= len)
		return 0;
	*code = in[0] & (uint8_t)~lead->mask;
	for (i = 1; i <= lead->more; i++) {
		if ((in[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (in[i] & 0x3f);
	}
	/* Too long a form, a surrogate, or past the end of Unicode. */
	if (*code < lead->min || (*code >= 0xd800 && *code <= 0xdfff) ||
	    *code > 0x10ffff)
		return 0;
	return lead->more + 1;
}

/* C0, DEL and C1: a terminal would obey them. */
static bool is_control(uint32_t code)
{
	if (code == '\n' || code == '\t')
		return false;
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

static size_t escape(char *out, const uint8_t *in, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < len; i++) {
		*out++ = '\\';
		*out++ = 'x';
		*out++ = hex[in[i] >> 4];
		*out++ = hex[in[i] & 0xf];
	}
	return 4 * len;
}

size_t text_clean_cut(char *out, size_t size, const uint8_t *in, size_t len)
{
	size_t at = 0, to = 0;

	while (at < len) {
		uint32_t code = 0;
		size_t n = text_char(in + at, len - at, &code);
		bool is_bad = !n || is_control(code);

		n = n ? n : 1;
		if (to + (is_bad ? 4 * n : n) >= size)
			break;
		if (is_bad) {
			to += escape(out + to, in + at, n);
		} else {
			memcpy(out + to, in + at, n);
			to += n;
		}
		at += n;
	}
	out[to] = '\0';
	return to;
}

size_t text_clean(char *out, const uint8_t *in, size_t len)
{
	return text_clean_cut(out, TEXT_CLEAN_MAX(len), in, len);
}

bool text_is_clean(const char *text)
{
	const uint8_t *in = (const uint8_t *)text;
	size_t len = strlen(text), at = 0;

	while (at < len) {
		uint32_t code = 0;
		size_t n = text_char(in + at, len - at, &code);

		if (!n || is_control(code))
			return false;
		at += n;
	}
	return true;
}
