// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>

#include "mem.h"
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

void test_mem(void)
{
	struct mem mem;

	claim(!mem_alloc(&mem, MEM_HOLE + MIB), "mem: 3073M can be had");
	claim_number(mem.nr, 2, "mem: they are two regions");
	test_bounds(&mem);
	mem_free(&mem);

	claim(!mem_alloc(&mem, MIB) && mem.nr == 1, "mem: 1M is one region");
	claim(!mem_at(&mem, MIB, 1), "mem: which ends there");
	mem_free(&mem);
	test_covers();
}
