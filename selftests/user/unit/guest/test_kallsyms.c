// SPDX-License-Identifier: GPL-2.0-only
/* Names of addresses, by a table of each of the kinds that Linux had. */
#include <stdio.h>
#include <string.h>

#include "guest/kallsyms.h"
#include "fake_kallsyms.h"
#include "tap.h"

static struct mem mem;
static struct guest_reader reader;
static uint64_t left;
static struct fake_kernel fake;
static struct guest_kernel kernel;

static void restart(enum fake_offsets kind)
{
	struct paging tables;

	left = GUEST_STEP_COST;
	memset(mem_at(&mem, 0, FAKE_MEMORY), 0, FAKE_MEMORY);
	fake_kernel_init(&fake, &mem, 0);
	fake_kallsyms(&fake, kind);
	tables = fake_kernel_paging(&fake);
	claim(guest_kernel_find(&kernel, &reader, &tables, 1),
	      "kallsyms: the kernel is found");
}

/* The name of what is so far from the begin of the image; "" for none. */
static const char *name_at(uint64_t offset)
{
	static char name[FAKE_LONG_NAME + 2];

	memset(name, 'x', sizeof(name));
	if (kallsyms_name(&kernel, FAKE_IMAGE_VA + offset, name, sizeof(name)))
		return *name ? name : "(true, and none)";
	return *name ? "(false, and a name)" : "";
}

static void test_kind(enum fake_offsets kind, const char *what)
{
	char text[80];

	restart(kind);
	snprintf(text, sizeof(text), "kallsyms: %s: the first function", what);
	claim_string(name_at(0), "_stext", text);
	snprintf(text, sizeof(text), "kallsyms: %s: within a function", what);
	claim_string(name_at(0x1ff), "first", text);
	snprintf(text, sizeof(text), "kallsyms: %s: the last function", what);
	claim_string(name_at(0x8fff), "last", text);
}

static void *at(uint64_t offset)
{
	return mem_at(&mem, FAKE_IMAGE + offset, PAGE_SIZE);
}

static void test_names(void)
{
	char name[8];

	restart(FAKE_NEGATIVE);
	claim_string(name_at(0x200), "sys_read",
		     "kallsyms: of several names Linux takes the first");
	claim_string(name_at(0x340), "second.cold",
		     "kallsyms: what the compiler adds is left");
	claim_string(name_at(0x7000), "weak", "kallsyms: a weak one");
	claim_string(name_at(0x5010), "", "kallsyms: data is no function");
	claim_string(name_at(0x9000), "", "kallsyms: nor is the end");
	claim_string(name_at(-8), "", "kallsyms: nor what is before the first");
	claim_string(name_at(0x9000 + 2 * MIB), "",
		     "kallsyms: nor what is far behind the last");
	claim_number(strlen(name_at(0x6000)), FAKE_LONG_NAME,
		     "kallsyms: a name of more than 127 tokens");
	claim(kallsyms_name(&kernel, FAKE_IMAGE_VA + 0x200, name,
			    sizeof(name)), "kallsyms: with little room");
	claim_string(name, "sys_rea", "kallsyms: it is cut");
}

static void expect_none(const char *what)
{
	claim_string(name_at(0x1ff), "", what);
	restart(FAKE_NEGATIVE);
}

static void test_forged(void)
{
	uint32_t *nr = at(FAKE_NUM_SYMS);
	uint8_t *names = at(FAKE_NAMES);
	uint16_t *index = at(FAKE_TOKEN_INDEX);
	int32_t *offsets = at(FAKE_OFFSETS);

	restart(FAKE_NEGATIVE);
	*nr = 0;
	expect_none("kallsyms: no symbols");
	*nr = UINT32_MAX;
	expect_none("kallsyms: more than there can be");
	*nr = 1 << 20;
	expect_none("kallsyms: more than are mapped");
	memset(names, 0xff, 2 * PAGE_SIZE);
	expect_none("kallsyms: names that lead out of the table");
	memset(names, 0, 2 * PAGE_SIZE);
	expect_none("kallsyms: names of nothing");
	memset(index, 0xff, 512);
	expect_none("kallsyms: tokens that are elsewhere");
	index['s'] = index['\n'];
	expect_none("kallsyms: a name with a newline");
	offsets[FAKE_PER_CPU + 1] = 0;
	expect_none("kallsyms: addresses out of order");
	memset(offsets, 0x80, PAGE_SIZE);
	expect_none("kallsyms: all at one address");
	fake_kernel_note(&fake, "OSRELEASE=5.10.0\n");
	guest_kernel_at(&kernel, &reader, FAKE_NOTE, NULL, 0);
	expect_none("kallsyms: a kernel that does not tell of it");
}

void test_kallsyms(void)
{
	if (mem_alloc(&mem, FAKE_MEMORY)) {
		claim(false, "kallsyms: memory for the test");
		return;
	}
	guest_reader_of_mem(&reader, &mem, &left);
	test_kind(FAKE_NEGATIVE, "6.0 to 6.14");
	test_kind(FAKE_FROM_BASE, "6.15 and later");
	test_kind(FAKE_FROM_PLACE, "7.3");
	test_names();
	test_forged();
	mem_free(&mem);
}
