/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's physical memory, to read: of a live guest, or of a core file.  Who
 * looks for something in it need not know which.
 */
#ifndef PHYS_H
#define PHYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/mem.h"

#define PHYS_MAX_RANGES	64

struct phys_range {
	uint64_t gpa;
	uint64_t size;
};

struct phys {
	/* All of [@gpa, @gpa + @len), or false. */
	bool (*read)(const struct phys *phys, uint64_t gpa, void *to,
		     size_t len);
	/*
	 * From @gpa, in a range, the first page there that may not be zero, or
	 * the range's end; *@end: such pages go on until there at least.
	 */
	uint64_t (*used)(const struct phys *phys, uint64_t gpa, uint64_t *end);
	const void *source;		/* for these two */
	struct phys_range range[PHYS_MAX_RANGES];	/* what there is */
	unsigned int nr;
};

/* @mem must stay. */
void phys_of_mem(struct phys *phys, const struct mem *mem);

static inline bool phys_read(const struct phys *phys, uint64_t gpa, void *to,
			     size_t len)
{
	return phys->read(phys, gpa, to, len);
}

#endif /* PHYS_H */
