/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's page tables, walked as its CPU would; they may say anything. */
#ifndef PAGING_H
#define PAGING_H

#include "guest/reader.h"

struct paging {
	uint64_t root;		/* physical, of the top table; CR3 will do */
	bool five_levels;	/* or four */
};

/*
 * Where @va is: physical in *@pa, with the bytes from there to the end of its
 * page in *@room.  False: it is not mapped, or its tables are not in RAM.
 */
bool paging_walk(const struct guest_reader *reader, const struct paging *paging,
		 uint64_t va, uint64_t *pa, uint64_t *room);

#endif /* PAGING_H */
