/* SPDX-License-Identifier: GPL-2.0-only */
/* A number for each different text, from 0 on in the order of their coming. */
#ifndef NAMES_H
#define NAMES_H

#include <stddef.h>
#include <stdint.h>

struct names {
	char **text;
	uint32_t nr;
	uint32_t *slots;	/* number + 1, or 0; of a hash table */
	uint32_t nr_slots;	/* 0, or a power of 2 */
};

/* Ends the program if there is no memory, as all of these. */
uint32_t names_number(struct names *names, const char *text);

/* Some of them, each once: of too many, that there are more. */
struct name_set {
	uint32_t *number;
	uint16_t nr;
	uint16_t more;
};

#define NAME_SET_MAX	64

void name_set_add(struct name_set *set, uint32_t number);

/* By their texts, node2 before node10. */
void name_set_sort(struct name_set *set, const struct names *names);

/* Room for one more in @array, of @nr, which has room for a power of 2. */
void *array_grow(void *array, size_t nr, size_t size);

char *names_copy(const char *text);

#endif /* NAMES_H */
