/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's page tables, walked as its CPU would; they may say anything. */
#ifndef PAGING_H
#define PAGING_H

#include "guest/reader.h"
#include "guest/regs.h"

struct paging {
	uint64_t root;		/* physical, of the top table; CR3 will do */
	bool five_levels;	/* or four */
};

/* Where an address is. */
struct paging_place {
	bool is_mapped;
	bool is_user;		/* programs may use it, too */
	uint64_t pa;		/* if it is mapped */
	uint64_t room;		/* bytes from there for which all this holds */
};

/* In 64-bit mode, which has tables. */
bool paging_is_on(const struct regs *regs);

/*
 * The tables that vCPUs use, into @paging[MAX_VCPUS]; returns how many do.
 */
unsigned int paging_of_vcpus(struct paging *paging,
			     const struct regs *const *vcpus, unsigned int nr);

/* Find @va; what lies in tables that are not in RAM is not mapped. */
struct paging_place paging_walk(const struct guest_reader *reader,
				const struct paging *paging, uint64_t va);

/*
 * The entry of the top table of the tables that map @va: the same in all tables
 * of one kernel, as to where it leads.  0: it leads nowhere.
 */
uint64_t paging_top(const struct guest_reader *reader,
		    const struct paging *paging, uint64_t va);

#endif /* PAGING_H */
