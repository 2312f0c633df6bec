/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The Linux kernel in a guest's memory, found without the guest's help: by its
 * VMCOREINFO.  Its own addresses can be read from then on.
 */
#ifndef GUEST_KERNEL_H
#define GUEST_KERNEL_H

#include "guest/paging.h"
#include "guest/vmcoreinfo.h"

/* Where x86-64 maps the kernel's image: it can be nowhere else. */
#define GUEST_IMAGE_START	UINT64_C(0xffffffff80000000)
#define GUEST_IMAGE_MAX		GIB

struct guest_kernel {
	const struct guest_reader *reader;
	struct vmcoreinfo info;
	uint64_t gpa;		/* of the note, if it was found in memory */

	/*
	 * A vCPU runs it, and there is no other note that could be that
	 * kernel's: no program has made it up.
	 */
	bool runs;
	struct paging paging;	/* of that vCPU; else what the note names */
};

/*
 * Find it.  @vcpus: the tables that @nr vCPUs use.  Of several kernels (an old
 * one, a crash kernel, a forged one) the one is taken that a vCPU runs, if
 * there is one; and of these not one that crashed, if another runs.
 */
bool guest_kernel_find(struct guest_kernel *kernel,
		       const struct guest_reader *reader,
		       const struct paging *vcpus, unsigned int nr);

/* Is it still at @gpa, and does one of the vCPUs run it? */
bool guest_kernel_at(struct guest_kernel *kernel,
		     const struct guest_reader *reader, uint64_t gpa,
		     const struct paging *vcpus, unsigned int nr);

/* The kernel whose note is at @gpa, whoever runs it. */
bool guest_kernel_load(struct guest_kernel *kernel,
		       const struct guest_reader *reader, uint64_t gpa);

/* With the VMCOREINFO in kernel->info, which a core file brought: usable? */
bool guest_kernel_init(struct guest_kernel *kernel,
		       const struct guest_reader *reader);

/* Has it handed over to its crash kernel? */
bool guest_kernel_has_crashed(const struct guest_kernel *kernel);

/*
 * Where the kernel's image begins: its own address and the physical one; and
 * the most bytes that it can have.
 */
bool guest_kernel_image(const struct guest_kernel *kernel, uint64_t *va,
			uint64_t *pa, uint64_t *size);

/* @len bytes at the address @va of the kernel's, or false. */
bool guest_kernel_read(const struct guest_kernel *kernel, uint64_t va,
		       void *to, size_t len);

/*
 * For searches: what the kernel has mapped of [*@va, @end), up to the end of
 * its first page there, into @page.  Returns how many bytes these are, and
 * where they are in *@va; 0: there are no more.
 */
size_t guest_kernel_next(const struct guest_kernel *kernel, uint64_t *va,
			 uint64_t end, uint8_t page[PAGE_SIZE]);

#endif /* GUEST_KERNEL_H */
