/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The log of a kernel that has not said yet, or never does, where it is: found
 * by what it looks like.
 */
#ifndef LOG_BUFFER_H
#define LOG_BUFFER_H

#include "guest/printk.h"

/*
 * Look for the head of a ring in the image that kernel->paging maps, laid out
 * as in all kernels from 5.10 to 7.3; of several for the one with the most
 * records.  kernel->runs is cleared if there are several: one may be forged.
 */
bool log_buffer_find(struct printk_ring *ring, struct guest_kernel *kernel);

/*
 * Without page tables: the text of a log that has not wrapped yet, by its first
 * line; its newest lines into @text[@size], with nothing before them.  Returns
 * the length, or 0.
 */
size_t log_buffer_text(const struct guest_reader *reader, char *text,
		       size_t size);

#endif /* LOG_BUFFER_H */
