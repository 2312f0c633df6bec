/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One JSON value after the other, on one line.  Commas and nesting are the
 * writer's business, keys and order the caller's.
 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct json {
	struct buf *buf;
	bool comma;	/* the next value or key needs one */
};

/* @key is NULL within an array, and at the top. */
void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);
void json_number(struct json *json, const char *key, uint64_t value);
void json_bool(struct json *json, const char *key, bool value);

/* For what may pass 2^53, which is where many readers lose digits. */
void json_hex(struct json *json, const char *key, uint64_t value);

/* @text is UTF-8; NULL gives null. */
void json_string(struct json *json, const char *key, const char *text);

/* @text is JSON already. */
void json_raw(struct json *json, const char *key, const char *text);

#endif /* JSON_H */
