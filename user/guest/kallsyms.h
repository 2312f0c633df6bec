/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's own table of its symbols, as it lies in memory: names for
 * addresses.  Linux tells since 6.0 where it is, in VMCOREINFO.
 */
#ifndef KALLSYMS_H
#define KALLSYMS_H

#include "guest/guest_kernel.h"

/*
 * The name of the function of the kernel's image in which @va is, into
 * @name[@size]; of a longer one the end is cut off.  False: there is no table,
 * it is not one, or @va is in no function of it, as those of modules are not.
 */
bool kallsyms_name(const struct guest_kernel *kernel, uint64_t va, char *name,
		   size_t size);

#endif /* KALLSYMS_H */
