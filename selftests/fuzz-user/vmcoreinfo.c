// SPDX-License-Identifier: GPL-2.0-only
/* A note in memory: found by a search, and its numbers read. */
#include <stdlib.h>
#include <string.h>

#include "guest/vmcoreinfo.h"
#include "fuzz.h"

#define RAM	(4 * PAGE_SIZE)

static const char *const keys[] = {
	"SYMBOL(prb)", "NUMBER(phys_base)", "SIZE(prb_desc)",
	"OFFSET(printk_info.text_len)",
};

static void read_numbers(const struct vmcoreinfo *info)
{
	uint64_t value;
	size_t i;

	must(info->len <= VMCOREINFO_MAX, "the note has a size");
	must(strlen(info->text) == info->len, "and ends there");
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		vmcoreinfo_hex(info, keys[i], &value);
		vmcoreinfo_decimal(info, keys[i], &value);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t *ram;
	struct guest_scan scan = { 0 };
	struct vmcoreinfo info;
	uint64_t left = GUEST_STEP_COST;
	unsigned int found = 0;
	struct guest_reader reader;
	struct mem mem;
	uint64_t gpa;

	if (!ram)
		ram = calloc(1, RAM);
	if (size > RAM)
		return 0;
	memcpy(ram, data, size);
	memset(ram + size, 0, RAM - size);
	mem = (struct mem){ .region = { { 0, RAM, ram } }, .nr = 1 };
	guest_reader_of_mem(&reader, &mem, &left);
	while (vmcoreinfo_next(&reader, &scan, &info, &gpa)) {
		must(++found <= RAM / PAGE_SIZE, "a search ends");
		read_numbers(&info);
	}
	if (vmcoreinfo_set(&info, data, size))
		read_numbers(&info);
	return 0;
}
