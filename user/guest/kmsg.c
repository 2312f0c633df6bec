// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest names the page that it hands over, so it can be anything.  What of
 * the page is RAM is read, and no more than a page: a guest that says too much
 * has still said something.
 */
#include <string.h>
#include <time.h>

#include "guest/kmsg.h"
#include "guest/printk.h"

/*
 * To search all RAM takes milliseconds, and a guest can report as fast as it
 * likes: searches get one part in so many of the time.
 */
#define SEARCH_SHARE	10

const char *kmsg_source_name(enum kmsg_source source)
{
	static const char *const names[] = {
		[KMSG_NOTIFY_MSG] = "notify-msg",
		[KMSG_PRINTK_RING] = "printk-ring",
	};

	return names[source];
}

static uint64_t page_bytes(const struct mem *mem, const struct kmsg_page *page)
{
	uint64_t room = mem_room(mem, page->gpa);
	uint64_t len = page->bytes;

	if (len > KMSG_PAGE)
		len = KMSG_PAGE;
	return len < room ? len : room;
}

size_t kmsg_read_page(const struct mem *mem, const struct kmsg_page *page,
		      char *out)
{
	uint64_t len = page_bytes(mem, page);
	uint8_t copy[KMSG_PAGE];

	out[0] = '\0';
	if (!len)
		return 0;
	/* A copy first: devices may still write to it, and so change it. */
	memcpy(copy, mem_at(mem, page->gpa, len), len);
	return text_clean(out, copy, len);
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static bool find_kernel(struct kmsg_memory *memory,
			const struct guest_reader *reader,
			const uint64_t *cr3, unsigned int nr,
			struct guest_kernel *kernel)
{
	uint64_t start = now();
	uint64_t end;
	bool found;

	if (memory->place &&
	    guest_kernel_at(kernel, reader, memory->place, cr3, nr))
		return true;
	if (start < memory->not_before)
		return false;
	found = guest_kernel_find(kernel, reader, cr3, nr);
	end = now();
	memory->place = found ? kernel->gpa : 0;
	memory->not_before = end + (end - start) * SEARCH_SHARE;
	return found;
}

size_t kmsg_read_ring(struct kmsg_memory *memory, const struct mem *mem,
		      const struct regs *const *vcpus, unsigned int nr,
		      char *out)
{
	struct guest_kernel kernel;
	struct printk_ring ring;
	struct printk_text text;
	uint64_t cr3[MAX_VCPUS];
	char bytes[KMSG_TAIL];
	struct guest_reader reader;
	unsigned int i;

	for (i = 0; i < nr && i < MAX_VCPUS; i++)
		cr3[i] = vcpus[i]->cr3;
	out[0] = '\0';
	guest_reader_of_mem(&reader, mem);
	if (!find_kernel(memory, &reader, cr3, i, &kernel) ||
	    !printk_ring_open(&ring, &kernel))
		return 0;
	printk_text_init(&text, bytes, sizeof(bytes));
	printk_text_add_tail(&text, &ring);
	return text_clean(out, (uint8_t *)bytes + text.start,
			  sizeof(bytes) - text.start);
}

enum kmsg_source kmsg_read(struct kmsg_memory *memory, const struct mem *mem,
			   const struct kmsg_page *page,
			   const struct regs *const *vcpus, unsigned int nr,
			   char *out)
{
	if (kmsg_read_page(mem, page, out))
		return KMSG_NOTIFY_MSG;
	if (kmsg_read_ring(memory, mem, vcpus, nr, out))
		return KMSG_PRINTK_RING;
	return KMSG_NONE;
}
