// SPDX-License-Identifier: GPL-2.0-only
/* Which kernel is found in a memory that has several, or none. */
#include <string.h>

#include "guest/guest_kernel.h"
#include "fake_kernel.h"
#include "tap.h"

#define OTHER	(8 * MIB)

static struct mem mem;
static struct guest_reader reader;
static uint64_t left;
static struct fake_kernel fake, other;
static struct guest_kernel kernel;

/* By the tables of one vCPU. */
static bool find_by(struct paging vcpu)
{
	memset(&kernel, 0xff, sizeof(kernel));
	left = GUEST_STEP_COST;
	return guest_kernel_find(&kernel, &reader, &vcpu, 1);
}

static bool find(const struct fake_kernel *running)
{
	return find_by(fake_kernel_paging(running));
}

/* By tables that map nothing. */
static bool find_stopped(void)
{
	return find_by((struct paging){ .root = 0 });
}

static void restart(void)
{
	memset(mem_at(&mem, 0, FAKE_MEMORY), 0, FAKE_MEMORY);
	fake_kernel_init(&fake, &mem, 0);
}

static void test_one(void)
{
	uint64_t word = 0;

	restart();
	claim(find(&fake), "kernel: one is found");
	claim_number(kernel.gpa, FAKE_NOTE, "kernel: where it is");
	claim(guest_kernel_read(&kernel, FAKE_DIRECT + FAKE_NOTE, &word, 8) &&
	      word == (0xb | (uint64_t)strlen(kernel.info.text) << 32),
	      "kernel: its addresses can be read");
	claim(find(&fake) && kernel.runs, "kernel: a vCPU runs it");
	claim(find_stopped() && !kernel.runs,
	      "kernel: it is found also while none does");
	claim(!guest_kernel_at(&kernel, &reader, FAKE_NOTE, NULL, 0),
	      "kernel: which is told apart");
	claim(!guest_kernel_read(&kernel, FAKE_IMAGE_VA + 2 * MIB - 4, &word,
				 8),
	      "kernel: what it does not map cannot be read");
	claim(!guest_kernel_read(&kernel, FAKE_DIRECT + FAKE_MEMORY - 4, &word,
				 8), "kernel: nor what it maps to no RAM");
}

static void test_two(void)
{
	restart();
	fake_kernel_init(&other, &mem, OTHER);
	claim(find(&other) && kernel.gpa == OTHER + FAKE_NOTE,
	      "kernel: of two the one that a vCPU runs is taken");
	claim(find(&fake) && kernel.gpa == FAKE_NOTE,
	      "kernel: whichever that is");
	claim(find_stopped() && kernel.gpa == FAKE_NOTE,
	      "kernel: and the first if none runs");
}

static bool find_by_two(void)
{
	const struct paging vcpus[] = {
		fake_kernel_paging(&fake), fake_kernel_paging(&other),
	};

	left = GUEST_STEP_COST;
	return guest_kernel_find(&kernel, &reader, vcpus, 2);
}

/* As after kexec of a crash kernel: the other vCPUs stay where they were. */
static void test_crashed(void)
{
	restart();
	fake_kernel_init(&other, &mem, OTHER);
	claim(find_by_two() && !kernel.runs,
	      "kernel: of two that run, one may be forged");
	fake_kernel_add(&fake, FAKE_CRASHED);
	claim(find_by_two() && kernel.gpa == OTHER + FAKE_NOTE && kernel.runs,
	      "kernel: if one has crashed, the other is its crash kernel");
	claim(!guest_kernel_has_crashed(&kernel), "kernel: which has not");
	claim(find(&fake) && kernel.runs && guest_kernel_has_crashed(&kernel),
	      "kernel: without that it is the one");
	fake_kernel_add(&other, FAKE_CRASHED);
	claim(find_by_two() && !kernel.runs,
	      "kernel: two that have crashed are in doubt, too");
}

/* The note once more, at @at, with @more at its end. */
static void copy_note(uint64_t at, const char *more)
{
	uint32_t *note = mem_at(&mem, at, PAGE_SIZE);

	memcpy(note, mem_at(&mem, FAKE_NOTE, PAGE_SIZE), PAGE_SIZE);
	memcpy((char *)(note + 6) + note[1], more, strlen(more));
	note[1] += (uint32_t)strlen(more);
}

/* Entries of the tables of the image. */
static uint64_t *entries(unsigned int table)
{
	return mem_at(&mem, FAKE_TABLES + table * PAGE_SIZE, PAGE_SIZE);
}

static void test_user_pages(void)
{
	restart();
	entries(0)[511] |= 4;
	entries(1)[510] |= 4;
	entries(2)[9] |= 4;
	claim(find(&fake) && kernel.runs,
	      "kernel: tables that allow it do not make a page a program's");
	entries(3)[3] |= 4;
	claim(!find(&fake),
	      "kernel: a log that programs can write to is none");
	restart();
	entries(0)[511] |= 4;
	entries(1)[510] |= 4;
	entries(2)[8] |= 4;
	claim(find(&fake) && !kernel.runs,
	      "kernel: with tables that they can write to, none runs");
}

/* What a program makes up in its own memory is not what a vCPU runs. */
static void test_forged(void)
{
	uint64_t *top = mem_at(&mem, MIB, 2 * PAGE_SIZE);

	restart();
	fake_kernel_init(&other, &mem, OTHER);
	memset(mem_at(&mem, FAKE_NOTE, PAGE_SIZE), 0, PAGE_SIZE);
	claim(find(&fake) && kernel.gpa == OTHER + FAKE_NOTE && !kernel.runs,
	      "kernel: one with its own tables is not one that runs");

	restart();
	memcpy(top, entries(0), 2 * PAGE_SIZE);
	top[511] = (MIB + PAGE_SIZE) | 0x3;
	claim(find_by((struct paging){ .root = MIB }) && !kernel.runs,
	      "kernel: nor one whose tables are not those of the vCPU");

	restart();
	copy_note(MIB, "");
	claim(find(&fake) && kernel.runs,
	      "kernel: a copy of its note takes nothing from it");
	copy_note(MIB, "OFFSET(printk_info.ts_nsec)=0\n");
	claim(find(&fake) && !kernel.runs,
	      "kernel: two notes that differ are both in doubt");
	copy_note(MIB, FAKE_CRASHED);
	claim(find(&fake) && !kernel.runs,
	      "kernel: also if one says that it has crashed");
}

static void test_too_many(void)
{
	uint64_t at;

	restart();
	for (at = MIB; at < 2 * MIB; at += PAGE_SIZE)
		copy_note(at, "");
	claim(find(&fake) && kernel.runs, "kernel: 256 copies are no doubt");
	for (at = 2 * MIB + MIB; at < 6 * MIB + MIB; at += PAGE_SIZE)
		copy_note(at, "");
	claim(find(&fake) && !kernel.runs,
	      "kernel: more notes than are looked at are one");
}

/* All memory full of notes that lead nowhere, but for the real one's page. */
static void test_flood(void)
{
	struct fake_kernel forged = { .mem = &mem };

	restart();
	for (forged.at = MIB; forged.at < 3 * MIB; forged.at += PAGE_SIZE)
		fake_kernel_note(&forged, "OSRELEASE=1\n");
	fake_kernel_init(&other, &mem, OTHER);
	claim(find(&other) && kernel.gpa == OTHER + FAKE_NOTE,
	      "kernel: 512 forged notes do not hide it");
}

static void expect_none(const char *what)
{
	claim(!find(&fake), what);
	restart();
}

static void test_note(void)
{
	uint32_t *note = mem_at(&mem, FAKE_NOTE, PAGE_SIZE);
	static char text[VMCOREINFO_MAX + 2];

	restart();
	note[1] = 0;
	expect_none("kernel: a note without text is none");
	note[1] = UINT32_MAX;
	expect_none("kernel: nor one of 4 GiB");
	note[1]++;
	expect_none("kernel: nor one with a NUL in it");
	note[2] = 1;
	expect_none("kernel: nor one of another type");
	note[0] = 10;
	expect_none("kernel: nor one of another name");
	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, "OSRELEASE=", 10);
	text[VMCOREINFO_MAX] = '\0';
	fake_kernel_note(&fake, text);
	expect_none("kernel: nor one of a page full of nothing");
	memmove(mem_at(&mem, FAKE_NOTE + 8, PAGE_SIZE - 8), note,
		PAGE_SIZE - 8);
	expect_none("kernel: nor one that does not begin a page");
}

#define NOTE(base, root, prb) \
	"OSRELEASE=1\nNUMBER(phys_base)=" base "\nSYMBOL(swapper_pg_dir)=" \
	root "\nSYMBOL(prb)=" prb "\n"

static void expect_bad_keys(const char *text, const char *what)
{
	fake_kernel_note(&fake, text);
	expect_none(what);
}

/* A program's page, to where it would be if it were of the image. */
static void map_user(void)
{
	uint64_t *top = mem_at(&mem, FAKE_TABLES, PAGE_SIZE);
	uint64_t *tables = mem_at(&mem, MIB, 2 * PAGE_SIZE);

	top[0] = MIB | 0x7;
	tables[0] = (MIB + PAGE_SIZE) | 0x7;
	tables[512 + 2] = 0x7f400000 | 0x87;
}

static void test_keys(void)
{
	restart();
	fake_kernel_note(&fake, NOTE("-16777216", "ffffffff81010000",
				     "ffffffff81203000"));
	claim(find_stopped(), "kernel: three keys are enough");
	expect_bad_keys(NOTE("", "ffffffff81010000", "ffffffff81203000"),
			"kernel: a number that is none is refused");
	expect_bad_keys(NOTE("-16777216x", "ffffffff81010000",
			     "ffffffff81203000"),
			"kernel: so is one with more behind it");
	expect_bad_keys(NOTE("99999999999999999999", "ffffffff81010000",
			     "ffffffff81203000"),
			"kernel: so is one that is too large");
	expect_bad_keys(NOTE("-16777216", "10000", "ffffffff81203000"),
			"kernel: so are page tables outside the image");
	map_user();
	expect_bad_keys(NOTE("-16777216", "ffffffff81010000", "403000"),
			"kernel: so is a log at a user's address");
	expect_bad_keys(NOTE("-16777216", "ffffffff81010000",
			     "ffffffff81600000"),
			"kernel: so is one that they do not map");
	expect_bad_keys(NOTE("-16773120", "ffffffff81010000",
			     "ffffffff81203000"),
			"kernel: so is an image that is elsewhere");
}

/* A 1 GiB page, a 2 MiB page and one of 4 KiB; four levels and five. */
static void test_walk(void)
{
	struct paging paging = { .root = FAKE_TABLES };
	uint64_t *top = mem_at(&mem, FAKE_TABLES, PAGE_SIZE);
	uint64_t *fifth = mem_at(&mem, MIB, PAGE_SIZE);
	uint64_t *pd = top + 2 * 512;
	struct paging_place place;

	restart();
	left = GUEST_STEP_COST;
	place = paging_walk(&reader, &paging, FAKE_DIRECT + 0x12345678);
	claim(place.is_mapped, "paging: a page of 1 GiB");
	claim_number(place.pa, 0x12345678, "paging: its address");
	claim_number(place.room, GIB - 0x12345678, "paging: the room in it");
	place = paging_walk(&reader, &paging, FAKE_IMAGE_VA + 0x1234);
	claim(place.is_mapped && place.pa == FAKE_IMAGE + 0x1234 &&
	      place.room == 0x1000 - 0x234, "paging: a page of 4 KiB");
	pd[10] = 0x400000 | 0x1083;
	place = paging_walk(&reader, &paging, 0xffffffff81412345);
	claim(place.is_mapped && place.pa == 0x412345 &&
	      place.room == 0x200000 - 0x12345,
	      "paging: a page of 2 MiB, whose bit 12 is no address");
	place = paging_walk(&reader, &paging, 0xffffffff81612345);
	claim(!place.is_mapped && place.room == 0x200000 - 0x12345,
	      "paging: what is not present is not mapped, as far as that goes");

	fifth[0x1ff] = FAKE_TABLES | 0x3;
	paging = (struct paging){ .root = MIB | 0xfff, .five_levels = true };
	place = paging_walk(&reader, &paging, FAKE_IMAGE_VA);
	claim(place.is_mapped && place.pa == FAKE_IMAGE,
	      "paging: five levels, and flags in CR3");
	fifth[0x1ff] = UINT64_MAX;
	claim(!paging_walk(&reader, &paging, FAKE_IMAGE_VA).is_mapped,
	      "paging: a table that is not in RAM maps nothing");
}

void test_guest_kernel(void)
{
	if (mem_alloc(&mem, FAKE_MEMORY)) {
		claim(false, "kernel: memory for the test");
		return;
	}
	guest_reader_of_mem(&reader, &mem, &left);
	test_one();
	test_two();
	test_crashed();
	test_user_pages();
	test_forged();
	test_too_many();
	test_flood();
	test_note();
	test_keys();
	test_walk();
	mem_free(&mem);
}
