/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's memory map, and the one way to turn its addresses into ours. */
#ifndef MEM_H
#define MEM_H

#include <stdbool.h>
#include <stdint.h>

#define KIB	(UINT64_C(1) << 10)
#define MIB	(UINT64_C(1) << 20)
#define GIB	(UINT64_C(1) << 30)

#define PAGE_SIZE	4096

/* RAM stops here and goes on at 4 GiB: APICs and MMIO live in between. */
#define MEM_HOLE	(3 * GIB)
#define MEM_HIGH	(4 * GIB)

struct mem_region {
	uint64_t gpa;
	uint64_t size;
	uint8_t *host;
};

struct mem {
	struct mem_region region[2];
	unsigned int nr;
};

/* @size bytes of zeroed RAM, a multiple of PAGE_SIZE; 0 or -errno */
int mem_alloc(struct mem *mem, uint64_t size);
void mem_free(struct mem *mem);

/* Bytes of RAM from @gpa to the end of its region; 0 where there is none. */
uint64_t mem_room(const struct mem *mem, uint64_t gpa);

/* NULL unless all of [@gpa, @gpa + @size) is RAM, in one region. */
void *mem_at(const struct mem *mem, uint64_t gpa, uint64_t size);

/*
 * The pages that have all of [@gpa, @gpa + @size), as a map of their own: false
 * unless that is RAM, in one region, and not empty.
 */
bool mem_part(const struct mem *mem, uint64_t gpa, uint64_t size,
	      struct mem *part);

/* Would @gpa be RAM in a guest with @size bytes of it? */
bool mem_covers(uint64_t size, uint64_t gpa);

/* Once, while files may be opened, to let mem_used() know more. */
void mem_init(void);

/*
 * Pages that nobody ever touched are zero, and to read them would cost a page
 * fault each: from @gpa, a page in RAM, the first one in its region that may
 * be something else, or the region's end.  *@end: where the next that need not
 * be looked at may begin.
 */
uint64_t mem_used(const struct mem *mem, uint64_t gpa, uint64_t *end);

/* All of it. */
uint64_t mem_size(const struct mem *mem);

/* First address past the RAM below MEM_HOLE. */
static inline uint64_t mem_low_end(const struct mem *mem)
{
	return mem->region[0].size;
}

#endif /* MEM_H */
