/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registers of a vCPU, in a form of our own: who reports them does not
 * need KVM's headers.
 */
#ifndef REGS_H
#define REGS_H

#include <stddef.h>
#include <stdint.h>

#define REGS_GENERAL	18
#define REGS_SEGMENTS	8
#define REGS_SYSTEM	9
#define REGS_NR		(REGS_GENERAL + REGS_SEGMENTS + REGS_SYSTEM)

struct regs {
	uint64_t rax, rbx, rcx, rdx, rsi, rdi, rsp, rbp;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t rip, rflags;
	/* selectors */
	uint64_t cs, ds, es, fs, gs, ss, tr, ldt;
	uint64_t fs_base, gs_base, gdt_base, idt_base;
	uint64_t cr0, cr2, cr3, cr4, efer;
};

/* Names in the order of the members, for who prints them all. */
extern const char *const regs_names[REGS_NR];

static inline uint64_t regs_value(const struct regs *regs, unsigned int i)
{
	return ((const uint64_t *)regs)[i];
}

_Static_assert(sizeof(struct regs) == REGS_NR * sizeof(uint64_t),
	       "struct regs is an array of REGS_NR values");

#endif /* REGS_H */
