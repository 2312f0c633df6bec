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
	struct guest_range range[GUEST_MAX_RANGES];	/* what there is */
	unsigned int nr;
};

/* @mem must stay. */
void guest_reader_of_mem(struct guest_reader *reader, const struct mem *mem);

static inline bool guest_read(const struct guest_reader *reader, uint64_t gpa,
			      void *to,
			      size_t len)
{
	return reader->read(reader, gpa, to, len);
}

#endif /* GUEST_READER_H */
