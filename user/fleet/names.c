// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "fleet/names.h"

static void *check(void *memory)
{
	if (!memory)
		log_die(STATUS_HOST, "no memory is left: give it fewer directories at once");
	return memory;
}

char *names_copy(const char *text)
{
	return check(strdup(text));
}

void *array_grow(void *array, size_t nr, size_t size)
{
	if (nr & (nr - 1))
		return array;
	return check(reallocarray(array, nr ? 2 * nr : 1, size));
}

static uint32_t hash(const char *text)
{
	uint32_t hash = 0x811c9dc5;

	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 0x01000193;
	return hash;
}

/* Where @text is, or where it belongs. */
static uint32_t *find(const struct names *names, const char *text)
{
	uint32_t at = hash(text);
	uint32_t *slot;

	for (;; at++) {
		slot = &names->slots[at & (names->nr_slots - 1)];
		if (!*slot || !strcmp(names->text[*slot - 1], text))
			return slot;
	}
}

/* Half of the slots stay free, so that find() ends soon. */
static void make_room(struct names *names)
{
	uint32_t i;

	if (2 * names->nr < names->nr_slots)
		return;
	names->nr_slots = names->nr_slots ? 2 * names->nr_slots : 16;
	free(names->slots);
	names->slots = check(calloc(names->nr_slots, sizeof(*names->slots)));
	for (i = 0; i < names->nr; i++)
		*find(names, names->text[i]) = i + 1;
}

uint32_t names_number(struct names *names, const char *text)
{
	uint32_t *slot;

	make_room(names);
	slot = find(names, text);
	if (!*slot) {
		names->text = array_grow(names->text, names->nr,
					 sizeof(*names->text));
		names->text[names->nr++] = names_copy(text);
		*slot = names->nr;
	}
	return *slot - 1;
}

/* For qsort(), which hands on nothing. */
static const struct names *sorted;

static int compare(const void *a, const void *b)
{
	return strverscmp(sorted->text[*(const uint32_t *)a],
			  sorted->text[*(const uint32_t *)b]);
}

void name_set_sort(struct name_set *set, const struct names *names)
{
	sorted = names;
	if (set->nr)
		qsort(set->number, set->nr, sizeof(*set->number), compare);
}

void name_set_add(struct name_set *set, uint32_t number)
{
	uint16_t i;

	for (i = 0; i < set->nr; i++)
		if (set->number[i] == number)
			return;
	if (set->nr == NAME_SET_MAX) {
		set->more = 1;
		return;
	}
	set->number = array_grow(set->number, set->nr, sizeof(*set->number));
	set->number[set->nr++] = number;
}
