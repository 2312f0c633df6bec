// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stddef.h>

#include "base/json.h"

static void quote(struct json *json, const char *text)
{
	buf_put(json->buf, "\"");
	for (; *text; text++) {
		const char one[2] = { *text, '\0' };

		if (*text == '"' || *text == '\\')
			buf_put(json->buf, "\\");
		if (*text == '\n')
			buf_put(json->buf, "\\n");
		else if (*text == '\t')
			buf_put(json->buf, "\\t");
		else if (*text == '\r')
			buf_put(json->buf, "\\r");
		else if ((unsigned char)*text < 0x20)
			buf_print(json->buf, "\\u%04x", (unsigned int)*text);
		else
			buf_put(json->buf, one);
	}
	buf_put(json->buf, "\"");
}

static void start(struct json *json, const char *key)
{
	if (json->comma)
		buf_put(json->buf, ",");
	json->comma = true;
	if (!key)
		return;
	quote(json, key);
	buf_put(json->buf, ":");
}

void json_open(struct json *json, const char *key, char bracket)
{
	start(json, key);
	buf_print(json->buf, "%c", bracket);
	json->comma = false;
}

void json_close(struct json *json, char bracket)
{
	buf_print(json->buf, "%c", bracket);
	json->comma = true;
}

void json_number(struct json *json, const char *key, uint64_t value)
{
	start(json, key);
	buf_print(json->buf, "%" PRIu64, value);
}

void json_hex(struct json *json, const char *key, uint64_t value)
{
	start(json, key);
	buf_print(json->buf, "\"0x%" PRIx64 "\"", value);
}

void json_bool(struct json *json, const char *key, bool value)
{
	start(json, key);
	buf_put(json->buf, value ? "true" : "false");
}

void json_string(struct json *json, const char *key, const char *text)
{
	start(json, key);
	if (text)
		quote(json, text);
	else
		buf_put(json->buf, "null");
}

void json_raw(struct json *json, const char *key, const char *text)
{
	start(json, key);
	buf_put(json->buf, text);
}
