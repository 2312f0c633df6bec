// SPDX-License-Identifier: GPL-2.0-only
/* The reader of JSON: a tree whose parts lie in the text, and end. */
#include <string.h>

#include "base/json_parse.h"
#include "fuzz.h"

static void check_value(const struct json_text *json, unsigned int i)
{
	const struct json_value *v = &json->values[i];

	must(v->start <= json->len && v->len <= json->len - v->start,
	     "a value is in the text");
	must(v->next > i && v->next <= json->nr, "the next one is behind it");
}

static void check_members(const struct json_text *json, unsigned int object)
{
	char out[64];
	unsigned int key = 0, members = 0;

	while ((key = json_next_key(json, object, key))) {
		must(json->values[key].type == JSON_STRING, "a key is a string");
		must(++members < JSON_VALUES, "an object has an end");
		if (json_get_string(json, key, out, sizeof(out)))
			must(strlen(out) < sizeof(out), "a string ends");
		json_is(json, key, "execute");
	}
	json_member(json, object, "execute");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct json_text json;
	unsigned int i;

	if (json_parse(&json, (const char *)data, size))
		return 0;
	must(json.nr && json.nr <= JSON_VALUES, "there are values");
	for (i = 0; i < json.nr; i++) {
		check_value(&json, i);
		if (json.values[i].type == JSON_OBJECT)
			check_members(&json, i);
		if (json.values[i].type == JSON_NUMBER)
			json_is_integer(&json, i);
	}
	return 0;
}
