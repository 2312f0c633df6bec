// SPDX-License-Identifier: GPL-2.0-only
#include "guest/paging.h"

#define ENTRY_PRESENT	UINT64_C(1)
#define ENTRY_HUGE	(UINT64_C(1) << 7)
#define ENTRY_ADDRESS	UINT64_C(0x000ffffffffff000)

#define PAGE_SHIFT	12
#define LEVEL_BITS	9

/* The levels that may map a page themselves: 4 KiB, 2 MiB and 1 GiB. */
#define HUGE_LEVELS	3

bool paging_walk(const struct guest_reader *reader, const struct paging *paging,
		 uint64_t va, uint64_t *pa, uint64_t *room)
{
	uint64_t entry = paging->root;
	int level = paging->five_levels ? 5 : 4;
	uint64_t size, index;
	int shift;

	do {
		shift = PAGE_SHIFT + (level - 1) * LEVEL_BITS;
		index = va >> shift & ((1 << LEVEL_BITS) - 1);
		if (!guest_read(reader, (entry & ENTRY_ADDRESS) +
				index * sizeof(entry), &entry, sizeof(entry)) ||
		    !(entry & ENTRY_PRESENT))
			return false;
	} while (--level &&
		 !((entry & ENTRY_HUGE) && level < HUGE_LEVELS));

	size = UINT64_C(1) << shift;
	*pa = (entry & ENTRY_ADDRESS & ~(size - 1)) | (va & (size - 1));
	*room = size - (va & (size - 1));
	return true;
}
