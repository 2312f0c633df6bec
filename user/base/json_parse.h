/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One JSON text (RFC 8259, and no more than that), checked from end to end and
 * taken apart into an array of fixed size.  What is in it points into the text.
 * The text may be anything at all; nothing here allocates, or looks past it.
 */
#ifndef JSON_PARSE_H
#define JSON_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_VALUES	256	/* keys are values too */
#define JSON_DEPTH	32	/* arrays and objects within each other */

enum json_type {
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

/*
 * Values are in the order of the text.  What an array or object has follows
 * it, up to the one before its next: elements, or key and value in turn.
 */
struct json_value {
	enum json_type type;
	uint32_t start, len;	/* of its text; a string's without the quotes */
	unsigned int next;	/* the first value that is not within it */
};

struct json_text {
	const char *text;
	size_t len;
	size_t at;
	unsigned int nr;
	unsigned int keep;	/* what is deeper than this is not kept */
	struct json_value left_out;
	struct json_value values[JSON_VALUES];
};

/*
 * NULL, and values[0] is the whole; or what is wrong, as QEMU says it.  @len is
 * less than 4 GiB.
 */
const char *json_parse(struct json_text *json, const char *text, size_t len);

/*
 * The same, but values[] has no more than what is within @depth arrays and
 * objects: of 1, the members of the whole.  The rest is JSON, but keys may be
 * there twice.
 */
const char *json_parse_top(struct json_text *json, const char *text, size_t len,
			   unsigned int depth);

/* The key behind @key, 0 for the first; 0 at the end.  Its value is behind it. */
unsigned int json_next_key(const struct json_text *json, unsigned int object,
			   unsigned int key);

/* The value of a member, or 0: the whole is no member. */
unsigned int json_member(const struct json_text *json, unsigned int object,
			 const char *key);

/*
 * A string's characters, in UTF-8, as many as @out[@size] has room for.  False
 * if that is not all, or if one is NUL, which ends it there.
 */
bool json_get_string(const struct json_text *json, unsigned int string,
		     char *out, size_t size);

/* Is the string at @string this one? */
bool json_is(const struct json_text *json, unsigned int string,
	     const char *text);

/* Of a JSON_BOOL. */
bool json_get_bool(const struct json_text *json, unsigned int value);

/* Is the JSON_NUMBER at @number written as an integer? */
bool json_is_integer(const struct json_text *json, unsigned int number);

/* Its value; false if it is not an integer from 0 to UINT64_MAX. */
bool json_get_number(const struct json_text *json, unsigned int number,
		     uint64_t *value);

#endif /* JSON_PARSE_H */
