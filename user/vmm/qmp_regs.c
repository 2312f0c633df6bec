// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs read what QEMU's monitor shows of a vCPU, so each line here is one of
 * QEMU's, letter by letter.  Of these II, A20, SMM and HLT are not read out of
 * KVM, nor are the debug registers and those of the FPU.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "vmm/qmp_regs.h"

#define CR0_PE		(1U << 0)
#define EFER_LMA	(1U << 10)

/* In the high word of a descriptor. */
#define SEG_TYPE(flags)	((flags) >> 8 & 0xf)
#define SEG_DPL(flags)	((flags) >> 13 & 3)
#define SEG_A		(1U << 8)
#define SEG_RW		(1U << 9)	/* of code R, of data W */
#define SEG_CE		(1U << 10)	/* of code C, of data E */
#define SEG_CODE	(1U << 11)
#define SEG_S		(1U << 12)
#define SEG_P		(1U << 15)
#define SEG_L		(1U << 21)
#define SEG_DB		(1U << 22)

/* The order of the selectors in struct regs. */
enum { CS, DS, ES, FS, GS, SS, TR, LDT };

static bool is_long(const struct regs *r)
{
	return r->efer & EFER_LMA;
}

static bool runs_64_bit(const struct regs *r)
{
	return is_long(r) && r->hidden[CS].flags & SEG_L;
}

static void put_flags(const struct regs *r, struct buf *out)
{
	static const struct {
		char letter;
		uint8_t bit;
	} flags[] = {
		{ 'D', 10 }, { 'O', 11 }, { 'S', 7 }, { 'Z', 6 }, { 'A', 4 },
		{ 'P', 2 }, { 'C', 0 },
	};
	size_t i;

	buf_print(out, "%08x [", (uint32_t)r->rflags);
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		buf_print(out, "%c", r->rflags >> flags[i].bit & 1 ?
				     flags[i].letter : '-');
	buf_print(out, "] CPL=%u\r\n", SEG_DPL(r->hidden[SS].flags));
}

#define REG	"%016" PRIx64

static void put_general_64(const struct regs *r, struct buf *out)
{
	buf_print(out, "RAX=" REG " RBX=" REG " RCX=" REG " RDX=" REG "\r\n",
		  r->rax, r->rbx, r->rcx, r->rdx);
	buf_print(out, "RSI=" REG " RDI=" REG " RBP=" REG " RSP=" REG "\r\n",
		  r->rsi, r->rdi, r->rbp, r->rsp);
	buf_print(out, "R8 =" REG " R9 =" REG " R10=" REG " R11=" REG "\r\n",
		  r->r8, r->r9, r->r10, r->r11);
	buf_print(out, "R12=" REG " R13=" REG " R14=" REG " R15=" REG "\r\n",
		  r->r12, r->r13, r->r14, r->r15);
	buf_print(out, "RIP=" REG " RFL=", r->rip);
}

static void put_general_32(const struct regs *r, struct buf *out)
{
	buf_print(out, "EAX=%08x EBX=%08x ECX=%08x EDX=%08x\r\n",
		  (uint32_t)r->rax, (uint32_t)r->rbx, (uint32_t)r->rcx,
		  (uint32_t)r->rdx);
	buf_print(out, "ESI=%08x EDI=%08x EBP=%08x ESP=%08x\r\n",
		  (uint32_t)r->rsi, (uint32_t)r->rdi, (uint32_t)r->rbp,
		  (uint32_t)r->rsp);
	buf_print(out, "EIP=%08x EFL=", (uint32_t)r->rip);
}

/* No CPU has other types in TR and LDTR. */
static void put_system_type(const struct regs *r, uint32_t flags,
			    struct buf *out)
{
	unsigned int type = SEG_TYPE(flags);

	if (type == 2)
		buf_put(out, "LDT");
	else
		buf_print(out, "TSS%u-%s", is_long(r) ? 64 : type & 8 ? 32 : 16,
			  type & 2 ? "busy" : "avl");
}

static void put_type(const struct regs *r, uint32_t flags, struct buf *out)
{
	bool code = flags & SEG_CODE;

	buf_print(out, " DPL=%u ", SEG_DPL(flags));
	if (!(flags & SEG_S)) {
		put_system_type(r, flags, out);
		return;
	}
	if (code)
		buf_put(out, flags & SEG_L ? "CS64" :
			     flags & SEG_DB ? "CS32" : "CS16");
	else
		buf_put(out, flags & SEG_DB || is_long(r) ? "DS  " : "DS16");
	buf_print(out, " [%c%c%c]",
		  !(flags & SEG_CE) ? '-' : code ? 'C' : 'E',
		  !(flags & SEG_RW) ? '-' : code ? 'R' : 'W',
		  flags & SEG_A ? 'A' : '-');
}

static void put_base(uint64_t base, bool wide, struct buf *out)
{
	buf_print(out, wide ? REG : "%08" PRIx64, wide ? base : (uint32_t)base);
}

static void put_segment(const struct regs *r, unsigned int i,
			const char *name, struct buf *out)
{
	const struct regs_hidden *hidden = &r->hidden[i];

	buf_print(out, "%-3s=%04x ", name, (unsigned int)(&r->cs)[i]);
	put_base(hidden->base, runs_64_bit(r), out);
	buf_print(out, " %08x %08x", hidden->limit, hidden->flags & 0x00ffff00);
	if (r->cr0 & CR0_PE && hidden->flags & SEG_P)
		put_type(r, hidden->flags, out);
	buf_put(out, "\r\n");
}

static void put_segments(const struct regs *r, struct buf *out)
{
	put_segment(r, ES, "ES", out);
	put_segment(r, CS, "CS", out);
	put_segment(r, SS, "SS", out);
	put_segment(r, DS, "DS", out);
	put_segment(r, FS, "FS", out);
	put_segment(r, GS, "GS", out);
	put_segment(r, LDT, "LDT", out);
	put_segment(r, TR, "TR", out);
}

static void put_table(const char *name, uint64_t base, uint32_t limit,
		      bool wide, struct buf *out)
{
	buf_print(out, "%s=     ", name);
	put_base(base, wide, out);
	buf_print(out, " %08x\r\n", limit);
}

static void put_control(const struct regs *r, struct buf *out)
{
	bool wide = is_long(r);

	put_table("GDT", r->gdt_base, r->gdt_limit, wide, out);
	put_table("IDT", r->idt_base, r->idt_limit, wide, out);
	buf_print(out, "CR0=%08x CR2=", (uint32_t)r->cr0);
	put_base(r->cr2, wide, out);
	buf_put(out, " CR3=");
	put_base(r->cr3, wide, out);
	buf_print(out, " CR4=%08x\r\n", (uint32_t)r->cr4);
	buf_print(out, "EFER=" REG "\r\n", r->efer);
}

void qmp_regs_put(const struct regs *regs, struct buf *out)
{
	if (runs_64_bit(regs))
		put_general_64(regs, out);
	else
		put_general_32(regs, out);
	put_flags(regs, out);
	put_segments(regs, out);
	put_control(regs, out);
}
