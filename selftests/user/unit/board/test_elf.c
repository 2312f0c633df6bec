// SPDX-License-Identifier: GPL-2.0-only
#include <elf.h>
#include <string.h>

#include "board/elf.h"
#include "guest/mem.h"
#include "tap.h"

#define SEGMENTS	3
#define VIRTUAL		0xffffffff80000000
#define FILE_SIZE	0x10000

/* Code with a .bss, data below it, and a note, which is not loaded. */
struct file {
	Elf64_Ehdr e;
	Elf64_Phdr p[SEGMENTS];
};

static struct file good_file(void)
{
	return (struct file){
		.e = {
			.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64,
				     ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_EXEC,
			.e_machine = EM_X86_64,
			.e_version = EV_CURRENT,
			.e_entry = 16 * MIB + 0x100,
			.e_phoff = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = SEGMENTS,
		},
		.p = {
			{
				.p_type = PT_LOAD,
				.p_flags = PF_R | PF_X,
				.p_offset = 0x1000,
				.p_vaddr = VIRTUAL + 16 * MIB,
				.p_paddr = 16 * MIB,
				.p_filesz = 0x2000,
				.p_memsz = MIB,
			},
			{
				.p_type = PT_LOAD,
				.p_flags = PF_R | PF_W,
				.p_offset = 0x3000,
				.p_paddr = 15 * MIB,
				.p_filesz = MIB / 32,
				.p_memsz = MIB,
			},
			{ .p_type = PT_NOTE, .p_offset = 0x1000 },
		},
	};
}

static const char *check(const struct file *f, uint64_t len, uint64_t size,
			 struct kernel *kernel)
{
	uint8_t head[KERNEL_HEAD_MAX] = { 0 };

	memcpy(head, f, sizeof(*f));
	return elf_check(head, len, size, kernel);
}

static bool part_is(const struct kernel_part *part, uint64_t offset,
		    uint64_t size, uint64_t gpa)
{
	return part->offset == offset && part->size == size &&
	       part->gpa == gpa;
}

static void test_good(void)
{
	struct file f = good_file();
	struct kernel k;

	claim_string(check(&f, sizeof(f), FILE_SIZE, &k), NULL,
		     "elf: a good one");
	claim(k.nr == 2 && part_is(&k.part[0], 0x1000, 0x2000, 16 * MIB) &&
	      part_is(&k.part[1], 0x3000, MIB / 32, 15 * MIB),
	      "elf: its segments");
	claim_number(k.entry, 16 * MIB + 0x100, "elf: where it starts");
	claim_number(k.run_end, 17 * MIB, "elf: its end is that of its .bss");
	claim(k.header.boot_flag == 0xaa55 && k.header.header == 0x53726448 &&
	      k.header.version == 0x20c && k.header.cmdline_size == 2047 &&
	      k.header.initrd_addr_max == 0x7fffffff,
	      "elf: the header that a bzImage would have");
	f.p[1].p_paddr = 16 * MIB;
	claim(!check(&f, sizeof(f), FILE_SIZE, &k) && k.nr == 2,
	      "elf: segments over each other are the guest's affair");
	f.p[1].p_memsz = 0;
	f.p[1].p_filesz = 0;
	f.p[1].p_paddr = 0;
	claim(!check(&f, sizeof(f), FILE_SIZE, &k) && k.nr == 1,
	      "elf: an empty segment is nowhere");
}

/* One field of a good file changed, and what it claims. */
#define REFUSES(field, value, text)					\
	do {								\
		struct file f = good_file();				\
		struct kernel k;					\
									\
		f.field = (value);					\
		claim(check(&f, KERNEL_HEAD_MAX, FILE_SIZE, &k),	\
		      "elf: refused: " text);				\
	} while (0)

static void test_header(void)
{
	struct file f = good_file();
	struct kernel k;

	claim(check(&f, sizeof(f.e) - 1, FILE_SIZE, &k),
	      "elf: refused: cut off in its header");
	claim(check(&f, sizeof(f) - 1, FILE_SIZE, &k),
	      "elf: refused: cut off in its program headers");
	REFUSES(e.e_ident[EI_CLASS], ELFCLASS32, "32 bits");
	REFUSES(e.e_ident[EI_DATA], ELFDATA2MSB, "big-endian");
	REFUSES(e.e_machine, EM_AARCH64, "another CPU");
	REFUSES(e.e_type, ET_REL, "an object");
	REFUSES(e.e_type, ET_DYN, "at no fixed address");
	REFUSES(e.e_type, ET_CORE, "a core");
	REFUSES(e.e_phentsize, 32, "program headers of another size");
	REFUSES(e.e_phnum, 0, "no program headers");
	REFUSES(e.e_phnum, 0xffff, "more of them than its beginning holds");
	REFUSES(e.e_phoff, KERNEL_HEAD_MAX + 1, "program headers elsewhere");
	REFUSES(e.e_phoff, UINT64_MAX, "program headers where offsets wrap");
}

static void test_segments(void)
{
	REFUSES(p[0].p_offset, FILE_SIZE - 0x1fff, "a segment cut off");
	REFUSES(p[0].p_offset, UINT64_MAX - 0xfff, "where offsets wrap");
	REFUSES(p[0].p_filesz, FILE_SIZE + 1, "more than there is");
	REFUSES(p[0].p_memsz, 0x1fff, "less memory than bytes");
	REFUSES(p[0].p_memsz, UINT64_MAX, "memory that wraps");
	REFUSES(p[1].p_paddr, UINT64_MAX - 0xfff, "where addresses wrap");
	REFUSES(p[1].p_paddr, 3 * GIB - MIB + 1, "beyond 3 GiB");
	REFUSES(p[1].p_paddr, 4 * GIB, "at 4 GiB");
	REFUSES(p[1].p_paddr, MIB - 1, "below 1 MiB");
	REFUSES(p[1].p_paddr, 0x8000, "over the boot parameters");
	REFUSES(e.e_entry, 0, "no entry");
	REFUSES(e.e_entry, VIRTUAL + 16 * MIB + 0x100, "a virtual entry");
	REFUSES(e.e_entry, 16 * MIB + 0x2000, "an entry in the .bss");
	REFUSES(e.e_entry, 16 * MIB - 1, "an entry before its segment");
	REFUSES(p[0].p_type, PT_NOTE, "no code");
}

/* As many as the head of a file can hold, which is not one too many. */
static void test_many(void)
{
	const unsigned int most = (KERNEL_HEAD_MAX - sizeof(Elf64_Ehdr)) /
				  sizeof(Elf64_Phdr);
	struct file f = good_file();
	uint8_t head[KERNEL_HEAD_MAX];
	struct kernel k;
	unsigned int i;

	f.e.e_phnum = most;
	memcpy(head, &f.e, sizeof(f.e));
	for (i = 0; i < most; i++)
		memcpy(head + sizeof(f.e) + i * sizeof(f.p[0]), &f.p[0],
		       sizeof(f.p[0]));
	claim(!elf_check(head, sizeof(head), FILE_SIZE, &k) && k.nr == most,
	      "elf: as many segments as may be");
	f.e.e_phnum++;
	memcpy(head, &f.e, sizeof(f.e));
	claim(elf_check(head, sizeof(head), FILE_SIZE, &k),
	      "elf: refused: one more");
}

void test_elf(void)
{
	claim(elf_begins((const uint8_t *)"\177ELF", 4) &&
	      !elf_begins((const uint8_t *)"\177ELF", 3) &&
	      !elf_begins((const uint8_t *)"MZ\0\0", 4),
	      "elf: it is known by its first bytes");
	test_good();
	test_header();
	test_segments();
	test_many();
}
