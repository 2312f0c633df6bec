// SPDX-License-Identifier: GPL-2.0-only
#include "base/json_split.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_open(char c)
{
	return c == '{' || c == '[';
}

/*
 * No JSON has control characters, but white space between its tokens, and no
 * UTF-8 has 0xfe or 0xff: a client that sends one gets the stream back in step.
 */
static bool is_stray(const struct json_split *s, char c)
{
	unsigned char byte = (unsigned char)c;

	return byte >= 0xfe || (byte < 0x20 && (s->string || !is_space(c)));
}

static void begin(struct json_split *s, char c)
{
	if (is_space(c))
		return;
	s->state = is_open(c) ? SPLIT_NESTED : SPLIT_LINE;
	s->depth = 1;
	s->string = false;
	s->escape = false;
}

static void nest(struct json_split *s, char c)
{
	if (s->escape)
		s->escape = false;
	else if (c == '"')
		s->string = !s->string;
	else if (s->string)
		s->escape = c == '\\';
	else if (is_open(c))
		s->depth++;
	else if (c == '}' || c == ']')
		s->depth--;
	if (!s->depth)
		s->state = SPLIT_BETWEEN;
}

/* One byte; true: it is not used, since a text ends before it. */
static bool step(struct json_split *s, char c)
{
	switch (s->state) {
	case SPLIT_BETWEEN:
		begin(s, c);
		return false;
	case SPLIT_NESTED:
		nest(s, c);
		return false;
	default:
		if (is_open(c) || c == '\n')
			s->state = SPLIT_BETWEEN;
		return is_open(c);
	}
}

static enum json_piece bad(struct json_split *s, size_t at, char c,
			   size_t *used)
{
	bool dropped = s->drop;

	s->state = c == '\n' ? SPLIT_BETWEEN : SPLIT_LINE;
	s->drop = c != '\n';
	s->at = 0;
	*used = at + 1;
	/* What is being dropped has been complained about. */
	return dropped ? PIECE_DROPPED : PIECE_BAD;
}

static enum json_piece end(struct json_split *s, size_t len, size_t *used)
{
	bool dropped = s->drop;

	s->drop = false;
	s->at = 0;
	*used = len;
	return dropped ? PIECE_DROPPED : PIECE_TEXT;
}

enum json_piece json_split(struct json_split *s, const char *in, size_t len,
			   size_t *used)
{
	size_t i;

	for (i = s->at; i < len; i++) {
		bool began = s->state != SPLIT_BETWEEN;

		if (s->state == SPLIT_NESTED && is_stray(s, in[i]))
			return bad(s, i, in[i], used);
		if (step(s, in[i]))
			return end(s, i, used);
		if (began && s->state == SPLIT_BETWEEN)
			return end(s, i + 1, used);
	}
	/* White space, and what is dropped, need not be kept. */
	*used = s->drop || s->state == SPLIT_BETWEEN ? len : 0;
	s->at = len - *used;
	return PIECE_NONE;
}

void json_split_drop(struct json_split *s)
{
	s->drop = true;
	s->at = 0;
}
