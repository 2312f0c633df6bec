// SPDX-License-Identifier: GPL-2.0-only
/* What is said of a guest: by a page that it hands over, and by its log. */
#include <stdio.h>
#include <string.h>

#include "guest/kmsg.h"
#include "fake_kernel.h"
#include "tap.h"

#define END	FAKE_MEMORY
#define SECOND	UINT64_C(1000000000)

static struct mem mem;
static char out[KMSG_MAX];
static struct fake_kernel fake;
static struct regs regs;
static struct kmsg kmsg;

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

static void restart(void)
{
	memset(mem_at(&mem, 0, FAKE_MEMORY), 0, FAKE_MEMORY);
	fake_kernel_init(&fake, &mem, 0);
	fake_kernel_clear(&fake, FAKE_LEAST_BITS);
	regs = fake_kernel_regs(&fake);
}

/* With what the guest hands over; "" for nothing. */
static void read_all(const char *page)
{
	const struct regs *const vcpus[] = { &regs };
	const struct kmsg_page at = { MIB, strlen(page) };
	struct kmsg_memory memory = { 0 };

	memcpy(mem_at(&mem, MIB, PAGE_SIZE), page, strlen(page));
	memset(&kmsg, '!', sizeof(kmsg));
	kmsg_read(&memory, &mem, &at, vcpus, 1, &kmsg, NULL);
}

static void expect_panicked(bool panicked, const char *what)
{
	read_all("");
	claim(kmsg.panicked == panicked && kmsg.source == KMSG_PRINTK_RING,
	      what);
	restart();
	fake_kernel_say(&fake, 0, "Linux version 6.12.0 (a compiler)");
}

/* What makes a panic one of the kernel's own. */
static void test_panicked(void)
{
	restart();
	fake_kernel_say(&fake, 0, "all is well");
	expect_panicked(false, "kmsg: a log without a panic");
	fake_kernel_panic(&fake, 0, "oh dear");
	expect_panicked(true, "kmsg: a log with one");
	fake_kernel_panic(&fake, 0, "oh dear");
	fake_kernel_info(&fake)->facility = 1;
	expect_panicked(false, "kmsg: one that a program has written is none");
	fake_kernel_panic(&fake, 0, "oh dear");
	fake_kernel_info(&fake)->level = 1 << 5;
	expect_panicked(false, "kmsg: nor is one that is no emergency");
	fake_kernel_panic(&fake, 0, "oh dear");
	fake_kernel_info(&fake)->level = 0x1f;
	expect_panicked(true, "kmsg: flags are no part of the level");
	fake_kernel_say(&fake, 0, "he said: Kernel panic - not syncing: no");
	expect_panicked(false, "kmsg: it begins the line");
	fake_kernel_say(&fake, 0,
			"---[ end Kernel panic - not syncing: oh dear ]---");
	expect_panicked(true, "kmsg: the line at its end is enough");
	fake_kernel_panic(&fake, 0, "oh dear");
	regs.cr3 = 8 * MIB;
	expect_panicked(false, "kmsg: in a kernel that none runs it is none");
	fake_kernel_panic(&fake, 0, "oh dear");
	regs.cr0 = 1;
	expect_panicked(false, "kmsg: nor where paging is off");
	fake_kernel_panic(&fake, 0, "oh dear");
	regs.cr4 |= 1 << 12;
	expect_panicked(false, "kmsg: nor by tables of another depth");
}

/* Log, tables and note of a program's own, beside the kernel's. */
static void test_forged(void)
{
	struct fake_kernel forged;

	restart();
	fake_kernel_say(&fake, 0, "all is well");
	fake_kernel_init(&forged, &mem, 8 * MIB);
	fake_kernel_panic(&forged, 0, "believe me");
	read_all("");
	claim(!kmsg.panicked && strstr(kmsg.text, "all is well"),
	      "kmsg: of a forged kernel nothing is believed");
	/* A note before the kernel's, which names the kernel's own place. */
	memmove(mem_at(&mem, FAKE_TABLES - PAGE_SIZE, PAGE_SIZE),
		mem_at(&mem, FAKE_NOTE, PAGE_SIZE), PAGE_SIZE);
	fake_kernel_note(&fake, "OSRELEASE=forged\n"
			 "SYMBOL(_stext)=ffffffff81200000\n"
			 "SYMBOL(swapper_pg_dir)=ffffffff81010000\n"
			 "SYMBOL(prb)=ffffffff81203000\n"
			 "NUMBER(phys_base)=-16777216\n");
	fake_kernel_panic(&fake, 0, "believe me");
	read_all("");
	claim(!kmsg.panicked, "kmsg: nor where two notes contradict");
}

static void test_page_or_ring(void)
{
	restart();
	fake_kernel_panic(&fake, SECOND, "oh dear");
	read_all("task 1\ntask 2\n");
	claim_string(kmsg.text,
		     "[    1.000000] Kernel panic - not syncing: oh dear\n",
		     "kmsg: the ring, if the page does not have the panic");
	claim(kmsg.source == KMSG_PRINTK_RING && kmsg.panicked,
	      "kmsg: and says so");
	read_all("<0>Kernel panic - not syncing: oh dear\n");
	claim_string(kmsg.text, "<0>Kernel panic - not syncing: oh dear\n",
		     "kmsg: the page, if it has");
	claim(kmsg.source == KMSG_NOTIFY_MSG && kmsg.panicked,
	      "kmsg: and what is known of the ring");
	restart();
	fake_kernel_say(&fake, 0, "all is well");
	read_all("words");
	claim_string(kmsg.text, "words", "kmsg: the page, if none has");
	claim_string(kmsg.release, "6.12.0", "kmsg: with the ring's identity");
}

/* 16 bytes before each line, and so many lines of @len bytes. */
static void say_often(unsigned int times, size_t len)
{
	char line[256];

	memset(line, 'x', len);
	line[len] = '\0';
	while (times--)
		fake_kernel_say(&fake, 0, line);
}

static bool has_window(const char *first)
{
	const char *panic = strstr(kmsg.text, "Kernel panic");

	return panic && strstr(kmsg.text, first) && kmsg.panicked &&
	       strlen(kmsg.text) <= KMSG_TAIL;
}

/* What follows a panic can be more than there is room for. */
static void test_window(void)
{
	static const char oops[] = "BUG: unable to handle page fault";

	restart();
	fake_kernel_say(&fake, 0, oops);
	fake_kernel_panic(&fake, 0, "Fatal exception");
	say_often(100, 0);
	fake_kernel_say(&fake, 0, "newest");
	read_all("");
	claim(has_window(oops) && strstr(kmsg.text, "newest"),
	      "kmsg: a panic that is not long ago, and all after it");

	/* Blocks of many lines: a text ring of 4 KiB has 30 KiB of text. */
	restart();
	fake_kernel_say(&fake, 0, "older");
	fake_kernel_say(&fake, 0, oops);
	fake_kernel_panic(&fake, 0, "Fatal exception");
	fake_kernel_say(&fake, 0, "next");
	while (fake.lpos + 256 + 16 < (uint64_t)-256) {
		char lines[201];

		memset(lines, '\n', 200);
		lines[200] = '\0';
		fake_kernel_say(&fake, 0, lines);
	}
	fake_kernel_say(&fake, 0, "newest");
	read_all("");
	claim(has_window(oops) && strstr(kmsg.text, "older") &&
	      strstr(kmsg.text, "next") && !strstr(kmsg.text, "newest"),
	      "kmsg: a panic that is long ago, and what was before it");
}

static void test_identity(void)
{
	char line[600] = "Command line: ";

	restart();
	fake_kernel_say(&fake, 0, "Linux version 6.12.9 (a compiler)");
	fake_kernel_say(&fake, 0, "Command line: root=/dev/\xc3\xa4 \033[1m");
	fake_kernel_say(&fake, 0, "Command line: another");
	read_all("");
	claim_string(kmsg.release, "6.12.0", "kmsg: VMCOREINFO has a release");
	claim_string(kmsg.command_line, "root=/dev/\xc3\xa4 \\x1b[1m",
		     "kmsg: the log has the command line, which is cleaned");
	claim_string(kmsg.build_id, "", "kmsg: not all have a build ID");

	restart();
	memset(line + strlen(line), '\1', sizeof(line) - 1 - strlen(line));
	fake_kernel_say(&fake, 0, line);
	read_all("");
	claim_number(strlen(kmsg.command_line), KMSG_COMMAND_LINE_MAX,
		     "kmsg: a long command line is cut");

	restart();
	fake_kernel_say(&fake, 0, "Command line: one");
	fake_kernel_info(&fake)->facility = 1;
	fake_kernel_say(&fake, 0, "Command line: two\nlines");
	read_all("");
	claim_string(kmsg.command_line, "two",
		     "kmsg: a program's is not taken, and one line is");
}

static void expect_build_id(const char *line, const char *wanted,
			    const char *what)
{
	restart();
	fake_kernel_add(&fake, line);
	read_all("");
	claim_string(kmsg.build_id, wanted, what);
}

static void test_build_id(void)
{
	static const char longest[] =
		"BUILD-ID=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n";
	static const char longer[] =
		"BUILD-ID=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0\n";

	expect_build_id("BUILD-ID=0123456789abcdef\n", "0123456789abcdef",
			"kmsg: a build ID");
	expect_build_id("BUILD-ID=012345678 abcdef\n", "",
			"kmsg: one that is not hex is none");
	expect_build_id(longer, "", "kmsg: nor is one that is too long");
	expect_build_id(longest,
			"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
			"kmsg: but one just so long");
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
	test_panicked();
	test_forged();
	test_page_or_ring();
	test_window();
	test_identity();
	test_build_id();
	mem_free(&mem);
}
