// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a note to an address: the kernel's image is mapped at a fixed distance
 * from where it lies in memory, phys_base, and that holds its page tables,
 * which map the rest.  KASLR moves all of it; the note says the moved values.
 */
#include "guest/guest_kernel.h"

/* Where x86-64 maps its image: what lies below cannot be part of it. */
#define IMAGE_START	UINT64_C(0xffffffff80000000)
#define IMAGE_MAX	GIB

/* So many notes are looked at: a guest can fill its memory with them. */
#define MAX_CANDIDATES	1024

/* For what lies in the image. */
static bool image_address(const struct vmcoreinfo *info, const char *key,
			  uint64_t *va, uint64_t *pa)
{
	uint64_t phys_base;

	if (!vmcoreinfo_hex(info, key, va) || *va < IMAGE_START ||
	    !vmcoreinfo_decimal(info, "NUMBER(phys_base)", &phys_base))
		return false;
	*pa = *va - IMAGE_START + phys_base;
	return true;
}

static bool maps(const struct guest_kernel *kernel, uint64_t root, uint64_t va,
		 uint64_t wanted)
{
	const struct paging paging = { root, kernel->paging.five_levels };
	uint64_t pa, room;

	return paging_walk(kernel->reader, &paging, va, &pa, &room) &&
	       pa == wanted;
}

bool guest_kernel_init(struct guest_kernel *kernel,
		       const struct guest_reader *reader)
{
	uint64_t levels = 0;
	uint64_t va, pa;

	kernel->reader = reader;
	vmcoreinfo_decimal(&kernel->info, "NUMBER(pgtable_l5_enabled)",
			   &levels);
	kernel->paging.five_levels = levels == 1;
	return image_address(&kernel->info, "SYMBOL(swapper_pg_dir)", &va,
			     &kernel->paging.root) &&
	       image_address(&kernel->info, "SYMBOL(prb)", &va, &pa) &&
	       maps(kernel, kernel->paging.root, va, pa);
}

/* Do the page tables of a vCPU map this kernel's image to where it lies? */
static bool runs(const struct guest_kernel *kernel, const uint64_t *cr3,
		 unsigned int nr)
{
	uint64_t va, pa;
	unsigned int i;

	if (!image_address(&kernel->info, "SYMBOL(prb)", &va, &pa))
		return false;
	for (i = 0; i < nr; i++)
		if (maps(kernel, cr3[i], va, pa))
			return true;
	return false;
}

static bool load(struct guest_kernel *kernel, const struct guest_reader *reader,
		 uint64_t gpa)
{
	kernel->gpa = gpa;
	return vmcoreinfo_read(reader, gpa, &kernel->info) &&
	       guest_kernel_init(kernel, reader);
}

bool guest_kernel_at(struct guest_kernel *kernel,
		     const struct guest_reader *reader,
		     uint64_t gpa, const uint64_t *cr3, unsigned int nr)
{
	return load(kernel, reader, gpa) && runs(kernel, cr3, nr);
}

bool guest_kernel_find(struct guest_kernel *kernel,
		       const struct guest_reader *reader,
		       const uint64_t *cr3, unsigned int nr)
{
	struct vmcoreinfo_scan scan = { 0 };
	uint64_t first = 0;
	unsigned int seen;

	for (seen = 0; seen < MAX_CANDIDATES &&
	     vmcoreinfo_next(reader, &scan, &kernel->info, &kernel->gpa);
	     seen++) {
		if (!guest_kernel_init(kernel, reader))
			continue;
		if (runs(kernel, cr3, nr))
			return true;
		/* No kernel has it at 0: boot code and BIOS use that page. */
		if (!first)
			first = kernel->gpa;
	}
	return first && load(kernel, reader, first);
}

bool guest_kernel_image(const struct guest_kernel *kernel, uint64_t *va,
			uint64_t *pa, uint64_t *size)
{
	if (!image_address(&kernel->info, "SYMBOL(_stext)", va, pa) ||
	    *va - IMAGE_START >= IMAGE_MAX)
		return false;
	*size = IMAGE_MAX - (*va - IMAGE_START);
	return true;
}

bool guest_kernel_read(const struct guest_kernel *kernel, uint64_t va,
		       void *to, size_t len)
{
	uint8_t *at = to;

	while (len) {
		uint64_t pa, room;

		if (!paging_walk(kernel->reader, &kernel->paging, va, &pa,
				 &room))
			return false;
		if (room > len)
			room = len;
		if (!guest_read(kernel->reader, pa, at, room))
			return false;
		at += room;
		va += room;
		len -= room;
	}
	return true;
}
