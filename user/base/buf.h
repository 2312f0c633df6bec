/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text that is put together in a buffer of fixed size: a report must not
 * depend on memory that the host may not have.
 */
#ifndef BUF_H
#define BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *text;
	size_t size;
	size_t len;	/* text[len] is 0 */
	bool full;	/* something did not fit */
};

void buf_init(struct buf *buf, char *text, size_t size);
void buf_put(struct buf *buf, const char *text);

__attribute__((format(printf, 2, 3)))
void buf_print(struct buf *buf, const char *fmt, ...);

#endif /* BUF_H */
