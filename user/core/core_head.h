/* SPDX-License-Identifier: GPL-2.0-only */
/* All of a core but the RAM: ELF header, program headers, notes. */
#ifndef CORE_HEAD_H
#define CORE_HEAD_H

#include "guest/guest_kernel.h"
#include "guest/mem.h"
#include "guest/regs.h"

/* What it takes, rounded up: the RAM behind it begins at a page. */
#define CORE_HEAD_MAX	(4 * PAGE_SIZE)

struct core_head {
	size_t len;		/* a multiple of PAGE_SIZE; RAM follows */
	uint8_t bytes[CORE_HEAD_MAX];
};

/* @kernel: the guest's, or NULL if none was found. */
void core_head_build(struct core_head *head, const struct mem *mem,
		     const struct regs *const *vcpus, unsigned int nr,
		     const struct guest_kernel *kernel);

#endif /* CORE_HEAD_H */
