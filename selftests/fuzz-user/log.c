// SPDX-License-Identifier: GPL-2.0-only
/*
 * Logs that VMCOREINFO does not lead to.  The first byte of the input says
 * which way is gone; the rest is what the guest has written over its memory,
 * or for the text alone, that memory.
 *
 * In memory are a small kernel, with its log, that a vCPU runs, and one that
 * has crashed; to the latter the header of an ELF core leads, and the first
 * one's command line to that.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "../user/unit/fake_kernel.h"
#include "guest/kmsg.h"
#include "guest/log_buffer.h"
#include "fuzz.h"

#define RAM		(12 * MIB)
#define CRASHED		(4 * MIB)
#define HEADER		(8 * MIB)
#define TEXT_RAM	(4 * PAGE_SIZE)
#define IMAGE_PAGES	32

enum way {
	WAY_CRASH,	/* to the kernel before a crash kernel */
	WAY_PROGRAM,	/* to what a program has made up */
	WAY_BUFFER,	/* to a ring by what it looks like */
	WAY_TEXT,	/* to a text by what it looks like */
	WAY_NR,
};

static struct mem mem;
static struct fake_kernel fake, crashed;
static struct regs regs;

struct core_header {
	Elf64_Ehdr eh;
	Elf64_Phdr ph[2];
};

static void put_header(void)
{
	struct core_header *header = mem_at(&mem, HEADER, sizeof(*header));

	*header = (struct core_header){
		.eh = {
			.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64 },
			.e_type = ET_CORE,
			.e_phoff = sizeof(header->eh),
			.e_phentsize = sizeof(header->ph[0]),
			.e_phnum = 2,
		},
		.ph = {
			{ .p_type = PT_NOTE },
			{ .p_type = PT_NOTE, .p_offset = CRASHED + FAKE_NOTE },
		},
	};
}

static void start(void)
{
	mem = (struct mem){ .region = { { 0, RAM, calloc(1, RAM) } }, .nr = 1 };
	fake_kernel_init(&fake, &mem, 0);
	fake_kernel_clear(&fake, FAKE_LEAST_BITS);
	fake_kernel_say(&fake, 0, "Linux version 6.12.0 (a compiler)");
	fake_kernel_say(&fake, 0, "Command line: elfcorehdr=0x800000 quiet");
	fake_kernel_say(&fake, 0, "\033[1m one is \377 odd");
	fake_kernel_init(&crashed, &mem, CRASHED);
	fake_kernel_panic(&crashed, 0, "oh dear");
	fake_kernel_add(&crashed, FAKE_CRASHED);
	put_header();
	/* The image has few pages, as all of it is looked at. */
	memset(mem_at(&mem, FAKE_TABLES + 3 * PAGE_SIZE + IMAGE_PAGES * 8, 8),
	       0, PAGE_SIZE - IMAGE_PAGES * 8);
	regs = fake_kernel_regs(&fake);
}

static uint8_t *of_program(uint8_t which)
{
	uint8_t *ram = mem.region[0].host;
	uint8_t *const places[] = {
		ram + HEADER, ram + CRASHED + FAKE_NOTE,
		ram + CRASHED + FAKE_TABLES,
		ram + CRASHED + FAKE_TABLES + PAGE_SIZE,
		(uint8_t *)crashed.prb, (uint8_t *)crashed.desc,
		(uint8_t *)crashed.info, (uint8_t *)crashed.text,
	};

	return places[which % (sizeof(places) / sizeof(places[0]))];
}

static uint8_t *of_kernel(uint8_t which)
{
	uint8_t *ram = mem.region[0].host;
	uint8_t *const places[] = {
		(uint8_t *)fake.prb, (uint8_t *)fake.desc,
		(uint8_t *)fake.info, (uint8_t *)fake.text,
		ram + FAKE_TABLES, ram + FAKE_TABLES + PAGE_SIZE,
		ram + FAKE_TABLES + 3 * PAGE_SIZE,
	};

	return places[which % (sizeof(places) / sizeof(places[0]))];
}

/* Of either of them. */
static uint8_t *anywhere(uint8_t which)
{
	return which & 1 ? of_program(which >> 1) : of_kernel(which >> 1);
}

static void read_log(struct kmsg_memory memory)
{
	const struct regs *const vcpus[] = { &regs };
	const struct kmsg_page none = { 0 };
	static char own[KMSG_OWN_MAX];
	static struct kmsg kmsg;

	kmsg_read(&memory, &mem, &none, vcpus, 1, &kmsg, own);
	must_be_clean(kmsg.text, sizeof(kmsg.text));
	must_be_clean(own, sizeof(own));
	must_be_clean(kmsg.release, sizeof(kmsg.release));
	must_be_clean(kmsg.command_line, sizeof(kmsg.command_line));
	must_be_clean(kmsg.build_id, sizeof(kmsg.build_id));
	/* Only what is known may be a crash: see read_program(). */
	must(memory.place || (!kmsg.panicked && !kmsg.in_crash_kernel),
	     "what a program makes up is not believed");
}

static void read_program(void)
{
	/* The kernel's own log does not lead there. */
	fake.info[1].facility = 1;
	read_log((struct kmsg_memory){ 0 });
	fake.info[1].facility = 0;
}

/* What lies before the image is not mapped: what is mapped is looked at. */
static void read_buffer(void)
{
	uint64_t *before = mem_at(&mem, FAKE_TABLES + 2 * PAGE_SIZE +
				  ((FAKE_IMAGE_VA >> 21) - 1) % 512 * 8, 8);
	uint64_t entry = *before;
	struct guest_reader reader;
	uint64_t left = GUEST_STEP_COST / 32;
	struct guest_kernel kernel = {
		.reader = &reader, .runs = true,
		.paging = fake_kernel_paging(&fake),
	};
	struct printk_record record;
	struct printk_ring ring;

	guest_reader_of_mem(&reader, &mem, &left);
	*before = 0;
	if (log_buffer_find(&ring, &kernel)) {
		must(printk_ring_records(&ring) <= ring.count,
		     "a ring holds no more than its size");
		printk_ring_read(&ring, 0, &record);
		printk_ring_find_line(&ring, "Linux version ", &record);
	}
	*before = entry;
}

static void read_text(const uint8_t *data, size_t size)
{
	static uint8_t *ram;
	struct guest_reader reader;
	uint64_t left = GUEST_STEP_COST;
	struct mem text_mem;
	char text[100];

	if (!ram)
		ram = malloc(TEXT_RAM);
	memset(ram, 0, TEXT_RAM);
	memcpy(ram, data, size < TEXT_RAM ? size : TEXT_RAM);
	text_mem = (struct mem){
		.region = { { 0, TEXT_RAM, ram } }, .nr = 1,
	};
	guest_reader_of_mem(&reader, &text_mem, &left);
	must(log_buffer_text(&reader, text, sizeof(text)) <= sizeof(text),
	     "the text fits");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum way way;

	if (!size)
		return 0;
	if (!fake.mem)
		start();
	way = *data++ % WAY_NR;
	size--;
	if (way != WAY_TEXT)
		fuzz_change(way == WAY_PROGRAM ? of_program :
			    way == WAY_BUFFER ? of_kernel : anywhere,
			    data, size);
	switch (way) {
	case WAY_CRASH:
		read_log((struct kmsg_memory){
			.place = FAKE_NOTE, .not_before = UINT64_MAX,
		});
		break;
	case WAY_PROGRAM:
		read_program();
		break;
	case WAY_BUFFER:
		read_buffer();
		break;
	default:
		read_text(data, size);
	}
	fuzz_undo();
	return 0;
}
