// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fleet/label.h"
#include "fleet/record_read.h"
#include "fleet/when.h"
#include "panic/bugcheck.h"

static const char *const models[] = { "hyperv", "isa", "mmio" };

static const char *const reasons[] = {
	"event", "dump-ended", "reset", "fault", "halted", "time-out",
	"silence", "host-failure", "power-off", "exit",
};

/* A member that has this type, or 0. */
static unsigned int member(const struct json_text *j, unsigned int object,
			   const char *key, enum json_type type)
{
	unsigned int value = json_member(j, object, key);

	return value && j->values[value].type == type ? value : 0;
}

/* Whether it is all there; else @out has what fits. */
static bool get_text(const struct json_text *j, unsigned int object,
		     const char *key, char *out, size_t size)
{
	unsigned int value = member(j, object, key, JSON_STRING);

	*out = '\0';
	return value && json_get_string(j, value, out, size);
}

static void get_label(const struct json_text *j, unsigned int object,
		      const char *key, char *out, size_t size)
{
	char raw[512];

	get_text(j, object, key, raw, sizeof(raw));
	label_clean(out, size, raw);
}

static bool get_number(const struct json_text *j, unsigned int object,
		       const char *key, uint64_t *out)
{
	unsigned int value = member(j, object, key, JSON_NUMBER);

	return value && json_get_number(j, value, out);
}

static bool get_bool(const struct json_text *j, unsigned int object,
		     const char *key)
{
	unsigned int value = member(j, object, key, JSON_BOOL);

	return value && json_get_bool(j, value);
}

/* The one of @names that the member says; else "other", or "none" for null. */
static const char *get_name(const struct json_text *j, const char *key,
			    const char *const *names, size_t nr)
{
	unsigned int value = json_member(j, 0, key);
	size_t i;

	if (!value || j->values[value].type == JSON_NULL)
		return "none";
	for (i = 0; j->values[value].type == JSON_STRING && i < nr; i++)
		if (json_is(j, value, names[i]))
			return names[i];
	return "other";
}

static bool get_time(const struct json_text *j, uint64_t *out)
{
	char text[WHEN_MAX];

	return get_text(j, 0, "time", text, sizeof(text)) &&
	       when_read(text, out);
}

/* FNV-1a, of any length: two of one name are one VM's. */
static uint64_t hash_member(const struct json_text *j, const char *key)
{
	unsigned int value = member(j, 0, key, JSON_STRING);
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	uint32_t i;

	for (i = 0; value && i < j->values[value].len; i++) {
		hash ^= (uint8_t)j->text[j->values[value].start + i];
		hash *= UINT64_C(0x100000001b3);
	}
	return hash;
}

static uint32_t get_bugcheck(const struct json_text *j)
{
	unsigned int decoded = member(j, 0, "decoded", JSON_OBJECT);
	char text[24];
	uint64_t code;

	if (!decoded || !get_text(j, decoded, "bugcheck", text, sizeof(text)))
		return 0;
	code = strtoull(text, NULL, 16);
	return bugcheck_name(code) ? (uint32_t)code : 0;
}

static bool is_id(const char *text)
{
	return strlen(text) == SIGNATURE_ID_MAX - 1 &&
	       strspn(text, "0123456789abcdef") == SIGNATURE_ID_MAX - 1;
}

static const char *read_signature(struct record_line *line,
				  const struct json_text *j)
{
	unsigned int value = json_member(j, 0, "signature");
	uint64_t version;

	if (!value)
		return "has no signature: an older panicvm wrote it";
	if (j->values[value].type == JSON_NULL)
		return NULL;
	if (j->values[value].type != JSON_OBJECT ||
	    !get_number(j, value, "version", &version) || version > 9999 ||
	    !get_text(j, value, "id", line->id, sizeof(line->id)) ||
	    !is_id(line->id))
		return "its signature is none";
	line->has_signature = true;
	line->version = (uint32_t)version;
	get_label(j, value, "title", line->title, sizeof(line->title));
	return NULL;
}

const char *record_read(struct record_line *line, struct json_text *j,
			const char *text, size_t len)
{
	const char *why = json_parse_top(j, text, len, 2);
	unsigned int guest, action;

	if (why)
		return why;
	*line = (struct record_line){ 0 };
	if (j->values[0].type != JSON_OBJECT || !get_time(j, &line->time) ||
	    !get_number(j, 0, "seq", &line->seq) ||
	    !get_number(j, 0, "restarts", &line->restarts) ||
	    !member(j, 0, "reason", JSON_STRING))
		return "is no record of panicvm's";
	line->vm = hash_member(j, "vm");
	line->model = get_name(j, "model", models,
			       sizeof(models) / sizeof(models[0]));
	line->reason = get_name(j, "reason", reasons,
				sizeof(reasons) / sizeof(reasons[0]));
	line->bugcheck = get_bugcheck(j);
	line->panicked = get_bool(j, 0, "panicked");
	action = member(j, 0, "action", JSON_STRING);
	line->waits = action && json_is(j, action, "wait");
	line->ends_dump = !strcmp(line->reason, "dump-ended");
	guest = member(j, 0, "guest", JSON_OBJECT);
	if (guest)
		get_label(j, guest, "release", line->release,
			  sizeof(line->release));
	return read_signature(line, j);
}
