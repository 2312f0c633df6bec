// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>

#include "mem.h"

static int add_region(struct mem *mem, uint64_t gpa, uint64_t size)
{
	/* NORESERVE: a guest that never touches it should not cost it. */
	void *host = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (host == MAP_FAILED)
		return -errno;
	mem->region[mem->nr++] = (struct mem_region){ gpa, size, host };
	return 0;
}

int mem_alloc(struct mem *mem, uint64_t size)
{
	uint64_t low = size < MEM_HOLE ? size : MEM_HOLE;
	int err;

	mem->nr = 0;
	err = add_region(mem, 0, low);
	if (!err && size > low)
		err = add_region(mem, MEM_HIGH, size - low);
	if (err)
		mem_free(mem);
	return err;
}

void mem_free(struct mem *mem)
{
	while (mem->nr) {
		mem->nr--;
		munmap(mem->region[mem->nr].host, mem->region[mem->nr].size);
	}
}

static const struct mem_region *find_region(const struct mem *mem, uint64_t gpa)
{
	unsigned int i;

	for (i = 0; i < mem->nr; i++)
		if (gpa >= mem->region[i].gpa &&
		    gpa - mem->region[i].gpa < mem->region[i].size)
			return &mem->region[i];
	return NULL;
}

uint64_t mem_room(const struct mem *mem, uint64_t gpa)
{
	const struct mem_region *r = find_region(mem, gpa);

	return r ? r->size - (gpa - r->gpa) : 0;
}

void *mem_at(const struct mem *mem, uint64_t gpa, uint64_t size)
{
	const struct mem_region *r = find_region(mem, gpa);

	if (!r || size > r->size - (gpa - r->gpa))
		return NULL;
	return r->host + (gpa - r->gpa);
}

bool mem_covers(uint64_t size, uint64_t gpa)
{
	if (gpa < MEM_HOLE)
		return gpa < size;
	return gpa >= MEM_HIGH && size > MEM_HOLE &&
	       gpa - MEM_HIGH < size - MEM_HOLE;
}
