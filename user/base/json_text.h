/* SPDX-License-Identifier: GPL-2.0-only */
/* What is between the quotes of a JSON string. */
#ifndef JSON_TEXT_H
#define JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Room for a character in UTF-8, with a NUL behind it. */
#define JSON_TEXT_CHAR	5

/*
 * From behind a quote at *@at to the next, where *@at then is: NULL, or what
 * is wrong there.
 */
const char *json_text_check(const char *text, size_t len, size_t *at);

/* The rest is for what was checked. */

/* The character at *@at, which moves on, in UTF-8: how many bytes it has. */
size_t json_text_char(const char *text, size_t len, size_t *at,
		      char out[JSON_TEXT_CHAR]);

/* However they are written. */
bool json_text_same(const char *a, size_t a_len, const char *b, size_t b_len);

#endif /* JSON_TEXT_H */
