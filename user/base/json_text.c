// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <string.h>

#include "base/json_text.h"
#include "base/text.h"

/* What stands for what behind a backslash. */
static const char escapes[][2] = {
	{ '"', '"' }, { '\\', '\\' }, { '/', '/' }, { 'b', '\b' },
	{ 'f', '\f' }, { 'n', '\n' }, { 'r', '\r' }, { 't', '\t' },
};

static bool find_escape(char c, uint32_t *code)
{
	size_t i;

	for (i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
		if (escapes[i][0] == c) {
			*code = (uint32_t)escapes[i][1];
			return true;
		}
	}
	return false;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The XXXX of \uXXXX; false: that is not what it is. */
static bool take_hex(const char *text, size_t len, size_t *at, uint32_t *code)
{
	size_t i;

	if (len - *at < 4)
		return false;
	*code = 0;
	for (i = 0; i < 4; i++) {
		int digit = hex_digit(text[*at + i]);

		if (digit < 0)
			return false;
		*code = *code << 4 | (uint32_t)digit;
	}
	*at += 4;
	return true;
}

/* Behind \u: one code, or two that are a pair of surrogates. */
static bool take_unicode(const char *text, size_t len, size_t *at,
			 uint32_t *code)
{
	uint32_t low;

	if (!take_hex(text, len, at, code) ||
	    (*code >= 0xdc00 && *code <= 0xdfff))
		return false;
	if (*code < 0xd800 || *code > 0xdfff)
		return true;
	if (len - *at < 2 || text[*at] != '\\' || text[*at + 1] != 'u')
		return false;
	*at += 2;
	if (!take_hex(text, len, at, &low) || low < 0xdc00 || low > 0xdfff)
		return false;
	*code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

/* Behind a backslash: NULL and the character, or what is wrong. */
static const char *take_escape(const char *text, size_t len, size_t *at,
			       uint32_t *code)
{
	char c = *at < len ? text[(*at)++] : '\0';

	if (c == 'u')
		return take_unicode(text, len, at, code) ? NULL :
			"JSON parse error, escape is not a valid Unicode character";
	return find_escape(c, code) ? NULL :
		"JSON parse error, invalid escape sequence in string";
}

/* One character, as it is written: NULL, or what is wrong. */
static const char *take_char(const char *text, size_t len, size_t *at,
			     uint32_t *code)
{
	size_t n;

	if (text[*at] == '\\') {
		(*at)++;
		return take_escape(text, len, at, code);
	}
	n = text_char((const uint8_t *)text + *at, len - *at, code);
	if (!n)
		return "JSON parse error, invalid UTF-8 sequence in string";
	if (*code < 0x20)
		return "JSON parse error, stray control character in string";
	*at += n;
	return NULL;
}

/* Most text is of these, and need not be decoded. */
static bool is_plain(char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

const char *json_text_check(const char *text, size_t len, size_t *at)
{
	const char *why = NULL;
	uint32_t code;

	while (!why && *at < len && text[*at] != '"') {
		if (is_plain(text[*at]))
			(*at)++;
		else
			why = take_char(text, len, at, &code);
	}
	if (!why && *at == len)
		return "JSON parse error, string does not end";
	return why;
}

static size_t encode(uint32_t code, char *out)
{
	size_t more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
	static const uint8_t lead[] = { 0x00, 0xc0, 0xe0, 0xf0 };
	size_t i;

	out[0] = (char)(lead[more] | code >> 6 * more);
	for (i = 1; i <= more; i++)
		out[i] = (char)(0x80 | (code >> 6 * (more - i) & 0x3f));
	out[more + 1] = '\0';
	return more + 1;
}

size_t json_text_char(const char *text, size_t len, size_t *at,
		      char out[JSON_TEXT_CHAR])
{
	uint32_t code = 0;

	take_char(text, len, at, &code);
	return encode(code, out);
}

bool json_text_same(const char *a, size_t a_len, const char *b, size_t b_len)
{
	char ca[JSON_TEXT_CHAR], cb[JSON_TEXT_CHAR];
	size_t at = 0, bt = 0;

	while (at < a_len && bt < b_len) {
		size_t n = json_text_char(a, a_len, &at, ca);

		if (json_text_char(b, b_len, &bt, cb) != n || memcmp(ca, cb, n))
			return false;
	}
	return at == a_len && bt == b_len;
}
