/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The header of a Linux bzImage, as Documentation/arch/x86/boot.rst has it.
 * The file is hostile until bzimage_check() has passed it.
 */
#ifndef BZIMAGE_H
#define BZIMAGE_H

#include <stdint.h>

#include "board/kernel.h"

#define BZIMAGE_HEADER_AT	0x1f1

/*
 * NULL and @kernel filled in, or what is wrong with it.  @head holds the first
 * @len bytes of a file of @size.
 */
const char *bzimage_check(const uint8_t *head, uint64_t len, uint64_t size,
			  struct kernel *kernel);

#endif /* BZIMAGE_H */
