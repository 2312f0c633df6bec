// SPDX-License-Identifier: GPL-2.0-only
/* Core files that were made to deceive. */
#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/core_file.h"
#include "core/core_note.h"
#include "tap.h"

#define RAM_AT		8192
#define RAM_SIZE	(64 * KIB)
#define GPA		0x100000

/* A small one that is right; each test breaks something. */
struct file {
	Elf64_Ehdr eh;
	Elf64_Phdr ph[80];
	Elf64_Nhdr note;
	char name[8];
	struct core_note_qemu qemu;
	uint8_t ram[RAM_AT + RAM_SIZE];
	uint8_t behind[PAGE_SIZE];
} __attribute__((packed));

static struct file file;
static struct core_file core;
static char path[32] = "/tmp/panicvm-unit-XXXXXX";

static void restore(void)
{
	memset(&file, 0, sizeof(file));
	memcpy(file.eh.e_ident, ELFMAG, SELFMAG);
	file.eh.e_ident[EI_CLASS] = ELFCLASS64;
	file.eh.e_ident[EI_DATA] = ELFDATA2LSB;
	file.eh.e_type = ET_CORE;
	file.eh.e_machine = EM_X86_64;
	file.eh.e_phoff = sizeof(file.eh);
	file.eh.e_phentsize = sizeof(file.ph[0]);
	file.eh.e_phnum = 2;
	file.ph[0].p_type = PT_NOTE;
	file.ph[0].p_offset = offsetof(struct file, note);
	file.ph[0].p_filesz = sizeof(file.note) + sizeof(file.name) +
			      sizeof(file.qemu);
	file.ph[1].p_type = PT_LOAD;
	file.ph[1].p_offset = offsetof(struct file, ram) + RAM_AT;
	file.ph[1].p_paddr = GPA;
	file.ph[1].p_filesz = RAM_SIZE;
	file.note = (Elf64_Nhdr){ 5, sizeof(file.qemu), 0 };
	memcpy(file.name, "QEMU", 5);
	file.qemu.cr[3] = 0x1000;
	memcpy(file.ram + RAM_AT, "begin", 5);
	memcpy(file.ram + RAM_AT + RAM_SIZE - 3, "end", 3);
}

static const char *open_core(size_t len)
{
	int fd = open(path, O_WRONLY | O_TRUNC);
	const char *wrong;

	wrong = write(fd, &file, len) == (ssize_t)len ? NULL : "no room";
	close(fd);
	core_file_close(&core);
	return wrong ? wrong : core_file_open(&core, path);
}

static void expect(const char *wrong, const char *what)
{
	claim_string(open_core(sizeof(file)), wrong, what);
	restore();
}

static bool reads(uint64_t gpa, size_t len)
{
	static uint8_t bytes[RAM_SIZE];

	return guest_read(&core.reader, gpa, bytes, len);
}

static void test_reads(void)
{
	char word[4] = "";

	restore();
	expect(NULL, "core: a right one is read");
	claim_number(core.vcpus[0].root, 0x1000, "core: with its CR3");
	claim(guest_read(&core.reader, GPA + RAM_SIZE - 3, word, 3) &&
	      !strcmp(word, "end"), "core: and its RAM");
	claim(reads(GPA, RAM_SIZE), "core: all of it");
	claim(!reads(GPA, RAM_SIZE + 1), "core: and no more");
	claim(!reads(GPA - 1, 2), "core: from its begin");
	claim(!reads(GPA + RAM_SIZE, 1), "core: to its end");
	claim(!reads(UINT64_MAX, 2), "core: not past all addresses");
}

static void test_header(void)
{
	static const char none[] =
		"is not an ELF64 core of x86-64; name one of --core or of QEMU";
	static const char headers[] =
		"has program headers of another kind than a vmcore's; it is damaged";
	static const char ends[] =
		"ends within its program headers; was it copied completely?";

	claim_string(open_core(0), none, "core: an empty file");
	claim_string(open_core(63), none, "core: half a header");
	file.eh.e_ident[1] = 'e';
	expect(none, "core: another magic");
	file.eh.e_ident[EI_CLASS] = ELFCLASS32;
	expect(none, "core: one of 32 bits");
	file.eh.e_type = ET_EXEC;
	expect(none, "core: a program");
	file.eh.e_machine = EM_AARCH64;
	expect(none, "core: another machine's");
	file.eh.e_phentsize = 32;
	expect(headers, "core: headers of another size");
	file.eh.e_phnum = PN_XNUM;
	expect(headers, "core: more headers than can be told");
	file.eh.e_phoff = sizeof(file) - 60;
	expect(ends, "core: headers past the end");
	file.eh.e_phoff = UINT64_MAX - 8;
	expect(ends, "core: headers past all ends");
}

static void test_segments(void)
{
	static const char after[] =
		"has a segment that ends after the file does; was it copied completely?";
	unsigned int i;

	file.ph[1].p_filesz += sizeof(file.behind) + 1;
	expect(after, "core: a segment that ends after the file");
	file.ph[1].p_offset = UINT64_MAX;
	expect(after, "core: one that begins after it");
	file.ph[1].p_filesz = UINT64_MAX;
	expect(after, "core: one whose end wraps");
	file.ph[0].p_filesz = UINT64_MAX;
	expect(after, "core: and notes whose end does");
	file.ph[1].p_paddr = UINT64_MAX - 8;
	expect("has a segment past the end of all addresses; it is damaged",
	       "core: one past all addresses");
	file.eh.e_phnum = 70;
	for (i = 2; i < 70; i++)
		file.ph[i] = file.ph[1];
	expect("has more segments of memory than a machine has",
	       "core: 69 segments");
}

static void test_notes(void)
{
	static const char cut[] =
		"has a note that is cut off; was it written completely?";

	file.note.n_descsz++;
	expect(cut, "core: a note longer than the notes");
	file.note.n_namesz = UINT32_MAX;
	expect(cut, "core: a name longer than those");
	file.note.n_namesz = UINT32_MAX - 3;
	file.note.n_descsz = UINT32_MAX;
	expect(cut, "core: both");
	file.ph[0].p_filesz += 4;
	expect(cut, "core: less than a note behind the last");
	file.eh.e_phnum = 3;
	file.ph[2] = file.ph[0];
	expect("has more notes than a core has; it is damaged",
	       "core: notes twice");
	file.note.n_descsz = 8;
	file.ph[0].p_filesz = 28;
	expect(NULL, "core: a vCPU's note that is too short");
	claim_number(core.nr_vcpus, 0, "core: is none");
}

/* A hole is passed over, and nothing else is. */
static void test_holes(void)
{
	uint64_t end, at;
	int fd;

	file.ph[1].p_filesz = MIB;
	claim(open_core(sizeof(file)), "core: one that is to grow");
	fd = open(path, O_WRONLY);
	claim(!ftruncate(fd, (off_t)file.ph[1].p_offset + MIB) &&
	      pwrite(fd, "x", 1, (off_t)file.ph[1].p_offset + MIB - 1) == 1,
	      "core: and has a hole");
	close(fd);
	core_file_close(&core);
	claim_string(core_file_open(&core, path), NULL, "core: is read");
	at = core.reader.used(&core.reader, GPA + 256 * KIB, &end);
	claim(at > GPA + 512 * KIB && at < GPA + MIB && at % PAGE_SIZE == 0 &&
	      end == GPA + MIB, "core: the hole is passed over");
	claim_number(core.reader.used(&core.reader, GPA, &end), GPA,
		     "core: but not what is before it");
	restore();
}

void test_core_file(void)
{
	int fd = mkstemp(path);

	if (fd < 0) {
		claim(false, "core: a place for the test");
		return;
	}
	close(fd);
	core.fd = -1;
	test_reads();
	test_header();
	test_segments();
	test_notes();
	test_holes();
	core_file_close(&core);
	unlink(path);
}
