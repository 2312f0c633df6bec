/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a crash kernel to the kernel that crashed, as /proc/vmcore goes: kexec
 * has left the header of an ELF core in memory, and its address on the command
 * line.
 */
#ifndef CRASH_KERNEL_H
#define CRASH_KERNEL_H

#include "guest/reader.h"

/*
 * By the crash kernel's command line, @len bytes, find the VMCOREINFO of the
 * kernel before it: its place in *@gpa.  False: this is no crash kernel, or
 * what it names is no such header.
 */
bool crash_kernel_find_note(const struct guest_reader *reader,
			    const char *command_line, size_t len,
			    uint64_t *gpa);

#endif /* CRASH_KERNEL_H */
