/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's last words, out of its memory. */
#ifndef KMSG_H
#define KMSG_H

#include "base/text.h"
#include "guest/mem.h"
#include "guest/regs.h"

/* What is taken of a page that a guest hands over. */
#define KMSG_PAGE	4096

/*
 * What is taken of a kernel's log: its newest lines, as many as fit whole.  A
 * panic of Linux with its call traces is 2 to 6 KiB.
 */
#define KMSG_TAIL	8192

/* Room for either, cleaned. */
#define KMSG_MAX	TEXT_CLEAN_MAX(KMSG_TAIL)

enum kmsg_source {
	KMSG_NONE,
	KMSG_NOTIFY_MSG,
	KMSG_PRINTK_RING,
};

/* As the report calls it: NULL for none. */
const char *kmsg_source_name(enum kmsg_source source);

/*
 * What one VM's readings tell the next; all zero at first, and always right to
 * forget.
 */
struct kmsg_memory {
	uint64_t place;			/* where a kernel was found, or 0 */
	uint64_t not_before;		/* ns: do not search all RAM earlier */
};

/* The text that a guest hands over, as it says; with @bytes 0 it does not. */
struct kmsg_page {
	uint64_t gpa;
	uint64_t bytes;
};

/*
 * The guest's last words, into @out[KMSG_MAX]: what it hands over in @page, or
 * else the end of the kernel's log.  With an empty @out KMSG_NONE.  The vCPUs
 * are parked; @vcpus, @nr of them, tell which kernel runs.
 */
enum kmsg_source kmsg_read(struct kmsg_memory *memory, const struct mem *mem,
			   const struct kmsg_page *page,
			   const struct regs *const *vcpus, unsigned int nr,
			   char *out);

/* That page alone. */
size_t kmsg_read_page(const struct mem *mem, const struct kmsg_page *page,
		      char *out);

/* The end of the kernel's log alone, whatever has happened. */
size_t kmsg_read_ring(struct kmsg_memory *memory, const struct mem *mem,
		      const struct regs *const *vcpus, unsigned int nr,
		      char *out);

#endif /* KMSG_H */
