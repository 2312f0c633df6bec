// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel's table of symbols, over which the guest has written: the kind of its
 * offsets (a byte), the address that is asked for (four), and changes: which part
 * (a byte), which byte there (two), and its value.
 */
#include <stdlib.h>
#include <string.h>

#include "../user/unit/fake_kallsyms.h"
#include "guest/kallsyms.h"
#include "fuzz.h"

#define RAM		(4 * MIB)
#define HEAD		5
#define CHANGE		4
#define CHANGES_MAX	128
#define KINDS		(FAKE_FROM_PLACE + 1)

static struct mem mem;
static struct guest_reader reader;
static uint64_t left;
static struct fake_kernel fake;

static void start(void)
{
	mem = (struct mem){ .region = { { 0, RAM, calloc(1, RAM) } }, .nr = 1 };
	guest_reader_of_mem(&reader, &mem, &left);
	fake_kernel_init(&fake, &mem, 0);
}

static uint8_t *place(const uint8_t *change)
{
	static const uint64_t places[] = {
		FAKE_IMAGE + FAKE_NUM_SYMS, FAKE_IMAGE + FAKE_TOKEN_TABLE,
		FAKE_IMAGE + FAKE_TOKEN_INDEX, FAKE_IMAGE + FAKE_OFFSETS,
		FAKE_IMAGE + FAKE_RELATIVE_BASE, FAKE_NOTE, FAKE_TABLES,
	};
	uint64_t at = places[change[0] % (sizeof(places) / sizeof(*places))];

	return mem.region[0].host + at + (change[1] | change[2] << 8);
}

static void look_up(uint32_t offset)
{
	const struct paging tables = { .root = FAKE_TABLES };
	char name[64], alone[1];
	struct guest_kernel kernel;

	left = GUEST_STEP_COST;
	if (!guest_kernel_at(&kernel, &reader, FAKE_NOTE, &tables, 1))
		return;
	memset(name, 1, sizeof(name));
	if (kallsyms_name(&kernel, FAKE_IMAGE_VA + offset, name, sizeof(name)))
		must(*name, "a name has a character");
	must_be_clean(name, sizeof(name));
	must(!strpbrk(name, " \t\n"), "and no spaces");
	must(!kallsyms_name(&kernel, FAKE_IMAGE_VA + offset, alone, 1),
	     "no name fits no room");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct {
		uint8_t *at, old;
	} undo[CHANGES_MAX];
	unsigned int nr = 0;
	uint32_t offset;
	static int kind = -1;

	if (size < HEAD)
		return 0;
	if (!fake.mem)
		start();
	if (data[0] % KINDS != kind) {
		kind = data[0] % KINDS;
		fake_kallsyms(&fake, (enum fake_offsets)kind);
	}
	memcpy(&offset, data + 1, sizeof(offset));
	for (data += HEAD, size -= HEAD; size >= CHANGE && nr < CHANGES_MAX;
	     data += CHANGE, size -= CHANGE, nr++) {
		undo[nr].at = place(data);
		undo[nr].old = *undo[nr].at;
		*undo[nr].at = data[3];
	}
	look_up(offset);
	while (nr--)
		*undo[nr].at = undo[nr].old;
	return 0;
}
