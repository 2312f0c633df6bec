// SPDX-License-Identifier: GPL-2.0-only
/* NOTIFY_MSG: the guest says where, how much, and what is there. */
#include <stdlib.h>
#include <string.h>

#include "panic/decode.h"
#include "fuzz.h"

#define RAM	(2 * PAGE_SIZE)

struct head {
	uint64_t gpa, bytes, code;
};

/* On the heap, where AddressSanitizer knows its end. */
static uint8_t *ram(void)
{
	static uint8_t *at;

	if (!at) {
		at = malloc(RAM);
		memset(at, 'a', RAM);
	}
	return at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct mem mem = {
		.region = { { 0, RAM, ram() } }, .nr = 1,
	};
	struct guest_event ev = { .model = MODEL_HYPERV };
	struct kmsg_page page;
	static char out[KMSG_MAX];
	struct head head;
	size_t len;

	if (size < sizeof(head) || size - sizeof(head) > RAM)
		return 0;
	memcpy(&head, data, sizeof(head));
	/* At the end of RAM, which is where it gets interesting. */
	size -= sizeof(head);
	memcpy(ram() + RAM - size, data + sizeof(head), size);
	ev.param[3] = head.gpa;
	ev.param[4] = head.bytes;
	ev.code = head.code;
	page = decode_page(&ev);
	len = kmsg_read_page(&mem, &page, out);
	must_be_clean(out, sizeof(out));
	must(len == strlen(out), "its length is that of the text");
	memset(ram() + RAM - size, 'a', size);
	return 0;
}
