/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The Linux kernel in a guest's memory, found without the guest's help: by its
 * VMCOREINFO.  Its own addresses can be read from then on.
 */
#ifndef GUEST_KERNEL_H
#define GUEST_KERNEL_H

#include "guest/paging.h"
#include "guest/vmcoreinfo.h"

struct guest_kernel {
	const struct guest_reader *reader;
	struct vmcoreinfo info;
	struct paging paging;	/* the kernel's own page tables */
	uint64_t gpa;		/* of the note, if it was found in memory */
};

/*
 * Find it.  @cr3: of the vCPUs; of several kernels (an old one, a crash kernel,
 * a forged one) the one is taken that one of these runs, else the first.
 */
bool guest_kernel_find(struct guest_kernel *kernel,
		       const struct guest_reader *reader,
		       const uint64_t *cr3, unsigned int nr);

/* Is it at @gpa, and does one of the vCPUs run it? */
bool guest_kernel_at(struct guest_kernel *kernel,
		     const struct guest_reader *reader,
		     uint64_t gpa, const uint64_t *cr3, unsigned int nr);

/* With the VMCOREINFO in kernel->info, which a core file brought: usable? */
bool guest_kernel_init(struct guest_kernel *kernel,
		       const struct guest_reader *reader);

/*
 * Where the kernel's image begins: its own address and the physical one; and
 * the most bytes that it can have.
 */
bool guest_kernel_image(const struct guest_kernel *kernel, uint64_t *va,
			uint64_t *pa, uint64_t *size);

/* @len bytes at the address @va of the kernel's, or false. */
bool guest_kernel_read(const struct guest_kernel *kernel, uint64_t va,
		       void *to, size_t len);

#endif /* GUEST_KERNEL_H */
