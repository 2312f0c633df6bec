// SPDX-License-Identifier: GPL-2.0-only
/* What a hostile guest may hand over by NOTIFY_MSG. */
#include <string.h>

#include "guest/kmsg.h"
#include "tap.h"

#define END	MIB

static struct mem mem;
static char out[KMSG_MAX];

static size_t read_page(uint64_t gpa, uint64_t bytes)
{
	const struct kmsg_page page = { gpa, bytes };

	memset(out, '!', sizeof(out));
	return kmsg_read_page(&mem, &page, out);
}

static void test_place(void)
{
	memcpy(mem_at(&mem, 0x1000, 5), "words", 5);
	memcpy(mem_at(&mem, END - 3, 3), "end", 3);

	read_page(0x1000, 5);
	claim_string(out, "words", "kmsg: a page is read");
	claim_number(read_page(END, 5), 0, "kmsg: P3 past memory gives nothing");
	claim_string(out, "", "kmsg: and an empty text");
	claim_number(read_page(UINT64_MAX, 4096), 0,
		     "kmsg: P3 at the end of all addresses gives nothing");
	claim_number(read_page(0xb8000000, 16), 0,
		     "kmsg: P3 where there is no RAM gives nothing");
	read_page(END - 1, 1);
	claim_string(out, "d", "kmsg: P3 at the last byte gives that byte");
	read_page(END - 3, 4096);
	claim_string(out, "end", "kmsg: a page across the end is cut there");
	read_page(END - 3, UINT64_MAX);
	claim_string(out, "end", "kmsg: so is one whose end wraps");
}

static void test_size(void)
{
	memset(mem_at(&mem, 0x2000, 8192), 'x', 8192);
	claim_number(read_page(0x2000, 0), 0, "kmsg: P4 0 gives nothing");
	claim_number(read_page(0x2000, 4096), 4096, "kmsg: P4 4096 is a page");
	claim_number(read_page(0x2000, 4097), 4096, "kmsg: P4 4097 is cut");
	claim_number(read_page(0x2000, UINT64_MAX), 4096, "kmsg: huge P4 too");
	memset(mem_at(&mem, 0x2000, 4096), 0, 4096);
	claim_number(read_page(0x2000, 4096), 4 * 4096,
		     "kmsg: the longest clean text fits");
}

static void test_content(void)
{
	static const char bad[] = "a\033]0;title\007 \377 \342\202";

	memcpy(mem_at(&mem, 0x1000, sizeof(bad)), bad, sizeof(bad));
	read_page(0x1000, sizeof(bad) - 1);
	claim_string(out, "a\\x1b]0;title\\x07 \\xff \\xe2\\x82",
		     "kmsg: escapes and bytes that are not UTF-8 are made safe");
}

void test_kmsg(void)
{
	if (mem_alloc(&mem, END)) {
		claim(false, "kmsg: memory for the test");
		return;
	}
	test_place();
	test_size();
	test_content();
	mem_free(&mem);
}
