// SPDX-License-Identifier: GPL-2.0-only
#include "guest/regs.h"

const char regs_names[REGS_NR][9] = {
	"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rsp", "rbp",
	"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
	"rip", "rflags",
	"cs", "ds", "es", "fs", "gs", "ss", "tr", "ldt",
	"fs_base", "gs_base", "gdt_base", "idt_base",
	"cr0", "cr2", "cr3", "cr4", "efer",
};
