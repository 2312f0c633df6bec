/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's last words, out of its memory. */
#ifndef KMSG_H
#define KMSG_H

#include "event.h"
#include "mem.h"
#include "text.h"

#define KMSG_PAGE	4096
#define KMSG_MAX	TEXT_CLEAN_MAX(KMSG_PAGE)

/*
 * The page that a Hyper-V guest hands over with NOTIFY_MSG, cleaned into
 * @out[KMSG_MAX].  0 and an empty @out when there is none to be had.
 */
size_t kmsg_read_page(const struct mem *mem, const struct guest_event *ev,
		      char *out);

#endif /* KMSG_H */
