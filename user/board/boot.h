/* SPDX-License-Identifier: GPL-2.0-only */
/* Puts the images into guest memory; says where the first vCPU starts. */
#ifndef BOOT_H
#define BOOT_H

#include <stdbool.h>
#include <stdint.h>

#include "board/image.h"
#include "guest/mem.h"
#include "kvm/vcpu.h"

/* What the command line names. */
struct boot {
	const char *kernel;	/* a bzImage or vmlinux; or this: */
	const char *flat;
	const char *initrd;	/* or NULL */
	const char *append;
};

/* The same, open for as many boots as there are. */
struct images {
	const struct boot *boot;
	struct image kernel;	/* or the flat binary */
	struct image initrd;	/* if there is one */
};

/* Does not return when an image cannot be opened. */
void boot_open(struct images *images, const struct boot *boot);

/*
 * 0 and *@entry; or a status, as log_fail() returns it, when an image is bad or
 * does not fit.  At each boot: a file may have changed since the last one.
 */
enum status boot_load(const struct images *images, const struct mem *mem,
		      uint64_t rsdp, struct entry *entry);

#endif /* BOOT_H */
