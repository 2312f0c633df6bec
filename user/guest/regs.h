/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registers of a vCPU, in a form of our own, so that the code that reports
 * them does not need KVM's headers.
 */
#ifndef REGS_H
#define REGS_H

#include <stddef.h>
#include <stdint.h>

/* What a VM has at most. */
#define MAX_VCPUS	8

#define REGS_GENERAL	18
#define REGS_SEGMENTS	8
#define REGS_SYSTEM	9
#define REGS_NR		(REGS_GENERAL + REGS_SEGMENTS + REGS_SYSTEM)

/* What a segment register has beside its selector. */
struct regs_hidden {
	uint64_t base;
	uint32_t limit;
	uint32_t flags;		/* as in the high word of a descriptor */
};

struct regs {
	uint64_t rax, rbx, rcx, rdx, rsi, rdi, rsp, rbp;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t rip, rflags;
	/* selectors */
	uint64_t cs, ds, es, fs, gs, ss, tr, ldt;
	uint64_t fs_base, gs_base, gdt_base, idt_base;
	uint64_t cr0, cr2, cr3, cr4, efer;

	/* The rest is for a core, which wants all; a report does not show it. */
	struct regs_hidden hidden[REGS_SEGMENTS];	/* as the selectors */
	uint32_t gdt_limit, idt_limit;
	uint64_t kernel_gs_base;
};

/* The names of the first members, in their order. */
extern const char regs_names[REGS_NR][9];

static inline uint64_t regs_value(const struct regs *regs, unsigned int i)
{
	return ((const uint64_t *)regs)[i];
}

_Static_assert(offsetof(struct regs, hidden) == REGS_NR * sizeof(uint64_t),
	       "struct regs begins with an array of REGS_NR values");

#endif /* REGS_H */
