/* SPDX-License-Identifier: GPL-2.0-only */
/* The notes of a core: for core_head.c to write, core_file.c to read. */
#ifndef CORE_NOTE_H
#define CORE_NOTE_H

#include <stdint.h>

#define CORE_NOTE_QEMU	"QEMU"

/* struct elf_prstatus, of which a vCPU has only its number and registers. */
struct core_note_prstatus {
	uint8_t signals[32];
	uint32_t pid;
	uint8_t process[76];
	uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8;
	uint64_t rax, rcx, rdx, rsi, rdi, orig_rax;
	uint64_t rip, cs, rflags, rsp, ss;
	uint64_t fs_base, gs_base, ds, es, fs, gs;
	uint64_t fpvalid;
};

struct core_note_segment {
	uint32_t selector;
	uint32_t limit;
	uint32_t flags;
	uint32_t pad;
	uint64_t base;
};

/* A vCPU, as QEMU's dump-guest-memory writes it and crash(8) reads it. */
struct core_note_qemu {
	uint32_t version;	/* 1 */
	uint32_t size;		/* of this structure */
	uint64_t rax, rbx, rcx, rdx, rsi, rdi, rsp, rbp;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t rip, rflags;
	struct core_note_segment cs, ds, es, fs, gs, ss;
	struct core_note_segment ldt, tr, gdt, idt;
	uint64_t cr[5];
	uint64_t kernel_gs_base;
};

_Static_assert(sizeof(struct core_note_prstatus) == 336 &&
	       sizeof(struct core_note_qemu) == 440,
	       "readers know the notes by their sizes");

#endif /* CORE_NOTE_H */
