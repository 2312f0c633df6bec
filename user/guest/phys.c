// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "guest/phys.h"

static bool read_mem(const struct phys *phys, uint64_t gpa, void *to,
		     size_t len)
{
	const void *from = mem_at(phys->source, gpa, len);

	if (!from)
		return false;
	memcpy(to, from, len);
	return true;
}

static uint64_t used_mem(const struct phys *phys, uint64_t gpa, uint64_t *end)
{
	return mem_used(phys->source, gpa, end);
}

void phys_of_mem(struct phys *phys, const struct mem *mem)
{
	unsigned int i;

	phys->read = read_mem;
	phys->used = used_mem;
	phys->source = mem;
	phys->nr = mem->nr;
	for (i = 0; i < mem->nr; i++)
		phys->range[i] = (struct phys_range){
			mem->region[i].gpa, mem->region[i].size,
		};
}
