/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The header of a Linux bzImage, as Documentation/arch/x86/boot.rst has it.
 * The file is hostile until bzimage_check() has passed it.
 */
#ifndef BZIMAGE_H
#define BZIMAGE_H

#include <stdint.h>
#include <asm/bootparam.h>

#define BZIMAGE_HEADER_AT	0x1f1
/* What of the file bzimage_check() wants to see, or less if it is shorter. */
#define BZIMAGE_HEAD_MAX	1024

struct bzimage {
	struct setup_header header;
	uint64_t payload_at;	/* in the file: what the 64-bit entry runs */
	uint64_t payload_size;
	uint64_t load_at;	/* where the payload goes */
	uint64_t run_end;	/* first byte that it does not need to start */
};

/*
 * NULL and @bz filled in, or what is wrong with it.  @head holds the first
 * @len bytes of a file of @size.
 */
const char *bzimage_check(const uint8_t *head, uint64_t len, uint64_t size,
			  struct bzimage *bz);

#endif /* BZIMAGE_H */
