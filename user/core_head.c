// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of the notes is QEMU's: NT_PRSTATUS of all vCPUs, then what QEMU
 * adds for each, then VMCOREINFO.  gdb reads the first kind, crash(8) works a
 * kernel's place out of the second, and the third is for all who read kernels.
 */
#include <elf.h>
#include <string.h>

#include "core_head.h"
#include "core_note.h"

#define MAX_REGIONS	2
#define MAX_NAME	sizeof(VMCOREINFO_NAME)

#define PAD		4
#define PADDED(len)	(((len) + PAD - 1) & ~(size_t)(PAD - 1))
#define NOTE(size)	(sizeof(Elf64_Nhdr) + PADDED(MAX_NAME) + PADDED(size))

_Static_assert(sizeof(Elf64_Ehdr) + (1 + MAX_REGIONS) * sizeof(Elf64_Phdr) +
	       CORE_HEAD_MAX_VCPUS * (NOTE(sizeof(struct core_note_prstatus)) +
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
		.cs = segment(r->cs, hidden++), .ds = segment(r->ds, hidden++),
		.es = segment(r->es, hidden++), .fs = segment(r->fs, hidden++),
		.gs = segment(r->gs, hidden++), .ss = segment(r->ss, hidden++),
		.tr = segment(r->tr, hidden++), .ldt = segment(r->ldt, hidden),
		.gdt = { .limit = r->gdt_limit, .base = r->gdt_base },
		.idt = { .limit = r->idt_limit, .base = r->idt_base },
		.cr = { r->cr0, 0, r->cr2, r->cr3, r->cr4 },
		.kernel_gs_base = r->kernel_gs_base,
	};

	put_note(head, CORE_NOTE_QEMU, 0, &note, sizeof(note));
}

static void put_notes(struct core_head *head, const struct regs *const *vcpus,
		      unsigned int nr, const struct vmcoreinfo *info)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		put_prstatus(head, i, vcpus[i]);
	for (i = 0; i < nr; i++)
		put_qemu(head, vcpus[i]);
	if (info)
		put_note(head, VMCOREINFO_NAME, 0, info->text, info->len);
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

/* A guest's addresses are its physical ones, until a reader maps them. */
static Elf64_Phdr load_segment(const struct mem_region *region, uint64_t at)
{
	return (Elf64_Phdr){
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_W | PF_X,
		.p_offset = at,
		.p_vaddr = region->gpa,
		.p_paddr = region->gpa,
		.p_filesz = region->size,
		.p_memsz = region->size,
		.p_align = PAGE_SIZE,
	};
}

void core_head_build(struct core_head *head, const struct mem *mem,
		     const struct regs *const *vcpus, unsigned int nr,
		     const struct vmcoreinfo *info)
{
	const Elf64_Ehdr eh = elf_header(1 + mem->nr);
	Elf64_Phdr ph[1 + MAX_REGIONS] = { { .p_type = PT_NOTE } };
	size_t headers = sizeof(eh) + (1 + mem->nr) * sizeof(ph[0]);
	unsigned int i;
	uint64_t at;

	memset(head, 0, sizeof(*head));
	head->len = headers;
	put_notes(head, vcpus, nr, info);
	ph[0].p_offset = headers;
	ph[0].p_filesz = head->len - headers;

	at = (head->len + PAGE_SIZE - 1) & ~(PAGE_SIZE - UINT64_C(1));
	for (i = 0; i < mem->nr; i++) {
		ph[1 + i] = load_segment(&mem->region[i], at);
		at += mem->region[i].size;
	}
	head->len = 0;
	put(head, &eh, sizeof(eh));
	put(head, ph, (1 + mem->nr) * sizeof(ph[0]));
	head->len = ph[1].p_offset;
}
