// SPDX-License-Identifier: GPL-2.0-only
/*
 * In: the first bytes of an ELF file, none of which is trusted.  Out: which of
 * its segments go where in guest memory, where it starts, and the setup header
 * that a bzImage brings and a vmlinux has not.
 *
 * A vmlinux is entered at startup_64, as by the decompressor of a bzImage, with
 * what the 64-bit boot protocol promises.  Its PVH entry would start it in 32-bit
 * mode, and is not needed.
 *
 * Segments may lie over each other: that harms no one but the guest.
 */
#include <elf.h>
#include <string.h>

#include "board/elf.h"
#include "guest/mem.h"

/*
 * As in the kernel's arch/x86/boot/header.S.  Its copy of the command line has
 * 2048 bytes, one of which is the 0 at its end.
 */
#define CMDLINE_SIZE	2047
#define INITRD_ADDR_MAX	0x7fffffff

_Static_assert(KERNEL_HEAD_MAX / sizeof(Elf64_Phdr) <= KERNEL_PARTS_MAX,
	       "a file may have more segments than there is room for");

static const unsigned char ident[] = {
	ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB
};

bool elf_begins(const uint8_t *head, uint64_t len)
{
	return len >= SELFMAG && !memcmp(head, ident, SELFMAG);
}

static const char *check_header(const Elf64_Ehdr *e, uint64_t len)
{
	if (memcmp(e->e_ident, ident, sizeof(ident)) ||
	    e->e_machine != EM_X86_64 || e->e_type != ET_EXEC)
		return "is an ELF file, but no x86-64 kernel; name a vmlinux or a bzImage";
	if (e->e_phentsize != sizeof(Elf64_Phdr) || e->e_phoff > len ||
	    e->e_phnum > (len - e->e_phoff) / sizeof(Elf64_Phdr))
		return "has no table of segments at its beginning; it is damaged";
	return NULL;
}

static const char *check_segment(const Elf64_Phdr *p, uint64_t size)
{
	if (p->p_filesz > size || p->p_offset > size - p->p_filesz)
		return "is truncated: it has not all of its segments; copy it again";
	if (p->p_filesz > p->p_memsz)
		return "has a segment with less memory than bytes; it is damaged";
	if (p->p_paddr < MIB || p->p_paddr > MEM_HOLE ||
	    p->p_memsz > MEM_HOLE - p->p_paddr)
		return "has a segment that is not between 1 MiB and 3 GiB, in the guest's RAM";
	return NULL;
}

/* A segment that has been checked; its .bss is memory that is zero anyway. */
static void add_segment(const Elf64_Phdr *p, struct kernel *kernel)
{
	uint64_t end = p->p_paddr + p->p_memsz;

	kernel->part[kernel->nr++] = (struct kernel_part){
		.offset = p->p_offset,
		.size = p->p_filesz,
		.gpa = p->p_paddr,
	};
	if (end > kernel->run_end)
		kernel->run_end = end;
}

static const char *check_segments(const uint8_t *head, const Elf64_Ehdr *e,
				  uint64_t size, struct kernel *kernel)
{
	const char *wrong;
	unsigned int i;
	Elf64_Phdr p;

	for (i = 0; i < e->e_phnum; i++) {
		memcpy(&p, head + e->e_phoff + i * sizeof(p), sizeof(p));
		if (p.p_type != PT_LOAD || !p.p_memsz)
			continue;
		wrong = check_segment(&p, size);
		if (wrong)
			return wrong;
		add_segment(&p, kernel);
	}
	return NULL;
}

/* It is a physical address, of bytes that the file has. */
static const char *check_entry(const struct kernel *kernel)
{
	const struct kernel_part *part = kernel->part;

	for (; part < &kernel->part[kernel->nr]; part++)
		/* Below the part the difference is huge. */
		if (kernel->entry - part->gpa < part->size)
			return NULL;
	return "has no code where it starts: it is damaged, or has nothing but debug information";
}

const char *elf_check(const uint8_t *head, uint64_t len, uint64_t size,
		      struct kernel *kernel)
{
	const char *wrong;
	Elf64_Ehdr e;

	if (len < sizeof(e))
		return "is an ELF file cut off in its header; copy it again";
	memcpy(&e, head, sizeof(e));
	*kernel = (struct kernel){
		.header = {
			.boot_flag = KERNEL_BOOT_FLAG,
			.header = KERNEL_MAGIC,
			.version = KERNEL_VERSION_64BIT,
			.initrd_addr_max = INITRD_ADDR_MAX,
			.cmdline_size = CMDLINE_SIZE,
		},
		.entry = e.e_entry,
	};
	wrong = check_header(&e, len);
	if (!wrong)
		wrong = check_segments(head, &e, size, kernel);
	if (!wrong)
		wrong = check_entry(kernel);
	return wrong;
}
