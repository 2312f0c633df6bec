// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of the notes is QEMU's: NT_PRSTATUS of all vCPUs, then what QEMU
 * adds for each, then VMCOREINFO.  gdb reads the first kind, crash(8) works a
 * kernel's place out of the second, and any reader of kernels needs the third.
 */
#include <elf.h>
#include <string.h>

#include "core/core_head.h"
#include "core/core_note.h"

#define MAX_REGIONS	2
#define MAX_SEGMENTS	(1 + MAX_REGIONS + 1)	/* notes, RAM, the image */
#define MAX_NAME	sizeof(VMCOREINFO_NAME)

#define PAD		4
#define PADDED(len)	(((len) + PAD - 1) & ~(size_t)(PAD - 1))
#define NOTE(size)	(sizeof(Elf64_Nhdr) + PADDED(MAX_NAME) + PADDED(size))

_Static_assert(sizeof(Elf64_Ehdr) + MAX_SEGMENTS * sizeof(Elf64_Phdr) +
	       MAX_VCPUS * (NOTE(sizeof(struct core_note_prstatus)) +
				      NOTE(sizeof(struct core_note_qemu))) +
	       NOTE(VMCOREINFO_MAX) <= CORE_HEAD_MAX, "the largest head fits");

_Static_assert(sizeof(((struct mem *)0)->region) ==
	       MAX_REGIONS * sizeof(struct mem_region),
	       "every region has a program header");

static void put(struct core_head *head, const void *bytes, size_t len)
{
	memcpy(head->bytes + head->len, bytes, len);
	head->len += len;
}

/* What is padded with is zero already. */
static void put_note(struct core_head *head, const char *name, uint32_t type,
		     const void *desc, size_t len)
{
	const Elf64_Nhdr note = {
		.n_namesz = (Elf64_Word)strlen(name) + 1,
		.n_descsz = (Elf64_Word)len,
		.n_type = type,
	};

	put(head, &note, sizeof(note));
	put(head, name, note.n_namesz);
	head->len = PADDED(head->len);
	put(head, desc, len);
	head->len = PADDED(head->len);
}

static void put_prstatus(struct core_head *head, unsigned int id,
			 const struct regs *r)
{
	const struct core_note_prstatus note = {
		.pid = id + 1,
		.rax = r->rax, .rbx = r->rbx, .rcx = r->rcx, .rdx = r->rdx,
		.rsi = r->rsi, .rdi = r->rdi, .rsp = r->rsp, .rbp = r->rbp,
		.r8 = r->r8, .r9 = r->r9, .r10 = r->r10, .r11 = r->r11,
		.r12 = r->r12, .r13 = r->r13, .r14 = r->r14, .r15 = r->r15,
		.rip = r->rip, .rflags = r->rflags,
		.cs = r->cs, .ds = r->ds, .es = r->es, .fs = r->fs,
		.gs = r->gs, .ss = r->ss,
		.fs_base = r->fs_base, .gs_base = r->gs_base,
	};

	put_note(head, "CORE", NT_PRSTATUS, &note, sizeof(note));
}

static struct core_note_segment segment(uint64_t selector,
					const struct regs_hidden *hidden)
{
	return (struct core_note_segment){
		.selector = (uint32_t)selector,
		.limit = hidden->limit,
		.flags = hidden->flags,
		.base = hidden->base,
	};
}

static void put_qemu(struct core_head *head, const struct regs *r)
{
	const struct regs_hidden *hidden = r->hidden;
	const struct core_note_qemu note = {
		.version = 1, .size = sizeof(note),
		.rax = r->rax, .rbx = r->rbx, .rcx = r->rcx, .rdx = r->rdx,
		.rsi = r->rsi, .rdi = r->rdi, .rsp = r->rsp, .rbp = r->rbp,
		.r8 = r->r8, .r9 = r->r9, .r10 = r->r10, .r11 = r->r11,
		.r12 = r->r12, .r13 = r->r13, .r14 = r->r14, .r15 = r->r15,
		.rip = r->rip, .rflags = r->rflags,
		.cs = segment(r->cs, &hidden[0]),
		.ds = segment(r->ds, &hidden[1]),
		.es = segment(r->es, &hidden[2]),
		.fs = segment(r->fs, &hidden[3]),
		.gs = segment(r->gs, &hidden[4]),
		.ss = segment(r->ss, &hidden[5]),
		.tr = segment(r->tr, &hidden[6]),
		.ldt = segment(r->ldt, &hidden[7]),
		.gdt = { .limit = r->gdt_limit, .base = r->gdt_base },
		.idt = { .limit = r->idt_limit, .base = r->idt_base },
		.cr = { r->cr0, 0, r->cr2, r->cr3, r->cr4 },
		.kernel_gs_base = r->kernel_gs_base,
	};

	put_note(head, CORE_NOTE_QEMU, 0, &note, sizeof(note));
}

static void put_notes(struct core_head *head, const struct regs *const *vcpus,
		      unsigned int nr, const struct guest_kernel *kernel)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		put_prstatus(head, i, vcpus[i]);
	for (i = 0; i < nr; i++)
		put_qemu(head, vcpus[i]);
	if (kernel)
		put_note(head, VMCOREINFO_NAME, 0, kernel->info.text,
			 kernel->info.len);
}

static Elf64_Ehdr elf_header(unsigned int segments)
{
	return (Elf64_Ehdr){
		.e_ident = {
			ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3,
			ELFCLASS64, ELFDATA2LSB, EV_CURRENT,
		},
		.e_type = ET_CORE,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = (Elf64_Half)segments,
	};
}

/* p_align stays 0: with more crash(8) takes a core for one of netdump's. */
static Elf64_Phdr load_segment(uint64_t va, uint64_t pa, uint64_t size,
			       uint64_t at)
{
	return (Elf64_Phdr){
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_W | PF_X,
		.p_offset = at,
		.p_vaddr = va,
		.p_paddr = pa,
		.p_filesz = size,
		.p_memsz = size,
	};
}

/* RAM, under its physical addresses, until a reader maps it. */
static void add_ram(Elf64_Phdr *ph, const struct mem *mem, uint64_t at)
{
	unsigned int i;

	for (i = 0; i < mem->nr; i++) {
		const struct mem_region *region = &mem->region[i];

		ph[i] = load_segment(region->gpa, region->gpa, region->size,
				     at);
		at += region->size;
	}
}

/*
 * The same RAM again where the kernel's image lies, under its own addresses,
 * as in /proc/vmcore: gdb finds variables by it, and older drgn page tables.
 * Where the image ends is not told; what follows is RAM all the same.
 */
static unsigned int add_image(Elf64_Phdr *ph, const struct mem *mem,
			      const struct guest_kernel *kernel,
			      const Elf64_Phdr *ram)
{
	uint64_t va, pa, size;
	unsigned int i;

	if (!kernel || !guest_kernel_image(kernel, &va, &pa, &size) ||
	    (va | pa) % PAGE_SIZE)
		return 0;
	if (size > mem_room(mem, pa))
		size = mem_room(mem, pa);
	for (i = 0; i < mem->nr && size; i++)
		if (pa - ram[i].p_paddr < ram[i].p_filesz) {
			*ph = load_segment(va, pa, size, ram[i].p_offset +
							 pa - ram[i].p_paddr);
			return 1;
		}
	return 0;
}

void core_head_build(struct core_head *head, const struct mem *mem,
		     const struct regs *const *vcpus, unsigned int nr,
		     const struct guest_kernel *kernel)
{
	Elf64_Phdr ph[MAX_SEGMENTS] = { { .p_type = PT_NOTE } };
	unsigned int segments = 1 + mem->nr;
	Elf64_Ehdr eh;

	memset(head, 0, sizeof(*head));
	head->len = sizeof(eh) + sizeof(ph);
	put_notes(head, vcpus, nr, kernel);
	ph[0].p_offset = sizeof(eh) + sizeof(ph);
	ph[0].p_filesz = head->len - ph[0].p_offset;

	add_ram(ph + 1, mem, (head->len + PAGE_SIZE - 1) / PAGE_SIZE *
			     PAGE_SIZE);
	segments += add_image(ph + segments, mem, kernel, ph + 1);
	eh = elf_header(segments);
	head->len = 0;
	put(head, &eh, sizeof(eh));
	put(head, ph, segments * sizeof(ph[0]));
	head->len = ph[1].p_offset;
}
