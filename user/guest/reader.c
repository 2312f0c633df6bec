// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "guest/reader.h"

static bool read_mem(const struct guest_reader *reader, uint64_t gpa, void *to,
		     size_t len)
{
	const void *from = mem_at(reader->source, gpa, len);

	if (!from)
		return false;
	memcpy(to, from, len);
	return true;
}

static uint64_t used_mem(const struct guest_reader *reader, uint64_t gpa,
			 uint64_t *end)
{
	return mem_used(reader->source, gpa, end);
}

bool guest_read(const struct guest_reader *reader, uint64_t gpa, void *to,
		size_t len)
{
	uint64_t cost = GUEST_READ_COST + len;

	if (*reader->left < cost) {
		*reader->left = 0;
		return false;
	}
	*reader->left -= cost;
	return reader->read(reader, gpa, to, len);
}

void guest_reader_of_mem(struct guest_reader *reader, const struct mem *mem,
			 uint64_t *left)
{
	unsigned int i;

	reader->read = read_mem;
	reader->used = used_mem;
	reader->source = mem;
	reader->left = left;
	reader->nr = mem->nr;
	for (i = 0; i < mem->nr; i++)
		reader->range[i] = (struct guest_range){
			mem->region[i].gpa, mem->region[i].size,
		};
}

/* Past what is zero for sure; false: to the end of the range. */
static bool skip_zeros(const struct guest_reader *reader,
		       const struct guest_range *range,
		       struct guest_scan *scan)
{
	if (scan->offset >= range->size)
		return false;
	if (scan->offset >= scan->used) {
		uint64_t gpa = range->gpa + scan->offset;

		scan->offset = reader->used(reader, gpa, &scan->used) -
			       range->gpa;
		scan->used -= range->gpa;
	}
	return scan->offset < range->size;
}

bool guest_scan_next(const struct guest_reader *reader, struct guest_scan *scan,
		     uint64_t *gpa)
{
	for (; scan->range < reader->nr;
	     *scan = (struct guest_scan){ .range = scan->range + 1 }) {
		const struct guest_range *range = &reader->range[scan->range];

		if (!skip_zeros(reader, range, scan))
			continue;
		*gpa = range->gpa + scan->offset;
		scan->offset += PAGE_SIZE;
		return true;
	}
	return false;
}
