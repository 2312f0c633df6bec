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

struct printk_record {
	uint64_t time;		/* ns since the guest's start, about */
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
	uint64_t info_size, info_time, info_len;
};

/* False: there is none, or it cannot be one. */
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

/* The rest makes text of it, as the kernel's console prints it. */

/* "[12345.123456] ", with the most digits that there can be. */
#define PRINTK_PREFIX_MAX	24

/* The longest that one record can become: all of it empty lines. */
#define PRINTK_LINES_MAX \
	((PRINTK_TEXT_MAX + 1) * (PRINTK_PREFIX_MAX + 1) + PRINTK_TEXT_MAX)

/* Text that grows towards the front of @buf: from buf[start] to its end. */
struct printk_text {
	char *buf;
	size_t size;
	size_t start;
};

void printk_text_init(struct printk_text *text, char *buf, size_t size);

/* Put @record before what is there; false: not all of its lines fit. */
bool printk_text_add(struct printk_text *text,
		     const struct printk_record *record);

/* As many of the newest lines as fit. */
void printk_text_add_tail(struct printk_text *text,
			  const struct printk_ring *ring);

#endif /* PRINTK_H */
