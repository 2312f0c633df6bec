// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "panic/oops_line.h"

/* The number that is the bug's own: what init died of. */
#define KEPT	"exitcode="

/* What is read of a line: some of that is left out. */
#define READ_MAX	512

/* So long a word of hex digits, with one that is no letter, is a number. */
#define HEX_MIN	4

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_word(char c)
{
	return is_digit(c) || is_letter(c) || c == '_';
}

static void put(struct oops_line *line, const char *text, size_t len)
{
	if (len > line->size - 1 - line->len)
		len = line->size - 1 - line->len;
	memcpy(line->text + line->len, text, len);
	line->len += len;
}

void oops_line_put_text(struct oops_line *line, const char *text)
{
	put(line, text, strlen(text));
}

static size_t count_while(struct span in, size_t from, bool (*is)(char c))
{
	size_t i = from;

	while (i < in.len && is(in.at[i]))
		i++;
	return i - from;
}

static bool follows(struct span in, size_t at, const char *text)
{
	size_t len = strlen(text);

	return in.len - at >= len && !memcmp(in.at + at, text, len);
}

/* " [module]", or with a build id in it as well. */
static size_t module_len(struct span in, size_t at)
{
	const char *end;

	if (!follows(in, at, " ["))
		return 0;
	end = memchr(in.at + at, ']', in.len - at);
	return end ? (size_t)(end + 1 - (in.at + at)) : 0;
}

static bool is_symbol_char(char c)
{
	return is_word(c) || c == '.';
}

/* "f.cold+0x12/0x34 [module]" at the begin of @in: its length, or 0. */
static size_t put_symbol(struct oops_line *line, struct span in)
{
	size_t len = count_while(in, 0, is_symbol_char);
	size_t name = trace_base_len(in.at, len);

	if (!len || !follows(in, len, "+0x"))
		return 0;
	len += 3;
	len += count_while(in, len, is_hex);
	if (follows(in, len, "/0x")) {
		len += 3;
		len += count_while(in, len, is_hex);
	}
	put(line, in.at, name);
	return len + module_len(in, len);
}

static bool is_hex_number(struct span word)
{
	size_t i;

	if (word.len < HEX_MIN || count_while(word, 0, is_hex) < word.len)
		return false;
	for (i = 0; i < word.len; i++)
		if (is_digit(word.at[i]))
			return true;
	return false;
}

/* "cpu3" and the like, which no other digits after letters are. */
static bool is_cpu(struct span word)
{
	return word.len > 3 && !strncasecmp(word.at, "cpu", 3) &&
	       3 + count_while(word, 3, is_digit) == word.len;
}

/* Letters, digits and '_'. */
static void put_word(struct oops_line *line, struct span word)
{
	size_t digits = count_while(word, 0, is_digit);

	if (span_begins(word, "0x") || is_hex_number(word)) {
		put(line, "N", 1);
	} else if (is_cpu(word)) {
		put(line, word.at, 3);
		put(line, "N", 1);
	} else {
		/* As "22s"; but not as "ext4". */
		put(line, "N", digits > 0);
		put(line, word.at + digits, word.len - digits);
	}
}

/* ":12" and ":12:3" after a name: a line, a column, a PID. */
static size_t line_number_len(struct span in)
{
	size_t len = 0;

	while (len + 1 < in.len && in.at[len] == ':' && is_digit(in.at[len + 1]))
		len += 1 + count_while(in, len + 1, is_hex);
	return len;
}

/* Where the last name of the path at the begin of @in is. */
static size_t directories_len(struct span in)
{
	size_t i, len = 0;

	for (i = 0; i < in.len && (in.at[i] == '/' || is_word(in.at[i]) ||
				   strchr(".+-~", in.at[i])); i++)
		if (in.at[i] == '/')
			len = i + 1;
	return len;
}

static bool ends_with(const struct oops_line *line, const char *text)
{
	size_t len = strlen(text);

	return line->len >= len &&
	       !memcmp(line->text + line->len - len, text, len);
}

/* What is not a word: the length of it that is done with. */
static size_t put_other(struct oops_line *line, struct span in)
{
	size_t len = line_number_len(in);

	if (*in.at == '/' && ends_with(line, "at "))
		len = directories_len(in);
	if (len)
		return len;
	if (*in.at != ' ' && *in.at != '\t')
		put(line, in.at, 1);
	else if (line->len && !ends_with(line, " "))
		put(line, " ", 1);
	return 1;
}

/* One word, or one character that is in none. */
static size_t put_next(struct oops_line *line, struct span in)
{
	size_t len = put_symbol(line, in);

	if (len)
		return len;
	len = count_while(in, 0, is_word);
	if (!len)
		return put_other(line, in);
	if (ends_with(line, KEPT))
		put(line, in.at, len);
	else
		put_word(line, (struct span){ in.at, len });
	return len;
}

void oops_line_put(struct oops_line *line, struct span in)
{
	size_t at = 0;

	if (in.len > READ_MAX)
		in.len = READ_MAX;
	while (at < in.len && line->len < line->size - 1 &&
	       !follows(in, at, ". "))
		at += put_next(line, (struct span){ in.at + at, in.len - at });
}

/* The end of a text of UTF-8 that may have been cut in a character. */
static size_t whole_characters(const char *text, size_t len)
{
	size_t start = len;

	while (start && (text[start - 1] & 0xc0) == 0x80)
		start--;
	/* Now before its first byte, which tells how many follow. */
	if (start && (text[start - 1] & 0xc0) == 0xc0) {
		unsigned char lead = (unsigned char)text[start - 1];
		size_t wanted = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;

		if (len - start < wanted)
			return start - 1;
	}
	return len;
}

void oops_line_end(struct oops_line *line)
{
	line->len = whole_characters(line->text, line->len);
	/* What is no more than that is kept: there is a name in any case. */
	while (line->len > 1 && strchr(" .,:;!", line->text[line->len - 1]))
		line->len--;
	line->text[line->len] = '\0';
}
