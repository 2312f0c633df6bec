/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's log, as Linux keeps it since 5.10: a ring of descriptors, each
 * with an entry of facts and a block in a ring of text.  Read from memory, with
 * no vCPU running; all that it says is checked, as any of it may be forged.
 */
#ifndef PRINTK_H
#define PRINTK_H

#include "guest/guest_kernel.h"

/* Linux writes no longer one; of a longer one the end is cut off. */
#define PRINTK_TEXT_MAX	2048

/* As syslog(2) has them: of the kernel itself; the system is unusable. */
#define PRINTK_KERN	0
#define PRINTK_EMERG	0

struct printk_record {
	uint64_t time;		/* ns since the guest's start, about */
	uint32_t caller;	/* thread, or with the top bit set CPU */
	bool has_caller;	/* it is printed */
	uint8_t facility;	/* PRINTK_KERN: no program has written it */
	uint8_t level;
	size_t len;
	char text[PRINTK_TEXT_MAX];	/* any bytes, maybe several lines */
};

struct printk_ring {
	const struct guest_kernel *kernel;

	/* where they are, and how many */
	uint64_t descs, infos, text;
	uint64_t count, text_size;

	/* id of the oldest and of the newest */
	uint64_t tail, head;

	/* offsets of what is read of them, and their sizes */
	uint64_t desc_size, desc_state, desc_begin, desc_next;
	uint64_t info_size, info_time, info_len, info_caller;

	bool has_callers;	/* the kernel prints the callers' ids */
};

/*
 * Open the ring that VMCOREINFO names.  False: there is none, or it cannot be
 * one.  That its records have callers is for printk_prints_callers() to find
 * out.
 */
bool printk_ring_open(struct printk_ring *ring,
		      const struct guest_kernel *kernel);

/* How many ids there are from the oldest to the newest. */
uint64_t printk_ring_records(const struct printk_ring *ring);

/*
 * The record that is @back before the newest; false: that one is not complete,
 * or its text has been overwritten.
 */
bool printk_ring_read(const struct printk_ring *ring, uint64_t back,
		      struct printk_record *record);

/*
 * How many records can be read, from the newest on, with what is left of the
 * reader's sum; that is spent.
 */
uint64_t printk_ring_reach(const struct printk_ring *ring);

/*
 * Is it one of the kernel's own that says that it panicked?  The newest such
 * one; how far back, in *@back.
 */
bool printk_ring_find_panic(const struct printk_ring *ring, uint64_t *back);

/* Of the kernel's own first lines, the one that begins with @prefix. */
bool printk_ring_find_line(const struct printk_ring *ring, const char *prefix,
			   struct printk_record *record);

/*
 * Does the kernel print the callers' ids?  It stores them in any case; its
 * strings, which lie between [@va, @end), tell whether it was built to show
 * them.
 */
bool printk_prints_callers(const struct guest_kernel *kernel, uint64_t va,
			   uint64_t end);

#endif /* PRINTK_H */
