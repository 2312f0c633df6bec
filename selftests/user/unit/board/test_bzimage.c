// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include <string.h>

#include "board/bzimage.h"
#include "guest/mem.h"
#include "tap.h"

#define SETUP		(2 * 512)
#define PAYLOAD		4096
#define FILE_SIZE	(SETUP + PAYLOAD)

/* A header that nothing is wrong with. */
static struct setup_header good_header(void)
{
	return (struct setup_header){
		.setup_sects = 1,
		.syssize = PAYLOAD / 16,
		.boot_flag = 0xaa55,
		.header = 0x53726448,
		.version = 0x20c,
		.loadflags = LOADED_HIGH,
		.xloadflags = XLF_KERNEL_64,
		.pref_address = 16 * MIB,
		.init_size = MIB,
	};
}

static const char *check(const struct setup_header *h, uint64_t size,
			 struct kernel *kernel)
{
	uint8_t head[KERNEL_HEAD_MAX] = { 0 };

	memcpy(head + BZIMAGE_HEADER_AT, h, sizeof(*h));
	return bzimage_check(head, sizeof(head), size, kernel);
}

static void test_good(void)
{
	struct setup_header h = good_header();
	struct kernel kernel;

	claim_string(check(&h, FILE_SIZE, &kernel), NULL, "bzimage: a good one");
	claim(kernel.nr == 1 && kernel.part[0].offset == SETUP &&
	      kernel.part[0].size == PAYLOAD, "bzimage: where its payload is");
	claim(kernel.part[0].gpa == 16 * MIB && kernel.run_end == 17 * MIB,
	      "bzimage: and where it goes");
	claim_number(kernel.entry, 16 * MIB + 0x200, "bzimage: and starts");
	claim_string(check(&h, FILE_SIZE - 15, &kernel), NULL,
		     "bzimage: the last paragraph may be incomplete");
	claim_number(kernel.part[0].size, PAYLOAD - 15,
		     "bzimage: and no more is read than there is");
	h.setup_sects = 0;
	claim(!check(&h, 5 * 512 + PAYLOAD, &kernel) &&
	      kernel.part[0].offset == 5 * 512,
	      "bzimage: no setup sectors are four");
}

static void refuses(const struct setup_header *h, uint64_t size,
		    const char *text)
{
	struct kernel kernel;

	claim(check(h, size, &kernel), text);
}

/* One field of a good header changed, and what it claims. */
#define REFUSES(field, value, text)					\
	do {								\
		struct setup_header h = good_header();			\
									\
		h.field = (value);					\
		refuses(&h, FILE_SIZE, "bzimage: refused: " text);	\
	} while (0)

void test_bzimage(void)
{
	struct setup_header h = good_header();
	uint8_t head[KERNEL_HEAD_MAX] = { 0 };
	struct kernel kernel;

	test_good();
	REFUSES(boot_flag, 0, "no boot flag");
	REFUSES(header, 0, "no HdrS");
	REFUSES(version, 0x20b, "older than the 64-bit protocol");
	REFUSES(xloadflags, 0, "no 64-bit entry");
	REFUSES(loadflags, 0, "loads low");
	REFUSES(syssize, 0, "no payload");
	REFUSES(syssize, 32, "nothing at the 64-bit entry");
	REFUSES(syssize, 0xffffffff, "a payload that is not there");
	REFUSES(pref_address, 0, "over the first page");
	REFUSES(pref_address, 16 * MIB + 1, "at no page's start");
	REFUSES(pref_address, UINT64_MAX - 4095, "where addresses wrap");
	REFUSES(init_size, PAYLOAD - 1, "less memory than bytes");
	refuses(&h, FILE_SIZE - 16, "bzimage: refused: truncated");
	refuses(&h, SETUP, "bzimage: refused: only the setup");
	memcpy(head + BZIMAGE_HEADER_AT, &h, sizeof(h));
	claim(bzimage_check(head, BZIMAGE_HEADER_AT + sizeof(h) - 1, FILE_SIZE,
			    &kernel), "bzimage: refused: cut off in its header");
}
