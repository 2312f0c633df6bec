/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A core to read: of panicvm, of QEMU's dump-guest-memory without paging, or
 * any ELF64 vmcore of x86-64.  It may have been made to deceive: every field
 * is checked.
 */
#ifndef CORE_FILE_H
#define CORE_FILE_H

#include "guest/reader.h"
#include "guest/vmcoreinfo.h"

#define CORE_FILE_MAX_VCPUS	64

struct core_file {
	int fd;
	uint64_t size;
	struct guest_reader reader;
	uint64_t offset[GUEST_MAX_RANGES];	/* of reader.range[] */
	uint64_t cr3[CORE_FILE_MAX_VCPUS];	/* of the QEMU notes */
	unsigned int nr_vcpus;
	bool has_notes;
	bool has_info;			/* of these, a VMCOREINFO note */
	struct vmcoreinfo info;
};

/*
 * NULL, or what is wrong with the file, to follow its name.  @core must not
 * be moved after.
 */
const char *core_file_open(struct core_file *core, const char *path);
void core_file_close(struct core_file *core);

#endif /* CORE_FILE_H */
