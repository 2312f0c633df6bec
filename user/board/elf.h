/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel as its linker has made it: an ELF vmlinux for x86-64.  The file is
 * hostile until elf_check() has passed it.
 */
#ifndef ELF_KERNEL_H
#define ELF_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "board/kernel.h"

/* Do the first @len bytes of a file begin as those of an ELF file do? */
bool elf_begins(const uint8_t *head, uint64_t len);

/*
 * NULL and @kernel filled in, or what is wrong with it.  @head holds the first
 * @len bytes of a file of @size that elf_begins().
 */
const char *elf_check(const uint8_t *head, uint64_t len, uint64_t size,
		      struct kernel *kernel);

#endif /* ELF_KERNEL_H */
