// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way from a guest's memory to its log: VMCOREINFO, page tables, the rings.
 * All of a small kernel is there; the input is what the guest has written over
 * it.
 */
#include <stdlib.h>
#include <string.h>

#include "../user/unit/fake_kernel.h"
#include "guest/kmsg.h"
#include "fuzz.h"

#define RAM		(4 * MIB)
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kmsg_memory memory = { .place = FAKE_NOTE };
	const struct kmsg_page none = { 0 };
	const struct regs *vcpus[1];
	static char own[KMSG_OWN_MAX];
	static struct kmsg kmsg;
	struct regs regs;

	if (!fake.mem)
		start();
	fuzz_change(place, data, size);
	/* Not to be searched for in all of RAM: that is vmcoreinfo's. */
	memory.not_before = UINT64_MAX;
	regs = fake_kernel_regs(&fake);
	vcpus[0] = &regs;
	kmsg_read(&memory, &mem, &none, vcpus, 1, &kmsg, own);
	must_be_clean(kmsg.text, sizeof(kmsg.text));
	must_be_clean(own, sizeof(own));
	fuzz_undo();
	return 0;
}
