/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Room guest/: readers of a guest's memory.  In: physical memory, of a live
 * guest or of a core file, in which everything may be forged.  Out: the kernel,
 * its log, text.  Each length and address is checked here, and nothing outside
 * of the guest's RAM is ever read.  No reader may write, allocate, or take a
 * guest's word for how long to go on; all of them are fuzzed.
 *
 * The guest reader itself: physical memory, of a live guest or of a core file.
 * The other readers do not need to know which of the two it is.
 */
#ifndef GUEST_READER_H
#define GUEST_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/mem.h"

#define GUEST_MAX_RANGES	64

/*
 * What a read costs beside its bytes, about: as much as to copy so many.  A
 * reader is given a sum that its reads may cost.  When that is spent, every
 * read fails, and so whatever structure was being followed ends there: no
 * forged one takes longer, whichever way it was forged.
 */
#define GUEST_READ_COST	64

/*
 * Such a sum, in bytes, for one step of a reader, as to find a kernel or to
 * look through its log: enough for 100,000 records, and a fraction of a
 * second.
 */
#define GUEST_STEP_COST	(128 * MIB)

struct guest_range {
	uint64_t gpa;
	uint64_t size;
};

struct guest_reader {
	/* All of [@gpa, @gpa + @len), or false. */
	bool (*read)(const struct guest_reader *reader, uint64_t gpa, void *to,
		     size_t len);
	/*
	 * From @gpa, in a range, the first page there that may not be zero, or
	 * the range's end; *@end: such pages go on until there at least.
	 */
	uint64_t (*used)(const struct guest_reader *reader, uint64_t gpa,
			 uint64_t *end);
	const void *source;		/* for these two */
	uint64_t *left;			/* of what reads may cost */
	struct guest_range range[GUEST_MAX_RANGES];	/* what there is */
	unsigned int nr;
};

/* @mem and @left must stay. */
void guest_reader_of_mem(struct guest_reader *reader, const struct mem *mem,
			 uint64_t *left);

/* All of [@gpa, @gpa + @len), or false; for all readers of structures. */
bool guest_read(const struct guest_reader *reader, uint64_t gpa, void *to,
		size_t len);

/* A place in memory, for guest_scan_next(); all zero at first. */
struct guest_scan {
	unsigned int range;
	uint64_t offset;	/* in that */
	uint64_t used;		/* until there, pages may not be zero */
};

/* The next page that may not be zero, at *@gpa; false: there are no more. */
bool guest_scan_next(const struct guest_reader *reader, struct guest_scan *scan,
		     uint64_t *gpa);

#endif /* GUEST_READER_H */
