// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "base/json_parse.h"
#include "base/json_text.h"

static const char *read_value(struct json_text *j, unsigned int depth);

/* The byte to look at, or 0 at the end, which nothing takes for a byte. */
static char peek(const struct json_text *j)
{
	return j->at < j->len ? j->text[j->at] : '\0';
}

static bool take(struct json_text *j, char c)
{
	if (peek(j) != c)
		return false;
	j->at++;
	return true;
}

static void skip_space(struct json_text *j)
{
	while (take(j, ' ') || take(j, '\t') || take(j, '\n') || take(j, '\r'))
		;
}

/* The next place, whose value begins here; NULL if there is none. */
static struct json_value *add(struct json_text *j, enum json_type type,
			      unsigned int depth)
{
	struct json_value *v = &j->left_out;

	if (depth <= j->keep) {
		if (j->nr == JSON_VALUES)
			return NULL;
		v = &j->values[j->nr++];
	}
	v->type = type;
	v->start = (uint32_t)j->at;
	return v;
}

static void finish(const struct json_text *j, struct json_value *v)
{
	v->len = (uint32_t)j->at - v->start;
	v->next = j->nr;
}

static const char too_many[] = "JSON token count limit exceeded";

static const char *read_word(struct json_text *j, enum json_type type,
			     const char *word, unsigned int depth)
{
	size_t len = strlen(word);
	struct json_value *v = add(j, type, depth);

	if (!v)
		return too_many;
	if (j->len - j->at < len || memcmp(j->text + j->at, word, len))
		return "JSON parse error, invalid keyword";
	j->at += len;
	finish(j, v);
	return NULL;
}

static bool take_digits(struct json_text *j)
{
	size_t start = j->at;

	while (peek(j) >= '0' && peek(j) <= '9')
		j->at++;
	return j->at > start;
}

static bool take_number(struct json_text *j)
{
	take(j, '-');
	if (!take(j, '0') && !take_digits(j))
		return false;
	if (take(j, '.') && !take_digits(j))
		return false;
	if (take(j, 'e') || take(j, 'E')) {
		if (!take(j, '+'))
			take(j, '-');
		return take_digits(j);
	}
	return true;
}

static const char *read_number(struct json_text *j, unsigned int depth)
{
	struct json_value *v = add(j, JSON_NUMBER, depth);

	if (!v)
		return too_many;
	if (!take_number(j))
		return "JSON parse error, stray character in number";
	finish(j, v);
	return NULL;
}

static const char *read_string(struct json_text *j, unsigned int depth)
{
	struct json_value *v;
	const char *why;

	j->at++;
	v = add(j, JSON_STRING, depth);
	if (!v)
		return too_many;
	why = json_text_check(j->text, j->len, &j->at);
	if (why)
		return why;
	finish(j, v);
	j->at++;
	return NULL;
}

static bool has_twice(const struct json_text *j, unsigned int object,
		      unsigned int key)
{
	unsigned int other;

	for (other = object + 1; other < key;
	     other = j->values[other + 1].next)
		if (json_text_same(j->text + j->values[other].start,
				   j->values[other].len,
				   j->text + j->values[key].start,
				   j->values[key].len))
			return true;
	return false;
}

static const char *read_member(struct json_text *j, unsigned int object,
			       unsigned int depth)
{
	unsigned int key = j->nr;
	const char *why;

	skip_space(j);
	if (peek(j) != '"')
		return "JSON parse error, key is not a string in object";
	why = read_string(j, depth);
	if (why)
		return why;
	if (depth <= j->keep && has_twice(j, object, key))
		return "JSON parse error, duplicate key";
	skip_space(j);
	if (!take(j, ':'))
		return "JSON parse error, missing : in object pair";
	return read_value(j, depth);
}

/* An array or object, from its bracket on. */
static const char *read_nested(struct json_text *j, enum json_type type,
			       char closing, unsigned int depth)
{
	unsigned int self = j->nr;
	struct json_value *v = add(j, type, depth);
	const char *why;

	if (!v)
		return too_many;
	if (depth == JSON_DEPTH)
		return "JSON nesting depth limit exceeded";
	j->at++;
	skip_space(j);
	if (!take(j, closing)) {
		do {
			why = type == JSON_OBJECT ?
				read_member(j, self, depth + 1) :
				read_value(j, depth + 1);
			if (why)
				return why;
			skip_space(j);
		} while (take(j, ','));
		if (!take(j, closing))
			return "JSON parse error, expected separator";
	}
	finish(j, v);
	return NULL;
}

static const char *read_value(struct json_text *j, unsigned int depth)
{
	skip_space(j);
	switch (peek(j)) {
	case '{':
		return read_nested(j, JSON_OBJECT, '}', depth);
	case '[':
		return read_nested(j, JSON_ARRAY, ']', depth);
	case '"':
		return read_string(j, depth);
	case 't':
		return read_word(j, JSON_BOOL, "true", depth);
	case 'f':
		return read_word(j, JSON_BOOL, "false", depth);
	case 'n':
		return read_word(j, JSON_NULL, "null", depth);
	case '-':
	case '0' ... '9':
		return read_number(j, depth);
	default:
		return "JSON parse error, expecting value";
	}
}

const char *json_parse(struct json_text *j, const char *text, size_t len)
{
	return json_parse_top(j, text, len, JSON_DEPTH);
}

const char *json_parse_top(struct json_text *j, const char *text, size_t len,
			   unsigned int depth)
{
	const char *why;

	j->text = text;
	j->len = len;
	j->at = 0;
	j->nr = 0;
	j->keep = depth;
	why = read_value(j, 0);
	if (why)
		return why;
	skip_space(j);
	return j->at == len ? NULL : "JSON parse error, stray character";
}

bool json_is(const struct json_text *j, unsigned int string, const char *text)
{
	const struct json_value *v = &j->values[string];
	char c[JSON_TEXT_CHAR];
	size_t at = 0, n;

	while (at < v->len) {
		n = json_text_char(j->text + v->start, v->len, &at, c);
		/* A NUL in the string is no end of it. */
		if (strncmp(text, c, n) || !*c)
			return false;
		text += n;
	}
	return !*text;
}

unsigned int json_next_key(const struct json_text *j, unsigned int object,
			   unsigned int key)
{
	unsigned int next = key ? j->values[key + 1].next : object + 1;

	return next < j->values[object].next ? next : 0;
}

unsigned int json_member(const struct json_text *j, unsigned int object,
			 const char *name)
{
	unsigned int key = 0;

	while ((key = json_next_key(j, object, key)))
		if (json_is(j, key, name))
			return key + 1;
	return 0;
}

bool json_get_string(const struct json_text *j, unsigned int string, char *out,
		     size_t size)
{
	const struct json_value *v = &j->values[string];
	size_t at = 0, len = 0, n;
	char c[JSON_TEXT_CHAR];
	bool whole = true;

	while (at < v->len && whole) {
		n = json_text_char(j->text + v->start, v->len, &at, c);
		whole = *c && n < size - len;
		if (whole) {
			memcpy(out + len, c, n);
			len += n;
		}
	}
	out[len] = '\0';
	return whole;
}

bool json_get_bool(const struct json_text *j, unsigned int value)
{
	return j->text[j->values[value].start] == 't';
}

bool json_is_integer(const struct json_text *j, unsigned int number)
{
	const struct json_value *v = &j->values[number];

	return !memchr(j->text + v->start, '.', v->len) &&
	       !memchr(j->text + v->start, 'e', v->len) &&
	       !memchr(j->text + v->start, 'E', v->len);
}

bool json_get_number(const struct json_text *j, unsigned int number,
		     uint64_t *value)
{
	const struct json_value *v = &j->values[number];
	const char *text = j->text + v->start;
	uint32_t i;

	*value = 0;
	for (i = 0; i < v->len; i++)
		if (text[i] < '0' || text[i] > '9' ||
		    __builtin_mul_overflow(*value, 10, value) ||
		    __builtin_add_overflow(*value, text[i] - '0', value))
			return false;
	return true;
}
