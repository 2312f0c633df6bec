// SPDX-License-Identifier: GPL-2.0-only
/* A kernel's log, whole and damaged, out of memory made for it. */
#include <limits.h>
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
static struct kmsg kmsg;
static char own[KMSG_OWN_MAX];
static bool has_callers;
static char *const out = kmsg.text;

static size_t read_log(void)
{
	const struct regs *const vcpus[] = { &regs };
	const struct kmsg_page none = { 0 };
	/* Where it is, as a search of all memory takes its time. */
	struct kmsg_memory memory = {
		.place = FAKE_NOTE, .not_before = UINT64_MAX,
		.has_callers = has_callers,
	};

	memset(&kmsg, '!', sizeof(kmsg));
	kmsg_read(&memory, &mem, &none, vcpus, 1, &kmsg, own);
	return strlen(kmsg.text);
}

static void restart(void)
{
	memset(mem_at(&mem, 0, FAKE_MEMORY), 0, FAKE_MEMORY);
	fake_kernel_init(&fake, &mem, 0);
	regs = fake_kernel_regs(&fake);
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
	static char wanted[sizeof(kmsg.text)];
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
	fake.info[4].len = 0xffff;
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

/* Ids are stored whether they are printed or not. */
static void test_callers(void)
{
	struct guest_kernel kernel;
	struct guest_reader reader;
	const struct paging vcpu = fake_kernel_paging(&fake);
	uint64_t left = GUEST_STEP_COST;
	unsigned int at;

	restart();
	guest_reader_of_mem(&reader, &mem, &left);
	claim(guest_kernel_at(&kernel, &reader, FAKE_NOTE, &vcpu, 1) &&
	      !printk_prints_callers(&kernel, FAKE_IMAGE_VA,
				     FAKE_IMAGE_VA + FAKE_STRINGS),
	      "printk: a kernel without that string shows no callers");
	/* The one that is the last, and each that crosses from page to page. */
	for (at = PAGE_SIZE - 13; at <= PAGE_SIZE; at++) {
		restart();
		fake_kernel_string(&fake, at, ",caller=%c%u");
		if (!printk_prints_callers(&kernel, FAKE_IMAGE_VA,
					   FAKE_IMAGE_VA + at + 13) ||
		    printk_prints_callers(&kernel, FAKE_IMAGE_VA,
					  FAKE_IMAGE_VA + at))
			break;
	}
	claim_number(at, PAGE_SIZE + 1,
		     "printk: one with it does, wherever it is");
}

static void test_caller_lines(void)
{
	restart();
	fake_kernel_say(&fake, 0, "from the first task");
	fake_kernel_say(&fake, SECOND, "two\nlines");
	fake_kernel_info(&fake)->caller = 1;
	fake_kernel_say(&fake, SECOND, "from an interrupt");
	fake_kernel_info(&fake)->caller = UINT32_C(0x80000000) + 3;
	fake_kernel_say(&fake, SECOND, "wide");
	fake_kernel_info(&fake)->caller = 4194303;
	fake_kernel_say(&fake, UINT64_MAX, "widest");
	fake_kernel_info(&fake)->caller = UINT32_MAX;
	has_callers = true;
	read_log();
	has_callers = false;
	claim_string(out,
		     "[    0.000000][    T0] from the first task\n"
		     "[    1.000000][    T1] two\n"
		     "[    1.000000][    T1] lines\n"
		     "[    1.000000][    C3] from an interrupt\n"
		     "[    1.000000][T4194303] wide\n"
		     "[18446744073.709551][C2147483647] widest\n",
		     "printk: callers are shown as the console does");
}

/* Counts what is read. */
static uint64_t reads, bytes;

static bool counting_read(const struct guest_reader *reader, uint64_t gpa,
			  void *to, size_t len)
{
	struct guest_reader plain;

	reads++;
	bytes += len;
	guest_reader_of_mem(&plain, reader->source, NULL);
	return plain.read(reader, gpa, to, len);
}

/* Of a reading: of all memory, of the log for a panic, and of the text. */
static void read_counted(void)
{
	const struct regs *const vcpus[] = { &regs };
	struct kmsg_memory memory = { 0 };
	struct guest_reader reader;

	guest_reader_of_mem(&reader, &mem, NULL);
	reader.read = counting_read;
	reads = 0;
	bytes = 0;
	kmsg_read_log(&memory, &reader, vcpus, 1, &kmsg, NULL);
}

#define PAGES		(FAKE_MEMORY / PAGE_SIZE)
#define STEPS		4

static void expect_few_reads(const char *what)
{
	read_counted();
	claim(reads <= PAGES + STEPS * GUEST_STEP_COST / GUEST_READ_COST &&
	      bytes <= STEPS * GUEST_STEP_COST, what);
}

/* A ring of 2^26 records: of none, of one that is everywhere, of aliases. */
static void test_bound(void)
{
	uint64_t *pdpt = mem_at(&mem, FAKE_TABLES + 4 * PAGE_SIZE, PAGE_SIZE);
	uint64_t *pd = mem_at(&mem, 4 * MIB, PAGE_SIZE);
	struct fake_desc *desc = mem_at(&mem, 8 * MIB, 16 * MIB);
	const uint64_t last = (UINT64_C(1) << 26) - 1;
	const uint64_t nr = 16 * MIB / sizeof(*desc);
	unsigned int i;

	restart();
	fake_kernel_clear(&fake, 26);
	fake.prb->tail = 0;
	fake.prb->head = last;
	expect_few_reads("printk: a ring of 2^26 records is not read for long");
	fake.prb->descs = 0;
	expect_few_reads("printk: nor one that is mapped nowhere");

	fake.prb->descs = FAKE_DIRECT + 8 * MIB -
			  (last + 1 - nr) * sizeof(*desc);
	fake.prb->infos = FAKE_DIRECT + GIB;
	for (i = 0; i < nr; i++)
		desc[i] = (struct fake_desc){
			UINT64_C(2) << 62 | (last + 1 - nr + i), 0, 2048 + 8,
		};
	for (i = 0; i < 512; i++) {
		pd[i] = 6 * MIB | 0x83;
		pdpt[i] = i ? 4 * MIB | 0x3 : pdpt[0];
	}
	memset(mem_at(&mem, 6 * MIB, 2 * MIB), 0x7, 2 * MIB);
	expect_few_reads("printk: nor one of 700,000 that are long");
	claim(strlen(kmsg.text), "printk: its newest records are read");
}

/* All that the reads may cost goes to the newest. */
static void test_reach(void)
{
	struct guest_kernel kernel;
	struct printk_record record;
	struct guest_reader reader;
	const struct paging vcpu = fake_kernel_paging(&fake);
	struct printk_ring ring;
	uint64_t left = GUEST_STEP_COST;
	unsigned int i;

	restart();
	for (i = 0; i < 100; i++)
		fake_kernel_say(&fake, 0, i == 99 ? "newest" : "another");
	guest_reader_of_mem(&reader, &mem, &left);
	claim(guest_kernel_at(&kernel, &reader, FAKE_NOTE, &vcpu, 1) &&
	      printk_ring_open(&ring, &kernel), "printk: a ring is opened");
	claim_number(printk_ring_reach(&ring), 32,
		     "printk: all of it can be read");
	left = 10000;
	i = (unsigned int)printk_ring_reach(&ring);
	claim(i > 1 && i < 32, "printk: with less to spend, a part of it");
	left = 10000;
	while (i-- && printk_ring_read(&ring, i, &record))
		;
	claim(i == UINT_MAX && !memcmp(record.text, "newest", 6),
	      "printk: as far as that goes, to the newest");
	left = 0;
	claim_number(printk_ring_reach(&ring), 0,
		     "printk: with nothing, none of it");
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

static void test_own(void)
{
	static char line[600];

	restart();
	fake_kernel_say(&fake, 0, "BUG: the kernel's");
	fake_kernel_say(&fake, 0, "BUG: a program's");
	fake_kernel_info(&fake)->facility = 1;
	/* Each line of it gets a time: more than a record has room for. */
	memset(line, '\n', sizeof(line) - 1);
	fake_kernel_say(&fake, 0, line);
	fake_kernel_say(&fake, 0, "the end");
	read_log();
	claim(!strstr(out, "BUG"), "printk: a record has the end of a log");
	claim(strstr(own, "BUG: the kernel's\n"),
	      "printk: a signature has more of it");
	claim(!strstr(own, "a program's"), "printk: and no program's lines");
	fake.prb->descs = 0;
	read_log();
	claim_string(own, "", "printk: nothing of a log that is none");
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
		if (read_log() >= sizeof(kmsg.text) || !text_is_clean(out))
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
	test_callers();
	test_caller_lines();
	test_bound();
	test_reach();
	test_head();
	test_tail();
	test_own();
	test_garbage();
	mem_free(&mem);
}
