/* SPDX-License-Identifier: GPL-2.0-only */
/* Records of the kernel's log as text, as its console prints them. */
#ifndef PRINTK_TEXT_H
#define PRINTK_TEXT_H

#include "guest/printk.h"

/* "[12345.123456][    T1] ", with the most digits that there can be. */
#define PRINTK_PREFIX_MAX	36

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

/*
 * As many lines as fit of those before and up to the record @back; @own: of the
 * kernel's own alone.
 */
void printk_text_add_tail(struct printk_text *text,
			  const struct printk_ring *ring, uint64_t back,
			  bool own);

/*
 * How far back the newest record is that can be shown with the one @back, if
 * these two and what is between them are to have at most @size bytes.
 */
uint64_t printk_text_newest(const struct printk_ring *ring, uint64_t back,
			    size_t size);

#endif /* PRINTK_TEXT_H */
