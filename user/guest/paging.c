// SPDX-License-Identifier: GPL-2.0-only
#include "guest/paging.h"

#define ENTRY_PRESENT	UINT64_C(1)
#define ENTRY_USER	(UINT64_C(1) << 2)
#define ENTRY_HUGE	(UINT64_C(1) << 7)
#define ENTRY_ADDRESS	UINT64_C(0x000ffffffffff000)

#define PAGE_SHIFT	12
#define LEVEL_BITS	9

/* The levels that may map a page themselves: 4 KiB, 2 MiB and 1 GiB. */
#define HUGE_LEVELS	3

#define CR0_PG		(UINT64_C(1) << 31)
#define CR4_LA57	(UINT64_C(1) << 12)
#define EFER_LMA	(UINT64_C(1) << 10)

bool paging_is_on(const struct regs *regs)
{
	return regs->cr0 & CR0_PG && regs->efer & EFER_LMA;
}

unsigned int paging_of_vcpus(struct paging *paging,
			     const struct regs *const *vcpus, unsigned int nr)
{
	unsigned int used = 0;
	unsigned int i;

	for (i = 0; i < nr && i < MAX_VCPUS; i++)
		if (paging_is_on(vcpus[i]))
			paging[used++] = (struct paging){
				vcpus[i]->cr3, vcpus[i]->cr4 & CR4_LA57,
			};
	return used;
}

static int levels(const struct paging *paging)
{
	return paging->five_levels ? 5 : 4;
}

static int level_shift(int level)
{
	return PAGE_SHIFT + (level - 1) * LEVEL_BITS;
}

/* The entry for @va in @table; 0 if there is none. */
static uint64_t read_entry(const struct guest_reader *reader, uint64_t table,
			   int level, uint64_t va)
{
	uint64_t index = va >> level_shift(level) & ((1 << LEVEL_BITS) - 1);
	uint64_t entry;

	if (!guest_read(reader, (table & ENTRY_ADDRESS) + index * sizeof(entry),
			&entry, sizeof(entry)) || !(entry & ENTRY_PRESENT))
		return 0;
	return entry;
}

struct paging_place paging_walk(const struct guest_reader *reader,
				const struct paging *paging, uint64_t va)
{
	struct paging_place place = { .is_user = true };
	uint64_t entry = paging->root;
	int level = levels(paging);
	uint64_t size;

	do {
		entry = read_entry(reader, entry, level, va);
		place.is_user = place.is_user && (entry & ENTRY_USER);
		size = UINT64_C(1) << level_shift(level);
	} while (entry && --level &&
		 !((entry & ENTRY_HUGE) && level < HUGE_LEVELS));

	place.is_mapped = entry;
	place.pa = (entry & ENTRY_ADDRESS & ~(size - 1)) | (va & (size - 1));
	place.room = size - (va & (size - 1));
	return place;
}

uint64_t paging_top(const struct guest_reader *reader,
		    const struct paging *paging, uint64_t va)
{
	return read_entry(reader, paging->root, levels(paging), va) &
	       ENTRY_ADDRESS;
}
