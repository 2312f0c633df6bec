// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way from a guest's memory to its log: VMCOREINFO, page tables, the rings.
 * All of a small kernel is there; the input is what the guest has written over
 * it.  A change is: where (a byte), which byte there (two), how many (one), and
 * the bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "../user/unit/fake_kernel.h"
#include "guest/kmsg.h"
#include "fuzz.h"

#define RAM		(4 * MIB)
#define CHANGE_HEAD	4
#define CHANGES_MAX	64
#define LINES		4

static struct mem mem;
static struct fake_kernel fake;

static void start(void)
{
	unsigned int i;

	mem = (struct mem){ .region = { { 0, RAM, calloc(1, RAM) } }, .nr = 1 };
	fake_kernel_init(&fake, &mem, 0);
	for (i = 0; i < LINES; i++)
		fake_kernel_say(&fake, i * 1000000, i % 2 ? "one line" :
				"two\nlines, of which \033[1m one is \377 odd");
}

/* What the reader looks at. */
static uint8_t *place(uint8_t which)
{
	uint8_t *ram = mem.region[0].host;
	uint8_t *const places[] = {
		ram + FAKE_NOTE, ram + FAKE_TABLES,
		ram + FAKE_TABLES + PAGE_SIZE, (uint8_t *)fake.prb,
		(uint8_t *)fake.desc, (uint8_t *)fake.info,
		(uint8_t *)fake.text, ram + FAKE_IMAGE,
	};

	return places[which % (sizeof(places) / sizeof(places[0]))];
}

struct undo {
	uint8_t *at;
	uint8_t len;
	uint8_t bytes[255];
};

static struct undo undos[CHANGES_MAX];

static unsigned int change(const uint8_t *data, size_t size)
{
	unsigned int nr = 0;

	while (size > CHANGE_HEAD && nr < CHANGES_MAX) {
		struct undo *undo = &undos[nr++];
		size_t len = data[3];

		undo->at = place(data[0]) + (data[1] | data[2] << 8) %
			   (4 * PAGE_SIZE);
		data += CHANGE_HEAD;
		size -= CHANGE_HEAD;
		if (len > size)
			len = size;
		undo->len = (uint8_t)len;
		memcpy(undo->bytes, undo->at, len);
		memcpy(undo->at, data, len);
		data += len;
		size -= len;
	}
	return nr;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kmsg_memory memory = { .place = FAKE_NOTE };
	const struct regs regs = { .cr3 = FAKE_TABLES };
	const struct regs *const vcpus[] = { &regs };
	static char out[KMSG_MAX];
	unsigned int nr;

	if (!fake.mem)
		start();
	nr = change(data, size);
	/* Not to be searched for in all of RAM: that is vmcoreinfo's. */
	memory.not_before = UINT64_MAX;
	kmsg_read_ring(&memory, &mem, vcpus, 1, out);
	must_be_clean(out, sizeof(out));
	while (nr--)
		memcpy(undos[nr].at, undos[nr].bytes, undos[nr].len);
	return 0;
}
