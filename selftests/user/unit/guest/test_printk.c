// SPDX-License-Identifier: GPL-2.0-only
/* A kernel's log, whole and damaged, out of memory made for it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/kmsg.h"
#include "guest/printk.h"
#include "fake_kernel.h"
#include "tap.h"

#define SECOND	UINT64_C(1000000000)

static struct mem mem;
static struct fake_kernel fake;
static struct regs regs;
static char out[KMSG_MAX];

static size_t read_log(void)
{
	const struct regs *const vcpus[] = { &regs };
	struct kmsg_memory memory = { 0 };

	memset(out, '!', sizeof(out));
	return kmsg_read_ring(&memory, &mem, vcpus, 1, out);
}

static void restart(void)
{
	memset(mem_at(&mem, 0, FAKE_MEMORY), 0, FAKE_MEMORY);
	fake_kernel_init(&fake, &mem, 0);
	regs.cr3 = fake_kernel_cr3(&fake);
}

static void test_lines(void)
{
	restart();
	fake_kernel_say(&fake, 0, "first");
	fake_kernel_say(&fake, SECOND + 234567890, "two\nlines");
	fake_kernel_say(&fake, 12345 * SECOND, "");
	fake_kernel_say(&fake, 123456 * SECOND, "\033[31mred");
	read_log();
	claim_string(out,
		     "[    0.000000] first\n"
		     "[    1.234567] two\n[    1.234567] lines\n"
		     "[12345.000000]\x20\n"
		     "[123456.000000] \\x1b[31mred\n",
		     "printk: lines are as the console prints them, and clean");
}

#define LINE	"%0*u"

/* The last @count of @said numbers of @width digits. */
static bool has_last(unsigned int said, unsigned int count, int width)
{
	static char wanted[sizeof(out)];
	size_t len = 0;
	unsigned int i;

	for (i = said - count; i < said; i++)
		len += (size_t)snprintf(wanted + len, sizeof(wanted) - len,
					"[    0.000000] " LINE "\n", width, i);
	return !strcmp(out, wanted);
}

/* 31: the place after the newest is the next one's. */
static bool keeps_last(int width)
{
	char line[80];
	unsigned int i;

	restart();
	for (i = 0; i < 600; i++) {
		snprintf(line, sizeof(line), LINE, width, i);
		fake_kernel_say(&fake, 0, line);
		read_log();
		if (!has_last(i + 1, i < 32 ? i + 1 : 32, width))
			return false;
	}
	return true;
}

/* 8 to 72 bytes a block: some end where the ring does, others do not fit. */
static void test_wraps(void)
{
	int width = 3;

	while (width <= 64 && keeps_last(width))
		width++;
	claim_number((uint64_t)width, 65,
		     "printk: both rings may wrap, wherever they do");
}

/* What the kernel was about to write, or has dropped, is left out. */
static void test_states(void)
{
	struct fake_desc *desc;

	restart();
	fake_kernel_say(&fake, 0, "committed")->state ^= UINT64_C(3) << 62;
	fake_kernel_say(&fake, 0, "reserved")->state &= ~(UINT64_C(3) << 62);
	fake_kernel_say(&fake, 0, "reusable")->state |= UINT64_C(3) << 62;
	fake_kernel_say(&fake, 0, "another's")->state ^= 32;
	desc = fake_kernel_say(&fake, 0, "lost");
	desc->begin = 1;
	desc->next = 1;
	fake_kernel_say(&fake, 0, "last");
	read_log();
	claim_string(out, "[    0.000000] committed\n[    0.000000] last\n",
		     "printk: records that are not complete are left out");
}

static void test_blocks(void)
{
	struct fake_desc *desc;

	restart();
	fake_kernel_say(&fake, 0, "kept");
	desc = fake_kernel_say(&fake, 0, "ends before it begins");
	desc->next = desc->begin - 8;
	desc = fake_kernel_say(&fake, 0, "no room for its id");
	desc->next = desc->begin + 4;
	desc = fake_kernel_say(&fake, 0, "more than the ring");
	desc->next = desc->begin + 3 * 4096;
	fake_kernel_say(&fake, 0, "long");
	fake.info[5].len = 0xffff;
	read_log();
	claim_string(out,
		     "[    0.000000] kept\n[    0.000000] long\\x00\\x00\\x00\\x00\n",
		     "printk: blocks that cannot be are left out, and ends kept");
}

/* Longer than Linux writes: what there is room for is taken. */
static void test_long(void)
{
	static char line[3000];
	size_t len;

	restart();
	memset(line, 'x', sizeof(line) - 1);
	fake_kernel_say(&fake, 0, line);
	len = read_log();
	claim_number(len, strlen("[    0.000000]  ") + PRINTK_TEXT_MAX,
		     "printk: a record that is too long is cut");
}

static void expect_none(const char *what)
{
	claim_number(read_log(), 0, what);
	restart();
	fake_kernel_say(&fake, 0, "words");
}

/* Nothing that is read of the ring's head may be taken as it is. */
static void test_head(void)
{
	restart();
	fake.prb->count_bits = 27;
	expect_none("printk: a ring of too many records is none");
	fake.prb->count_bits = UINT32_MAX;
	expect_none("printk: nor one of more than fit in a number");
	fake.prb->size_bits = 32;
	expect_none("printk: nor one of too much text");
	fake.prb->descs = 0;
	expect_none("printk: nor one whose descriptors are not mapped");
	fake.prb->descs = UINT64_MAX;
	expect_none("printk: nor where they end past all addresses");
	fake.prb->infos = FAKE_DIRECT + FAKE_MEMORY - 8;
	expect_none("printk: nor where their facts are not in RAM");
	fake.prb->data = UINT64_C(1) << 63;
	expect_none("printk: nor where its text is nowhere");
	fake.prb->tail = fake.prb->head - 32;
	expect_none("printk: nor one that holds more than its size");
	claim(read_log(), "printk: but with all that mended it is one");
}

static void test_tail(void)
{
	static char line[512];
	unsigned int i;

	restart();
	memset(line, 'x', sizeof(line) - 1);
	for (i = 0; i < 16; i++)
		fake_kernel_say(&fake, 0, line);
	fake_kernel_say(&fake, 0, "newest");
	/* 8 blocks of 520 bytes do not fit: 7 are kept, and 2 to come. */
	claim(read_log() <= KMSG_TAIL && !strncmp(out, "[    0.0", 8) &&
	      strstr(out, "newest\n"), "printk: of a long log the end is taken");
}

/* Whatever stands there: no harm, and a text that fits. */
static void test_garbage(void)
{
	unsigned int round, i;

	srandom(1);
	for (round = 0; round < 20000; round++) {
		uint8_t *image = mem_at(&mem, FAKE_IMAGE, 128 * KIB);
		uint8_t *tables = mem_at(&mem, FAKE_TABLES, 128 * KIB);

		if (round % 16 == 0) {
			restart();
			for (i = 0; i < 40; i++)
				fake_kernel_say(&fake, SECOND, "some words");
		}
		for (i = 0; i < 4; i++) {
			image[0x1000 + (size_t)random() % 0x3800] =
				(uint8_t)random();
			image[0x8000 + (size_t)random() % 0x1000] =
				(uint8_t)random();
			tables[(size_t)random() % 0x12000] = (uint8_t)random();
		}
		if (read_log() >= sizeof(out) || !text_is_clean(out))
			break;
	}
	claim_number(round, 20000, "printk: 20,000 damaged kernels do no harm");
}

void test_printk(void)
{
	if (mem_alloc(&mem, FAKE_MEMORY)) {
		claim(false, "printk: memory for the test");
		return;
	}
	test_lines();
	test_wraps();
	test_states();
	test_blocks();
	test_long();
	test_head();
	test_tail();
	test_garbage();
	mem_free(&mem);
}
