/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What boot.c has to know of a kernel's file.  Every number in it has been
 * checked by the reader of the file's format, bzimage.c or elf.c.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdint.h>
#include <asm/bootparam.h>

/* What of the file a checker wants to see, or less if it is shorter. */
#define KERNEL_HEAD_MAX		1024
/* More than an ELF file can list there. */
#define KERNEL_PARTS_MAX	20

#define KERNEL_BOOT_FLAG	0xaa55
#define KERNEL_MAGIC		0x53726448	/* "HdrS" */
#define KERNEL_VERSION_64BIT	0x020c

/* Bytes of the file, all of them in it, and where they go. */
struct kernel_part {
	uint64_t offset;
	uint64_t size;
	uint64_t gpa;
};

/* All parts, and the entry, lie between 1 MiB and run_end. */
struct kernel {
	struct setup_header header;
	struct kernel_part part[KERNEL_PARTS_MAX];
	unsigned int nr;
	uint64_t entry;		/* for a vCPU in 64-bit mode */
	uint64_t run_end;	/* first byte that it does not need to start */
};

#endif /* KERNEL_H */
