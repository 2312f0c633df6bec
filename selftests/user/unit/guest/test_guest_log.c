// SPDX-License-Identifier: GPL-2.0-only
/* Logs that VMCOREINFO does not lead to, or not at once. */
#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "guest/kmsg.h"
#include "guest/log_buffer.h"
#include "fake_kernel.h"
#include "tap.h"

#define CRASHED		(8 * MIB)
#define HEADER		(20 * MIB)

static struct mem mem;
static struct fake_kernel fake, crashed;
static struct regs regs[2];
static struct kmsg kmsg;

static void read_with(unsigned int nr)
{
	const struct regs *const vcpus[] = { &regs[0], &regs[1] };
	const struct kmsg_page none = { 0 };
	struct kmsg_memory memory = { 0 };

	memset(&kmsg, '!', sizeof(kmsg));
	kmsg_read(&memory, &mem, &none, vcpus, nr, &kmsg, NULL);
}

static void restart(void)
{
	memset(mem_at(&mem, 0, FAKE_MEMORY), 0, FAKE_MEMORY);
	fake_kernel_init(&fake, &mem, 0);
	fake_kernel_clear(&fake, FAKE_LEAST_BITS);
	regs[0] = fake_kernel_regs(&fake);
	regs[1] = (struct regs){ .cr0 = 0 };
}

/* What kexec leaves: notes of CPUs, the one that is looked for, RAM. */
struct core_header {
	Elf64_Ehdr eh;
	Elf64_Phdr ph[4];
};

static struct core_header *header;

static void put_header(void)
{
	header = mem_at(&mem, HEADER, sizeof(*header));
	*header = (struct core_header){
		.eh = {
			.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64 },
			.e_type = ET_CORE,
			.e_phoff = sizeof(header->eh),
			.e_phentsize = sizeof(header->ph[0]),
			.e_phnum = 4,
		},
		.ph = {
			{ .p_type = PT_NOTE, .p_offset = 1 },
			{ .p_type = PT_NOTE, .p_offset = UINT64_MAX },
			{ .p_type = PT_NOTE, .p_offset = CRASHED + FAKE_NOTE },
			{ .p_type = PT_LOAD, .p_offset = 0 },
		},
	};
}

/* A crash kernel runs, told by @command_line where the other one is. */
static void crash(const char *command_line)
{
	restart();
	fake_kernel_init(&crashed, &mem, CRASHED);
	fake_kernel_say(&crashed, 0, "Linux version 6.12.0 (a compiler)");
	fake_kernel_say(&crashed, 0, "Command line: of the first");
	fake_kernel_panic(&crashed, 0, "oh dear");
	fake_kernel_add(&crashed, FAKE_CRASHED);
	put_header();
	fake_kernel_say(&fake, 0, "Linux version 6.12.0 (a compiler)");
	fake_kernel_say(&fake, 0, command_line);
	fake_kernel_say(&fake, 0, "saving a core");
}

static bool is_followed(void)
{
	read_with(1);
	return kmsg.panicked && kmsg.in_crash_kernel &&
	       kmsg.source == KMSG_PRINTK_RING &&
	       strstr(kmsg.text, "oh dear") &&
	       !strcmp(kmsg.command_line, "of the first");
}

static void test_crash_kernel(void)
{
	crash("Command line: elfcorehdr=0x1400000 quiet");
	claim(is_followed(), "log: a crash kernel leads to the crashed one");
	fake_kernel_panic(&fake, 0, "and again");
	claim(is_followed(), "log: also if it panics itself");
	fake_kernel_init(&crashed, &mem, CRASHED);
	fake_kernel_add(&crashed, FAKE_CRASHED);
	fake_kernel_say(&crashed, 0, "Oops");
	read_with(1);
	claim(kmsg.panicked && strstr(kmsg.text, "Oops"),
	      "log: a crash is a panic, whatever the log says of it");

	crash("Command line: elfcorehdr=0x1400000");
	regs[1] = fake_kernel_regs(&crashed);
	read_with(2);
	claim(kmsg.panicked && kmsg.in_crash_kernel &&
	      strstr(kmsg.text, "oh dear"),
	      "log: also while vCPUs are still in that");
	crash("Command line: quiet");
	regs[1] = fake_kernel_regs(&crashed);
	read_with(2);
	claim(!kmsg.panicked && strstr(kmsg.text, "saving a core"),
	      "log: but not without its leading there");
	regs[0] = fake_kernel_regs(&crashed);
	read_with(1);
	claim(kmsg.panicked && kmsg.in_crash_kernel &&
	      strstr(kmsg.text, "oh dear"),
	      "log: before it has page tables, the one that crashed is known");
}

static void expect_followed(const char *command_line, bool followed,
			    const char *what)
{
	crash(command_line);
	claim(is_followed() == followed, what);
}

static void test_parameter(void)
{
	expect_followed("Command line: quiet elfcorehdr=20480K", true,
			"log: its address may have a unit");
	expect_followed("Command line: elfcorehdr=16k@20m quiet", true,
			"log: and a size");
	expect_followed("Command line: elfcorehdr=1M elfcorehdr=0x1400000",
			true, "log: the last one counts");
	expect_followed("Command line: my.elfcorehdr=0x1400000", false,
			"log: other parameters do not");
	expect_followed("Command line: elfcorehdr=", false,
			"log: nor does one without an address");
	expect_followed("Command line: elfcorehdr=0x1400000E", false,
			"log: nor one past all addresses");
	expect_followed("quiet elfcorehdr=0x1400000", false,
			"log: nor what is no command line");
	crash("Command line: elfcorehdr=0x1400000");
	fake.info[1].facility = 1;
	claim(!is_followed(), "log: nor one that a program has written");
	crash("Command line: elfcorehdr=0x1400000");
	regs[0].cr3 = 4 * MIB;
	read_with(1);
	claim(!kmsg.panicked && !kmsg.in_crash_kernel,
	      "log: nothing is believed of a crash kernel that none runs");
}

static void expect_no_header(const char *what)
{
	claim(!is_followed() && strstr(kmsg.text, "saving a core") &&
	      !kmsg.panicked, what);
	put_header();
}

static void test_header(void)
{
	crash("Command line: elfcorehdr=0x1400000");
	header->eh.e_ident[0] = 0;
	expect_no_header("log: what is no ELF header is not followed");
	header->eh.e_ident[EI_CLASS] = ELFCLASS32;
	expect_no_header("log: nor is one of 32 bits");
	header->eh.e_type = ET_EXEC;
	expect_no_header("log: nor that of a program");
	header->eh.e_phentsize = 32;
	expect_no_header("log: nor with other program headers");
	header->eh.e_phoff = UINT64_MAX - HEADER;
	expect_no_header("log: nor with them elsewhere");
	header->ph[2].p_type = PT_LOAD;
	header->eh.e_phnum = UINT16_MAX;
	expect_no_header("log: nor without the note, be they 65,535");
	header->ph[2].p_offset += PAGE_SIZE;
	expect_no_header("log: nor with a note that is none");
	fake_kernel_note(&crashed, "OSRELEASE=1\n");
	expect_no_header("log: nor with one that leads nowhere");
	fake_kernel_note(&crashed, NULL);
	expect_no_header("log: nor with one that has not crashed");
	fake_kernel_add(&crashed, FAKE_CRASHED);
	claim(is_followed(), "log: but with all that mended it is");
}

static void clear_note(void)
{
	memset(mem_at(&mem, FAKE_NOTE, PAGE_SIZE), 0, PAGE_SIZE);
}

static void say_early(void)
{
	fake_kernel_say(&fake, 0, "Linux version 6.12.9 (a compiler)");
	fake_kernel_say(&fake, 0, "Command line: mem=8M");
	fake_kernel_panic(&fake, 0, "too little memory");
}

/* A kernel that panics before it has written its note. */
static void begin(void)
{
	restart();
	clear_note();
	say_early();
}

#define EARLY \
	"[    0.000000] Linux version 6.12.9 (a compiler)\n" \
	"[    0.000000] Command line: mem=8M\n" \
	"[    0.000000] Kernel panic - not syncing: too little memory\n"

static void expect_buffer(const char *what)
{
	read_with(1);
	claim_string(kmsg.text, EARLY, what);
	claim(kmsg.source == KMSG_LOG_BUFFER && kmsg.panicked &&
	      !strcmp(kmsg.release, "6.12.9") &&
	      !strcmp(kmsg.command_line, "mem=8M"), "log: and what it says");
}

static void test_buffer(void)
{
	uint64_t *head;
	unsigned int i;

	begin();
	expect_buffer("log: without a note, it is found by what it looks like");
	fake_kernel_short_ids(&fake);
	say_early();
	expect_buffer("log: with ids of 32 bits");
	head = (uint64_t *)fake.prb;
	memmove(head + 5, head + 6, 5 * sizeof(*head));
	expect_buffer("log: as it was before 6.8");
	begin();
	memcpy((uint8_t *)fake.prb - PAGE_SIZE - 40, fake.prb,
	       sizeof(*fake.prb));
	memset(fake.prb, 0, sizeof(*fake.prb));
	expect_buffer("log: where one page ends");
	begin();
	for (i = 3; i--;)
		memmove((uint8_t *)fake.info + i * 112, &fake.info[i],
			sizeof(fake.info[i]));
	expect_buffer("log: with facts of another size");
	begin();
	fake_kernel_string(&fake, 0, ",caller=%c%u");
	read_with(1);
	claim(!strncmp(kmsg.text, "[    0.000000][    T0] Linux", 28),
	      "log: with callers, if it is built so");
}

static void test_two_buffers(void)
{
	struct fake_prb *second;

	begin();
	second = fake.prb + 1;
	*second = *fake.prb;
	second->head--;
	read_with(1);
	claim_string(kmsg.text, EARLY, "log: of two the one with more records");
	claim(!kmsg.panicked, "log: but one of them may be forged");
	begin();
	for (second = fake.prb + 1; second < fake.prb + 20; second++)
		*second = *fake.prb;
	read_with(1);
	claim(!kmsg.panicked, "log: and so may all of them");
}

static void expect_no_buffer(const char *what)
{
	read_with(1);
	/* What is left is the text, which needs no ring. */
	claim(!kmsg.panicked && !strncmp(kmsg.text, "Linux version", 13), what);
	begin();
}

static void test_no_buffer(void)
{
	begin();
	fake.prb->count_bits = 27;
	expect_no_buffer("log: a ring of too many records is none");
	fake.prb->size_bits++;
	expect_no_buffer("log: nor one whose text has another size");
	fake.prb->descs = FAKE_MEMORY;
	expect_no_buffer("log: nor one in a program's memory");
	fake.prb->data++;
	expect_no_buffer("log: nor one that is not aligned");
	fake.prb->tail = fake.prb->head - 200;
	expect_no_buffer("log: nor one that holds more than its size");
	fake.prb->head_lpos = fake.prb->tail_lpos + 4097;
	expect_no_buffer("log: nor one with more text than that");
	fake.info[2].seq++;
	expect_no_buffer("log: nor one whose newest record is another");
	fake.prb->infos += 8;
	expect_no_buffer("log: nor one whose facts are elsewhere");
	expect_buffer("log: but with all that mended it is one");
}

/* The rest of the page, and of a huge one, may be there then. */
static void test_unused(void)
{
	const struct regs *const vcpus[] = { &regs[0] };
	const struct kmsg_page none = { 0 };
	struct kmsg_memory memory = { 0 };
	struct mem fresh;
	uint64_t end;

	begin();
	regs[0].cr0 = 1;
	mem_init();
	if (mem_alloc(&fresh, 8 * MIB)) {
		claim(false, "log: memory for the test");
		return;
	}
	memset(mem_at(&fresh, MIB, 1), 1, 1);
	kmsg_read(&memory, &fresh, &none, vcpus, 1, &kmsg, NULL);
	claim_number(mem_used(&fresh, 3 * MIB, &end), 8 * MIB,
		     "log: a search leaves alone what the guest never used");
	mem_free(&fresh);
}

/* No vCPU has page tables: the text is still there. */
static void test_raw_text(void)
{
	static const char first[] = "Linux version 5.10 (a compiler)";
	static const char last[] = "last";
	unsigned int i;

	begin();
	regs[0].cr0 = 1;
	fake_kernel_say(&fake, 0, "");
	fake_kernel_say(&fake, 0, "eight by");
	fake_kernel_say(&fake, 0, "\033[31mtwo\nlines");
	read_with(1);
	claim_string(kmsg.text, "Linux version 6.12.9 (a compiler)\n"
		     "Command line: mem=8M\n"
		     "Kernel panic - not syncing: too little memory\n"
		     "eight by\n\\x1b[31mtwo\nlines\n",
		     "log: without page tables, its text is found");
	claim(kmsg.source == KMSG_LOG_BUFFER && !kmsg.panicked,
	      "log: who has written that is not known");
	memset(fake.text, 0, PAGE_SIZE);
	fake_kernel_short_ids(&fake);
	say_early();
	read_with(1);
	claim(kmsg.source == KMSG_LOG_BUFFER && !kmsg.panicked,
	      "log: also with ids of 32 bits");
	memset(fake.text, 0, 8);
	read_with(1);
	claim(kmsg.source == KMSG_NONE, "log: its first line has an id");

	for (i = 0; i < PAGE_SIZE; i += 8) {
		char *text = mem_at(&mem, HEADER + i, 64);
		uint64_t id = fake.desc[0].state & ~(UINT64_C(3) << 62);

		memset(mem_at(&mem, HEADER, 2 * PAGE_SIZE), 0, 2 * PAGE_SIZE);
		memcpy(text, &id, 8);
		memcpy(text + 8, first, sizeof(first));
		id++;
		memcpy(text + 40, &id, 8);
		memcpy(text + 48, last, sizeof(last));
		read_with(1);
		if (strcmp(kmsg.text,
			   "Linux version 5.10 (a compiler)\nlast\n"))
			break;
	}
	claim_number(i, PAGE_SIZE, "log: and may be anywhere");
}

/* Of a long one the newest lines that fit. */
static void test_long_text(void)
{
	char text[64];
	struct guest_reader reader;
	uint64_t left = GUEST_STEP_COST;
	size_t len;

	begin();
	guest_reader_of_mem(&reader, &mem, &left);
	len = log_buffer_text(&reader, text, 50);
	text[len] = '\0';
	claim_string(text, "Kernel panic - not syncing: too little memory\n",
		     "log: of its text the newest lines");
	left = 100;
	claim_number(log_buffer_text(&reader, text, 50), 0,
		     "log: what may not be read is not");
}

void test_guest_log(void)
{
	if (mem_alloc(&mem, FAKE_MEMORY)) {
		claim(false, "log: memory for the test");
		return;
	}
	test_crash_kernel();
	test_parameter();
	test_header();
	test_buffer();
	test_two_buffers();
	test_no_buffer();
	test_unused();
	test_raw_text();
	test_long_text();
	mem_free(&mem);
}
