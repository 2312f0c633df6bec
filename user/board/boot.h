/* SPDX-License-Identifier: GPL-2.0-only */
/* Puts the images into guest memory; says where the first vCPU starts. */
#ifndef BOOT_H
#define BOOT_H

#include <stdbool.h>
#include <stdint.h>

#include "board/image.h"
#include "guest/mem.h"
#include "vmm/conf.h"

/*
 * The state of vCPU 0 at its first instruction.  The others wait for INIT and
 * SIPI, for Linux and for flat binaries alike, as they do in hardware.
 */
struct entry {
	bool long_mode;		/* or real mode with all segments at 0 */
	uint64_t rip;
	uint64_t rsp;
	uint64_t rsi;
	uint64_t cr3;
	uint64_t gdt;
	uint16_t gdt_limit;
};

#define BOOT_CS		0x10
#define BOOT_DS		0x18

/* What the command line names, open for as many boots as there are. */
struct images {
	struct image kernel;	/* or the flat binary */
	struct image initrd;	/* if conf->initrd */
};

/* Neither returns when an image is bad or does not fit. */
void boot_open(struct images *images, const struct conf *conf);
struct entry boot_load(const struct conf *conf, const struct images *images,
		       const struct mem *mem, uint64_t rsdp);

#endif /* BOOT_H */
