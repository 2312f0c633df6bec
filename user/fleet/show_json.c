// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "base/json.h"
#include "fleet/show.h"
#include "fleet/when.h"

/*
 * One value at a time is put together here, and then goes out.  The longest is a
 * signature: twice 64 names of 68 characters, two paths of 1 KiB and a title, of
 * which each character may take two.
 */
#define PIECE_MAX	(32 * 1024)

struct writer {
	FILE *out;
	struct buf buf;
	struct json json;
	char text[PIECE_MAX];
};

static void flush(struct writer *w)
{
	fputs(w->buf.text, w->out);
	buf_init(&w->buf, w->text, sizeof(w->text));
}

static void put_names(struct json *json, const char *key,
		      const struct names *names, const struct name_set *set)
{
	unsigned int i;

	json_open(json, key, '[');
	for (i = 0; i < set->nr; i++)
		json_string(json, NULL, names->text[set->number[i]]);
	json_close(json, ']');
}

static void put_time(struct json *json, const char *key, uint64_t when)
{
	char text[WHEN_MAX];

	when_write(text, when);
	json_string(json, key, text);
}

static void put_signature(struct writer *w, const struct sum *sum,
			  const struct sum_signature *s)
{
	struct json *json = &w->json;

	json_open(json, NULL, '{');
	json_string(json, "title", s->title);
	json_string(json, "id", s->id);
	json_number(json, "version", s->version);
	json_number(json, "count", s->count);
	put_time(json, "first", s->first);
	put_time(json, "last", s->last);
	put_names(json, "kernels", &sum->kernels, &s->kernels);
	put_names(json, "nodes", &sum->nodes, &s->nodes);
	json_bool(json, "more_names", s->kernels.more || s->nodes.more);
	json_string(json, "record", s->example);
	json_string(json, "core", s->core);
	json_close(json, '}');
	flush(w);
}

static void put_signatures(struct writer *w, const struct sum *sum)
{
	uint32_t *order = sum_order(sum);
	uint32_t i;

	json_open(&w->json, "signatures", '[');
	for (i = 0; i < sum->keys.nr; i++)
		put_signature(w, sum, &sum->signatures[order[i]]);
	json_close(&w->json, ']');
	free(order);
}

static void put_ends(struct json *json, const struct sum *sum)
{
	unsigned int i;

	json_open(json, "ends", '{');
	for (i = 0; i < 256; i++)
		if (sum->ends[i])
			json_number(json, sum_end_name(i), sum->ends[i]);
	json_close(json, '}');
}

static void put_lost(struct writer *w, const struct sum *sum)
{
	uint32_t i;

	json_open(&w->json, "lost", '[');
	for (i = 0; i < sum->nr_lost; i++) {
		json_string(&w->json, NULL, sum->lost[i]);
		flush(w);
	}
	json_close(&w->json, ']');
}

void show_json(FILE *out, const struct sum *sum)
{
	static struct writer w;
	struct json *json = &w.json;

	w.out = out;
	buf_init(&w.buf, w.text, sizeof(w.text));
	w.json = (struct json){ .buf = &w.buf };
	json_open(json, NULL, '{');
	json_number(json, "version", 1);
	json_bool(json, "whole", sum_is_whole(sum));
	json_number(json, "tasks", sum->tasks);
	put_ends(json, sum);
	json_number(json, "unread_tasks", sum->unread_tasks);
	put_lost(&w, sum);
	json_number(json, "attempts", sum->attempts);
	json_number(json, "records", sum->records);
	json_number(json, "notices", sum->notices);
	json_number(json, "newer", sum->newer);
	json_number(json, "unread", sum->unread);
	put_signatures(&w, sum);
	json_close(json, '}');
	flush(&w);
	fputs("\n", out);
}
