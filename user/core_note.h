/* SPDX-License-Identifier: GPL-2.0-only */
/* What stands in the notes of a core, for who writes and who reads them. */
#ifndef CORE_NOTE_H
#define CORE_NOTE_H

#include <stdint.h>

#define CORE_NOTE_QEMU	"QEMU"

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

_Static_assert(sizeof(struct core_note_qemu) == 440,
	       "readers know the note by its size");

#endif /* CORE_NOTE_H */
