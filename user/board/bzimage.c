// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "board/bzimage.h"
#include "guest/mem.h"

#define SECTOR			512
#define ENTRY_64BIT		0x200

static const char *check_header(const struct setup_header *h)
{
	if (h->boot_flag != KERNEL_BOOT_FLAG || h->header != KERNEL_MAGIC)
		return "is neither a bzImage nor an ELF vmlinux; name the distribution's vmlinuz";
	if (h->version < KERNEL_VERSION_64BIT ||
	    !(h->xloadflags & XLF_KERNEL_64))
		return "has no 64-bit entry; use an x86-64 kernel, 3.8 or newer";
	if (!(h->loadflags & LOADED_HIGH))
		return "is a zImage, which loads low; build a bzImage";
	return NULL;
}

/* The addresses that the header asks for come straight from the file. */
static const char *check_place(const struct setup_header *h,
			       struct kernel *kernel)
{
	if (h->pref_address < MIB || h->pref_address > MEM_HOLE ||
	    h->pref_address % PAGE_SIZE)
		return "asks to be loaded at an address that makes no sense; it is damaged";
	if (h->init_size < kernel->part[0].size)
		return "says that it needs less memory than it has bytes; it is damaged";

	kernel->part[0].gpa = h->pref_address;
	kernel->entry = h->pref_address + ENTRY_64BIT;
	kernel->run_end = h->pref_address + h->init_size;
	return NULL;
}

/* What the 64-bit entry runs: all behind the setup sectors. */
static const char *check_size(const struct setup_header *h, uint64_t size,
			      struct kernel_part *part)
{
	/* 0 means 4, for the sake of very old kernels. */
	unsigned int sectors = h->setup_sects ? h->setup_sects : 4;

	part->offset = (sectors + 1) * SECTOR;
	/* syssize counts 16-byte paragraphs. */
	part->size = h->syssize * 16ULL;
	if (part->size <= ENTRY_64BIT)
		return "has no kernel in it; it is damaged";
	/* The last paragraph may be cut short. */
	if (size <= part->offset || size - part->offset + 15 < part->size)
		return "is truncated: it is shorter than its header says; copy it again";
	if (part->size > size - part->offset)
		part->size = size - part->offset;
	return NULL;
}

const char *bzimage_check(const uint8_t *head, uint64_t len, uint64_t size,
			  struct kernel *kernel)
{
	const struct setup_header *h = &kernel->header;
	const char *wrong;

	memset(kernel, 0, sizeof(*kernel));
	if (len < BZIMAGE_HEADER_AT + sizeof(*h))
		return "is too short to be a kernel; name the distribution's vmlinuz";
	memcpy(&kernel->header, head + BZIMAGE_HEADER_AT, sizeof(*h));
	kernel->nr = 1;

	wrong = check_header(h);
	if (!wrong)
		wrong = check_size(h, size, &kernel->part[0]);
	if (!wrong)
		wrong = check_place(h, kernel);
	return wrong;
}
