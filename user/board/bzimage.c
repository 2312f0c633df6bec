// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "board/bzimage.h"
#include "guest/mem.h"

#define SECTOR			512
#define BOOT_FLAG		0xaa55
#define HEADER_MAGIC		0x53726448	/* "HdrS" */
#define VERSION_64BIT		0x020c
#define ENTRY_64BIT		0x200

static const char *check_header(const struct setup_header *h)
{
	if (h->boot_flag != BOOT_FLAG || h->header != HEADER_MAGIC)
		return "is not a bzImage; name the distribution's vmlinuz, not an ELF vmlinux";
	if (h->version < VERSION_64BIT || !(h->xloadflags & XLF_KERNEL_64))
		return "has no 64-bit entry; use an x86-64 kernel, 3.8 or newer";
	if (!(h->loadflags & LOADED_HIGH))
		return "is a zImage, which loads low; build a bzImage";
	return NULL;
}

/* The addresses that the header asks for come straight from the file. */
static const char *check_place(const struct setup_header *h, struct bzimage *bz)
{
	if (h->pref_address < MIB || h->pref_address > MEM_HOLE ||
	    h->pref_address % PAGE_SIZE)
		return "asks to be loaded at an address that makes no sense; it is damaged";
	if (h->init_size < bz->payload_size)
		return "says that it needs less memory than it has bytes; it is damaged";

	bz->load_at = h->pref_address;
	bz->run_end = h->pref_address + h->init_size;
	return NULL;
}

static const char *check_size(const struct setup_header *h, uint64_t size,
			      struct bzimage *bz)
{
	/* 0 means 4, for the sake of very old kernels. */
	unsigned int sectors = h->setup_sects ? h->setup_sects : 4;

	bz->payload_at = (sectors + 1) * SECTOR;
	/* syssize counts 16-byte paragraphs. */
	bz->payload_size = h->syssize * 16ULL;
	if (bz->payload_size <= ENTRY_64BIT)
		return "has no kernel in it; it is damaged";
	/* The last paragraph may be cut short. */
	if (size <= bz->payload_at ||
	    size - bz->payload_at + 15 < bz->payload_size)
		return "is truncated: it is shorter than its header says; copy it again";
	if (bz->payload_size > size - bz->payload_at)
		bz->payload_size = size - bz->payload_at;
	return NULL;
}

const char *bzimage_check(const uint8_t *head, uint64_t len, uint64_t size,
			  struct bzimage *bz)
{
	const char *wrong;

	memset(bz, 0, sizeof(*bz));
	if (len < BZIMAGE_HEADER_AT + sizeof(bz->header))
		return "is too short to be a bzImage; name the distribution's vmlinuz";
	memcpy(&bz->header, head + BZIMAGE_HEADER_AT, sizeof(bz->header));

	wrong = check_header(&bz->header);
	if (!wrong)
		wrong = check_size(&bz->header, size, bz);
	if (!wrong)
		wrong = check_place(&bz->header, bz);
	return wrong;
}
