/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a Linux kernel writes down about itself for readers of its memory: lines
 * of KEY=VALUE in an ELF note at the begin of a page.  Old ones may lie about,
 * and any program in the guest can forge one.
 */
#ifndef VMCOREINFO_H
#define VMCOREINFO_H

#include "guest/reader.h"

/* Linux gives it a page. */
#define VMCOREINFO_MAX	PAGE_SIZE

#define VMCOREINFO_NAME	"VMCOREINFO"

struct vmcoreinfo {
	size_t len;
	char text[VMCOREINFO_MAX + 1];	/* with a NUL, and none before */
};

/* The note at @gpa, if that is one. */
bool vmcoreinfo_read(const struct guest_reader *reader, uint64_t gpa,
		     struct vmcoreinfo *info);

/* The next note, at *@gpa; false: there are no more. */
bool vmcoreinfo_next(const struct guest_reader *reader,
		     struct guest_scan *scan,
		     struct vmcoreinfo *info, uint64_t *gpa);

/* The text of a note as it stands in a core: false if it is none. */
bool vmcoreinfo_set(struct vmcoreinfo *info, const void *text, size_t len);

/* The value of e.g. "SYMBOL(prb)", without its base: in hex, as for those. */
bool vmcoreinfo_hex(const struct vmcoreinfo *info, const char *key,
		    uint64_t *value);

/* The value of e.g. "NUMBER(phys_base)", decimal and maybe negative. */
bool vmcoreinfo_decimal(const struct vmcoreinfo *info, const char *key,
			uint64_t *value);

/* The value of e.g. "OSRELEASE", at *@text; its length, 0 if there is none. */
size_t vmcoreinfo_text(const struct vmcoreinfo *info, const char *key,
		       const char **text);

#endif /* VMCOREINFO_H */
