// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a note to an address: the kernel's image is mapped at a fixed distance
 * from where it lies in memory, phys_base, and that holds its page tables,
 * which map the rest.  KASLR moves all of it; the note says the moved values.
 *
 * Any program can write a note, and a ring and page tables that go with it,
 * into its own memory.  What it cannot do is to map them: so a kernel counts
 * as one that runs only if the tables of a vCPU, as its registers name them,
 * map what the note names to where it says, for the kernel alone, and lead to
 * the same tables as those that the note names.  Memory that Linux had for its
 * start and has given away since may still be mapped as part of its image, and
 * a program may have got it.  So notes of which not all can be true are all in
 * doubt.
 */
#include <string.h>

#include "guest/guest_kernel.h"

/* So many notes are looked at: a guest can fill its memory with them. */
#define MAX_CANDIDATES	1024

/* For what lies in the image. */
static bool image_address(const struct vmcoreinfo *info, const char *key,
			  uint64_t *va, uint64_t *pa)
{
	uint64_t phys_base;

	if (!vmcoreinfo_hex(info, key, va) || *va < GUEST_IMAGE_START ||
	    !vmcoreinfo_decimal(info, "NUMBER(phys_base)", &phys_base))
		return false;
	*pa = *va - GUEST_IMAGE_START + phys_base;
	return true;
}

/* Do these tables map the symbol to where the note says, for none but Linux? */
static bool maps(const struct guest_kernel *kernel, const struct paging *paging,
		 const char *key)
{
	struct paging_place place;
	uint64_t va, pa;

	if (!image_address(&kernel->info, key, &va, &pa))
		return false;
	place = paging_walk(kernel->reader, paging, va);
	return place.is_mapped && !place.is_user && place.pa == pa;
}

bool guest_kernel_init(struct guest_kernel *kernel,
		       const struct guest_reader *reader)
{
	uint64_t levels = 0;
	uint64_t va;

	kernel->reader = reader;
	kernel->runs = false;
	vmcoreinfo_decimal(&kernel->info, "NUMBER(pgtable_l5_enabled)",
			   &levels);
	kernel->paging.five_levels = levels == 1;
	return image_address(&kernel->info, "SYMBOL(swapper_pg_dir)", &va,
			     &kernel->paging.root) &&
	       maps(kernel, &kernel->paging, "SYMBOL(prb)");
}

/* Do the page tables of a vCPU say that it runs this? */
static bool runs(const struct guest_kernel *kernel, const struct paging *vcpu)
{
	const struct paging own = { kernel->paging.root, vcpu->five_levels };
	uint64_t top = paging_top(kernel->reader, vcpu, GUEST_IMAGE_START);

	return top &&
	       top == paging_top(kernel->reader, &own, GUEST_IMAGE_START) &&
	       maps(kernel, vcpu, "SYMBOL(prb)") &&
	       maps(kernel, vcpu, "SYMBOL(swapper_pg_dir)") &&
	       maps(kernel, vcpu, "SYMBOL(_stext)");
}

/* A bit for each vCPU that runs it; the first of them lends its tables. */
static uint64_t find_vcpus(struct guest_kernel *kernel,
			   const struct paging *vcpus, unsigned int nr)
{
	uint64_t found = 0;
	unsigned int i;

	for (i = 0; i < nr && i < 64; i++)
		if (runs(kernel, &vcpus[i]))
			found |= UINT64_C(1) << i;
	if (found)
		kernel->paging = vcpus[__builtin_ctzll(found)];
	kernel->runs = found;
	return found;
}

bool guest_kernel_load(struct guest_kernel *kernel,
		       const struct guest_reader *reader, uint64_t gpa)
{
	kernel->gpa = gpa;
	return vmcoreinfo_read(reader, gpa, &kernel->info) &&
	       guest_kernel_init(kernel, reader);
}

bool guest_kernel_at(struct guest_kernel *kernel,
		     const struct guest_reader *reader, uint64_t gpa,
		     const struct paging *vcpus, unsigned int nr)
{
	return guest_kernel_load(kernel, reader, gpa) &&
	       find_vcpus(kernel, vcpus, nr);
}

bool guest_kernel_has_crashed(const struct guest_kernel *kernel)
{
	uint64_t time;

	return vmcoreinfo_decimal(&kernel->info, "CRASHTIME", &time);
}

/* What a search has found so far. */
struct found {
	struct guest_kernel kernel;	/* that a vCPU runs */
	uint64_t vcpus;			/* that run any */
	bool in_doubt;
	uint64_t other;			/* the first that none runs, or 0 */
};

static bool same_text(const struct vmcoreinfo *a, const struct vmcoreinfo *b)
{
	return a->len == b->len && !memcmp(a->text, b->text, a->len);
}

/*
 * A kernel that crashed and its crash kernel may both run, each on vCPUs of its
 * own; no others may.
 */
static bool contradicts(const struct found *found,
			const struct guest_kernel *kernel, uint64_t by)
{
	return !same_text(&kernel->info, &found->kernel.info) &&
	       ((by & found->vcpus) ||
		guest_kernel_has_crashed(kernel) ==
		guest_kernel_has_crashed(&found->kernel));
}

static void consider(struct found *found, struct guest_kernel *kernel,
		     const struct paging *vcpus, unsigned int nr)
{
	uint64_t by = find_vcpus(kernel, vcpus, nr);

	if (!by) {
		/* No kernel has it at 0: boot code and BIOS use that page. */
		if (!found->other)
			found->other = kernel->gpa;
		return;
	}
	if (found->vcpus && contradicts(found, kernel, by))
		found->in_doubt = true;
	/* The crash kernel leads to the other one. */
	if (!found->vcpus || (guest_kernel_has_crashed(&found->kernel) &&
			      !guest_kernel_has_crashed(kernel)))
		found->kernel = *kernel;
	found->vcpus |= by;
}

bool guest_kernel_find(struct guest_kernel *kernel,
		       const struct guest_reader *reader,
		       const struct paging *vcpus, unsigned int nr)
{
	struct guest_scan scan = { 0 };
	struct found found = { .vcpus = 0 };
	unsigned int seen = 0;

	while (seen < MAX_CANDIDATES &&
	       vmcoreinfo_next(reader, &scan, &kernel->info, &kernel->gpa)) {
		seen++;
		if (guest_kernel_init(kernel, reader))
			consider(&found, kernel, vcpus, nr);
	}
	if (!found.vcpus)
		return found.other &&
		       guest_kernel_load(kernel, reader, found.other);
	*kernel = found.kernel;
	/* Who knows what has not been looked at? */
	kernel->runs = !found.in_doubt && seen < MAX_CANDIDATES &&
		       *reader->left;
	return true;
}

bool guest_kernel_image(const struct guest_kernel *kernel, uint64_t *va,
			uint64_t *pa, uint64_t *size)
{
	if (!image_address(&kernel->info, "SYMBOL(_stext)", va, pa) ||
	    *va - GUEST_IMAGE_START >= GUEST_IMAGE_MAX)
		return false;
	*size = GUEST_IMAGE_MAX - (*va - GUEST_IMAGE_START);
	return true;
}

bool guest_kernel_read(const struct guest_kernel *kernel, uint64_t va,
		       void *to, size_t len)
{
	uint8_t *at = to;

	while (len) {
		struct paging_place place = paging_walk(kernel->reader,
							&kernel->paging, va);
		size_t part = place.room < len ? place.room : len;

		if (!place.is_mapped ||
		    !guest_read(kernel->reader, place.pa, at, part))
			return false;
		at += part;
		va += part;
		len -= part;
	}
	return true;
}

size_t guest_kernel_next(const struct guest_kernel *kernel, uint64_t *va,
			 uint64_t end, uint8_t page[PAGE_SIZE])
{
	while (*va < end && *kernel->reader->left) {
		struct paging_place place = paging_walk(kernel->reader,
							&kernel->paging, *va);
		uint64_t len = PAGE_SIZE - *va % PAGE_SIZE;

		if (len > end - *va)
			len = end - *va;
		if (!place.is_mapped) {
			if (place.room >= end - *va)
				break;
			*va += place.room;
			continue;
		}
		if (guest_read(kernel->reader, place.pa, page, len))
			return len;
		*va += len;
	}
	return 0;
}
