// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest/mem.h"

/* /proc/self/pagemap: a word for each page; or -1, then all may be used. */
static int pagemap = -1;

#define MAP_WORDS	512
#define MAP_USED	(UINT64_C(3) << 62)	/* present, or swapped out */

void mem_init(void)
{
	pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
}

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

uint64_t mem_size(const struct mem *mem)
{
	uint64_t size = 0;
	unsigned int i;

	for (i = 0; i < mem->nr; i++)
		size += mem->region[i].size;
	return size;
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

bool mem_part(const struct mem *mem, uint64_t gpa, uint64_t size,
	      struct mem *part)
{
	const struct mem_region *r = find_region(mem, gpa);
	uint64_t before = gpa % PAGE_SIZE;

	if (!r || !size || size > mem_room(mem, gpa))
		return false;
	gpa -= before;
	*part = (struct mem){ .nr = 1 };
	part->region[0] = (struct mem_region){
		.gpa = gpa,
		.size = (before + size + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE,
		.host = r->host + (gpa - r->gpa),
	};
	return true;
}

bool mem_covers(uint64_t size, uint64_t gpa)
{
	if (gpa < MEM_HOLE)
		return gpa < size;
	return gpa >= MEM_HIGH && size > MEM_HOLE &&
	       gpa - MEM_HIGH < size - MEM_HOLE;
}

/* How many words of @map are known: those of the pages from @host on. */
static uint64_t read_map(const uint8_t *host, uint64_t pages, uint64_t *map)
{
	uint64_t nr = pages < MAP_WORDS ? pages : MAP_WORDS;
	off_t at = (off_t)((uintptr_t)host / PAGE_SIZE * sizeof(*map));
	ssize_t len = pread(pagemap, map, nr * sizeof(*map), at);

	return len < 0 ? 0 : (uint64_t)len / sizeof(*map);
}

static uint64_t count_while(const uint64_t *map, uint64_t from, uint64_t nr,
			    bool used)
{
	while (from < nr && !!(map[from] & MAP_USED) == used)
		from++;
	return from;
}

uint64_t mem_used(const struct mem *mem, uint64_t gpa, uint64_t *end)
{
	const struct mem_region *r = find_region(mem, gpa);
	uint64_t stop = r ? r->gpa + r->size : gpa;
	uint64_t map[MAP_WORDS];

	*end = stop;
	while (gpa < stop) {
		uint64_t nr = read_map(r->host + (gpa - r->gpa),
				       (stop - gpa) / PAGE_SIZE, map);
		uint64_t first = count_while(map, 0, nr, false);

		if (!nr)
			return gpa;
		if (first < nr) {
			*end = gpa + count_while(map, first, nr, true) *
				     PAGE_SIZE;
			return gpa + first * PAGE_SIZE;
		}
		gpa += nr * PAGE_SIZE;
	}
	return stop;
}
