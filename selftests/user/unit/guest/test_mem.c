// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include <sys/mman.h>

#include "guest/mem.h"
#include "tap.h"

#define HIGH	(MEM_HIGH + MIB)

static void test_bounds(const struct mem *mem)
{
	claim(mem_at(mem, 0, 1) && mem_at(mem, MEM_HOLE - 1, 1),
	      "mem: the first and the last byte below the hole are RAM");
	claim(!mem_at(mem, MEM_HOLE, 1) && !mem_at(mem, MEM_HIGH - 1, 1),
	      "mem: the hole is not");
	claim(mem_at(mem, MEM_HIGH, MIB) && !mem_at(mem, MEM_HIGH, MIB + 1),
	      "mem: RAM above the hole ends where it should");
	claim(!mem_at(mem, MEM_HOLE - 1, 2), "mem: nothing reaches into the hole");
	claim(!mem_at(mem, MEM_HOLE - 1, UINT64_MAX),
	      "mem: a size that wraps is refused");
	claim(!mem_at(mem, UINT64_MAX, 1) && !mem_at(mem, HIGH, 1),
	      "mem: an address past the end is refused");
	claim_number(mem_room(mem, MEM_HOLE - 5), 5, "mem: room to the hole");
	claim_number(mem_room(mem, HIGH - 1), 1, "mem: room to the end");
	claim_number(mem_room(mem, HIGH), 0, "mem: no room past the end");
}

static bool is_part(const struct mem *mem, uint64_t gpa, uint64_t size,
		    uint64_t from, uint64_t to)
{
	struct mem part;

	return mem_part(mem, gpa, size, &part) && part.nr == 1 &&
	       part.region[0].gpa == from && part.region[0].size == to - from &&
	       part.region[0].host == mem_at(mem, from, 1);
}

static void test_part(const struct mem *mem)
{
	struct mem part;

	claim(is_part(mem, 0, 1, 0, PAGE_SIZE) &&
	      is_part(mem, PAGE_SIZE - 1, 2, 0, 2 * PAGE_SIZE) &&
	      is_part(mem, MEM_HOLE - 1, 1, MEM_HOLE - PAGE_SIZE, MEM_HOLE) &&
	      is_part(mem, HIGH - 1, 1, HIGH - PAGE_SIZE, HIGH) &&
	      is_part(mem, MEM_HIGH, MIB, MEM_HIGH, HIGH),
	      "mem: a part has whole pages");
	claim(!mem_part(mem, 0, 0, &part) &&
	      !mem_part(mem, MEM_HOLE - 1, 2, &part) &&
	      !mem_part(mem, MEM_HOLE, 1, &part) &&
	      !mem_part(mem, 1, UINT64_MAX, &part) &&
	      !mem_part(mem, UINT64_MAX, 1, &part),
	      "mem: and nothing but RAM, in one region");
}

/* The same bounds, of RAM that is not there yet. */
static void test_covers(void)
{
	const uint64_t size = MEM_HOLE + MIB;

	claim(mem_covers(size, 0) && mem_covers(size, MEM_HOLE - 1),
	      "mem: RAM that is to be covers what is below the hole");
	claim(!mem_covers(size, MEM_HOLE) && !mem_covers(size, MEM_HIGH - 1),
	      "mem: not the hole");
	claim(mem_covers(size, MEM_HIGH) && mem_covers(size, HIGH - 1) &&
	      !mem_covers(size, HIGH), "mem: and the rest above it");
	claim(mem_covers(MIB, MIB - 1) && !mem_covers(MIB, MIB) &&
	      !mem_covers(MIB, MEM_HIGH), "mem: 1M covers 1M");
}

/* Where the next page that was touched is found from @gpa, and its run's end. */
static bool finds(const struct mem *mem, uint64_t gpa, uint64_t from,
		  uint64_t to)
{
	uint64_t end;

	return mem_used(mem, gpa, &end) == from && end == to;
}

static void test_used(struct mem *mem)
{
	const uint64_t last = HIGH - PAGE_SIZE;
	uint64_t end;

	mem_init();
	/* A huge page would be touched as a whole. */
	madvise(mem->region[0].host, mem->region[0].size, MADV_NOHUGEPAGE);
	*(uint8_t *)mem_at(mem, 5 * PAGE_SIZE, 1) = 1;
	*(uint8_t *)mem_at(mem, 6 * PAGE_SIZE, 1) = 1;
	*(uint8_t *)mem_at(mem, 5 * MIB, 1) = 1;
	*(uint8_t *)mem_at(mem, last, 1) = 1;
	claim(finds(mem, 0, 5 * PAGE_SIZE, 7 * PAGE_SIZE),
	      "mem: two pages that were touched are found");
	claim(finds(mem, 6 * PAGE_SIZE, 6 * PAGE_SIZE, 7 * PAGE_SIZE),
	      "mem: also from the second");
	claim(finds(mem, 7 * PAGE_SIZE, 5 * MIB, 5 * MIB + PAGE_SIZE),
	      "mem: so is one far behind them");
	claim_number(mem_used(mem, 6 * MIB, &end), MEM_HOLE,
		     "mem: and then none in that region");
	claim(mem_used(mem, MEM_HIGH, &end) == last && end == HIGH,
	      "mem: but one in the other");
	claim_number(mem_used(mem, HIGH, &end), HIGH,
		     "mem: nothing is past its end");
}

void test_mem(void)
{
	struct mem mem;

	claim(!mem_alloc(&mem, MEM_HOLE + MIB), "mem: 3073M can be had");
	claim_number(mem.nr, 2, "mem: they are two regions");
	test_bounds(&mem);
	test_part(&mem);
	test_used(&mem);
	mem_free(&mem);

	claim(!mem_alloc(&mem, MIB) && mem.nr == 1, "mem: 1M is one region");
	claim(!mem_at(&mem, MIB, 1), "mem: which ends there");
	mem_free(&mem);
	test_covers();
}
