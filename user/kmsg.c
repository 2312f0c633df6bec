// SPDX-License-Identifier: GPL-2.0-only
/*
 * P3 and P4 are the guest's, so they can be anything.  What of the page is RAM
 * is read, and no more than a page: a guest that says too much has still said
 * something.
 */
#include <string.h>

#include "kmsg.h"

#define MSG_GPA		3
#define MSG_BYTES	4

static uint64_t page_bytes(const struct mem *mem, const struct guest_event *ev)
{
	uint64_t room = mem_room(mem, ev->param[MSG_GPA]);
	uint64_t len = ev->param[MSG_BYTES];

	if (len > KMSG_PAGE)
		len = KMSG_PAGE;
	return len < room ? len : room;
}

size_t kmsg_read_page(const struct mem *mem, const struct guest_event *ev,
		      char *out)
{
	uint64_t len = page_bytes(mem, ev);
	uint8_t page[KMSG_PAGE];

	out[0] = '\0';
	if (ev->model != MODEL_HYPERV || !(ev->code & CRASH_NOTIFY_MSG) || !len)
		return 0;
	/* A copy first: devices may still write to it, and so change it. */
	memcpy(page, mem_at(mem, ev->param[MSG_GPA], len), len);
	return text_clean(out, page, len);
}
