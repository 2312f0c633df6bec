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

void guest_reader_of_mem(struct guest_reader *reader, const struct mem *mem)
{
	unsigned int i;

	reader->read = read_mem;
	reader->used = used_mem;
	reader->source = mem;
	reader->nr = mem->nr;
	for (i = 0; i < mem->nr; i++)
		reader->range[i] = (struct guest_range){
			mem->region[i].gpa, mem->region[i].size,
		};
}
