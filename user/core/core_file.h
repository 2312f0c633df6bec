/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A core to read: of panicvm, of QEMU's dump-guest-memory without paging, or
 * any ELF64 vmcore of x86-64.  It may have been made to deceive: every field
 * is checked.
 */
#ifndef CORE_FILE_H
#define CORE_FILE_H

#include "guest/paging.h"
#include "guest/reader.h"
#include "guest/vmcoreinfo.h"

#define CORE_FILE_MAX_VCPUS	64

/* Pages of the file that have been read; a structure is read bit by bit. */
#define CORE_FILE_PAGES		64

struct core_page {
	uint64_t at;		/* in the file */
	uint64_t len;		/* 0: there is none in here yet */
	uint8_t bytes[PAGE_SIZE];
};

struct core_file {
	int fd;
	uint64_t size;
	struct guest_reader reader;
	uint64_t offset[GUEST_MAX_RANGES];	/* of reader.range[] */
	struct paging vcpus[CORE_FILE_MAX_VCPUS];	/* of the QEMU notes */
	unsigned int nr_vcpus;
	bool has_notes;
	bool has_info;			/* of these, a VMCOREINFO note */
	struct vmcoreinfo info;
	uint64_t left;			/* for one step; to be filled up */
	struct core_page *pages;	/* to the next: readers are const */
	struct core_page page[CORE_FILE_PAGES];
};

/*
 * NULL, or what is wrong with the file, to follow its name.  @core must not
 * be moved after.
 */
const char *core_file_open(struct core_file *core, const char *path);
void core_file_close(struct core_file *core);

#endif /* CORE_FILE_H */
