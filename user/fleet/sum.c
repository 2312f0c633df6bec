// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "fleet/sum.h"

/* How many sentences about what cannot be read. */
#define SAY_MAX		20

static uint32_t find_signature(struct sum *sum, const struct record_line *line)
{
	char key[SIGNATURE_ID_MAX + 16];
	uint32_t nr = sum->keys.nr, number;

	snprintf(key, sizeof(key), "%u %s", line->version, line->id);
	number = names_number(&sum->keys, key);
	if (number < nr)
		return number;
	sum->signatures = array_grow(sum->signatures, number,
				     sizeof(*sum->signatures));
	sum->signatures[number] = (struct sum_signature){
		.version = line->version,
		.first = UINT64_MAX,
		.title = names_copy(line->title),
	};
	memcpy(sum->signatures[number].id, line->id, sizeof(line->id));
	return number;
}

/* The example is the first of all, but one with a core rather than without. */
static void set_example(struct sum_signature *s, const struct record_line *line,
			const struct sum_source *source)
{
	bool has_core = *source->core;

	if (s->example && (has_core == !!s->core ? line->time >= s->first :
						    !has_core))
		return;
	free(s->example);
	free(s->core);
	s->example = names_copy(source->file);
	s->core = has_core ? names_copy(source->core) : NULL;
}

static void add_kind(struct sum *sum, const struct record_line *line)
{
	struct sum_kind *kind;
	uint32_t i;

	for (i = 0; i < sum->nr_kinds; i++) {
		kind = &sum->kinds[i];
		if (kind->model == line->model && kind->reason == line->reason &&
		    kind->bugcheck == line->bugcheck) {
			kind->count++;
			return;
		}
	}
	sum->kinds = array_grow(sum->kinds, i, sizeof(*sum->kinds));
	sum->kinds[i] = (struct sum_kind){
		line->model, line->reason, line->bugcheck, 1
	};
	sum->nr_kinds++;
}

static void add_point(struct sum *sum, uint64_t time, uint32_t signature)
{
	sum->points = array_grow(sum->points, sum->records,
				 sizeof(*sum->points));
	sum->points[sum->records++] = (struct sum_point){ time, signature };
}

void sum_add_record(struct sum *sum, const struct record_line *line,
		    const struct sum_source *source)
{
	struct sum_signature *s;
	uint32_t number;

	if (!line->has_signature) {
		sum->notices++;
		return;
	}
	number = find_signature(sum, line);
	s = &sum->signatures[number];
	s->count++;
	set_example(s, line, source);
	if (line->time < s->first)
		s->first = line->time;
	if (line->time > s->last)
		s->last = line->time;
	if (*line->release)
		name_set_add(&s->kernels,
			     names_number(&sum->kernels, line->release));
	if (*source->node)
		name_set_add(&s->nodes,
			     names_number(&sum->nodes, source->node));
	add_kind(sum, line);
	add_point(sum, line->time, number);
	sum->newer += line->version > SIGNATURE_VERSION;
}

void sum_add_lost(struct sum *sum, const char *name)
{
	sum->lost = array_grow(sum->lost, sum->nr_lost, sizeof(*sum->lost));
	sum->lost[sum->nr_lost++] = names_copy(name);
}

void sum_say(struct sum *sum, const char *format, ...)
{
	char text[LOG_MAX];
	va_list ap;

	if (sum->said++ >= SAY_MAX)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	log_say("%s", text);
	if (sum->said == SAY_MAX)
		log_say("more like these are counted, and not said");
}

/* For qsort(), which hands on nothing. */
static const struct sum_signature *ordered;

static int compare(const void *a, const void *b)
{
	const struct sum_signature *x = &ordered[*(const uint32_t *)a];
	const struct sum_signature *y = &ordered[*(const uint32_t *)b];
	int order;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	order = strcmp(x->title, y->title);
	if (!order)
		order = strcmp(x->id, y->id);
	return order ? order : (int)x->version - (int)y->version;
}

uint32_t *sum_order(const struct sum *sum)
{
	uint32_t *order = NULL;
	uint32_t i;

	for (i = 0; i < sum->keys.nr; i++) {
		order = array_grow(order, i, sizeof(*order));
		order[i] = i;
	}
	ordered = sum->signatures;
	if (order)
		qsort(order, i, sizeof(*order), compare);
	return order;
}

static int compare_lost(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

void sum_sort(struct sum *sum)
{
	uint32_t i;

	for (i = 0; i < sum->keys.nr; i++) {
		name_set_sort(&sum->signatures[i].kernels, &sum->kernels);
		name_set_sort(&sum->signatures[i].nodes, &sum->nodes);
	}
	if (sum->nr_lost)
		qsort(sum->lost, sum->nr_lost, sizeof(*sum->lost),
		      compare_lost);
}

bool sum_is_whole(const struct sum *sum)
{
	return !sum->nr_lost && !sum->unread_tasks && !sum->unread &&
	       (!sum->expected || sum->expected == sum->tasks);
}

const char *sum_end_name(unsigned int status)
{
	static const char *const names[] = {
		[STATUS_POWER_OFF] = "power-off",
		[STATUS_PANIC] = "panic",
		[STATUS_FAULT] = "fault",
		[STATUS_RESET] = "reset",
		[STATUS_HALTED] = "halted",
	};
	static char exits[16];

	if (status < sizeof(names) / sizeof(names[0]) && names[status])
		return names[status];
	if (status == STATUS_TIMEOUT)
		return "time-out";
	if (status < STATUS_EXIT || status > STATUS_EXIT_MAX)
		return "unknown";
	snprintf(exits, sizeof(exits), "exit-%u", status - STATUS_EXIT + 1);
	return exits;
}
