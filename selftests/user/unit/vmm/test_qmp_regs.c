// SPDX-License-Identifier: GPL-2.0-only
/* Registers, against what QEMU 7.2 shows of vCPUs that have the same. */
#include <string.h>

#include "vmm/qmp_regs.h"
#include "tap.h"

/* Linux, early: the null selectors are not present. */
static const struct regs long_mode = {
	.rax = 0x10000000000, .rcx = 0x9f, .rdx = 0xffffffffb8f72300,
	.rsi = 1, .rdi = 1, .rsp = 0xffffffffb8403e40,
	.r8 = 0xffffffffb8403e44, .r9 = 0xffffffffb8403e40,
	.r10 = 0x400, .r11 = 0xffffffffb8403e48, .r15 = 0x9f,
	.rip = 0xffffffffb8b6bedc, .rflags = 0x12,
	.cs = 0x10, .ss = 0x18, .tr = 0x20,
	.gdt_base = 0xffffffffb8ae8000, .idt_base = 0xffffffffb8ed9000,
	.cr0 = 0x80050033, .cr2 = 0xff4a32c4c8201000, .cr3 = 0x7222000,
	.cr4 = 0x10b0, .efer = 0xd01,
	/* cs, ds, es, fs, gs, ss, tr, ldt */
	.hidden = {
		{ 0, 0xffffffff, 0xaf9b00 }, { 0 }, { 0 }, { 0 },
		{ 0xffffffffb8add000, 0, 0 }, { 0, 0xffffffff, 0xc09300 },
		{ 0, 0xfff, 0x808900 }, { 0, 0, 0x8200 },
	},
	.gdt_limit = 0x7f, .idt_limit = 0xfff,
};

static const char in_long_mode[] =
	"RAX=0000010000000000 RBX=0000000000000000 RCX=000000000000009f RDX=ffffffffb8f72300\r\n"
	"RSI=0000000000000001 RDI=0000000000000001 RBP=0000000000000000 RSP=ffffffffb8403e40\r\n"
	"R8 =ffffffffb8403e44 R9 =ffffffffb8403e40 R10=0000000000000400 R11=ffffffffb8403e48\r\n"
	"R12=0000000000000000 R13=0000000000000000 R14=0000000000000000 R15=000000000000009f\r\n"
	"RIP=ffffffffb8b6bedc RFL=00000012 [----A--] CPL=0\r\n"
	"ES =0000 0000000000000000 00000000 00000000\r\n"
	"CS =0010 0000000000000000 ffffffff 00af9b00 DPL=0 CS64 [-RA]\r\n"
	"SS =0018 0000000000000000 ffffffff 00c09300 DPL=0 DS   [-WA]\r\n"
	"DS =0000 0000000000000000 00000000 00000000\r\n"
	"FS =0000 0000000000000000 00000000 00000000\r\n"
	"GS =0000 ffffffffb8add000 00000000 00000000\r\n"
	"LDT=0000 0000000000000000 00000000 00008200 DPL=0 LDT\r\n"
	"TR =0020 0000000000000000 00000fff 00808900 DPL=0 TSS64-avl\r\n"
	"GDT=     ffffffffb8ae8000 0000007f\r\n"
	"IDT=     ffffffffb8ed9000 00000fff\r\n"
	"CR0=80050033 CR2=ff4a32c4c8201000 CR3=0000000007222000 CR4=000010b0\r\n"
	"EFER=0000000000000d01\r\n";

static const struct regs real_mode = {
	.rdx = 0x60fb1, .rip = 0xfff0, .rflags = 2, .cs = 0xf000,
	.cr0 = 0x60000010,
	.hidden = {
		{ 0xffff0000, 0xffff, 0x9b00 }, { 0, 0xffff, 0x9300 },
		{ 0, 0xffff, 0x9300 }, { 0, 0xffff, 0x9300 },
		{ 0, 0xffff, 0x9300 }, { 0, 0xffff, 0x9300 },
		{ 0, 0xffff, 0x8b00 }, { 0, 0xffff, 0x8200 },
	},
	.gdt_limit = 0xffff, .idt_limit = 0xffff,
};

static const char in_real_mode[] =
	"EAX=00000000 EBX=00000000 ECX=00000000 EDX=00060fb1\r\n"
	"ESI=00000000 EDI=00000000 EBP=00000000 ESP=00000000\r\n"
	"EIP=0000fff0 EFL=00000002 [-------] CPL=0\r\n"
	"ES =0000 00000000 0000ffff 00009300\r\n"
	"CS =f000 ffff0000 0000ffff 00009b00\r\n"
	"SS =0000 00000000 0000ffff 00009300\r\n"
	"DS =0000 00000000 0000ffff 00009300\r\n"
	"FS =0000 00000000 0000ffff 00009300\r\n"
	"GS =0000 00000000 0000ffff 00009300\r\n"
	"LDT=0000 00000000 0000ffff 00008200\r\n"
	"TR =0000 00000000 0000ffff 00008b00\r\n"
	"GDT=     00000000 0000ffff\r\n"
	"IDT=     00000000 0000ffff\r\n"
	"CR0=60000010 CR2=00000000 CR3=00000000 CR4=00000000\r\n"
	"EFER=0000000000000000\r\n";

static char text[2048];

static const char *put(const struct regs *regs)
{
	struct buf out;

	buf_init(&out, text, sizeof(text));
	qmp_regs_put(regs, &out);
	return text;
}

/* What a 32-bit process has, in a 64-bit kernel: no QEMU was at hand for it. */
static void test_compatible(void)
{
	struct regs regs = long_mode;

	regs.ds = 0x2b;
	regs.hidden[1] = (struct regs_hidden){ 0, 0xffffffff, 0xa0f300 };
	put(&regs);
	claim(strstr(text, "DS =002b 0000000000000000 ffffffff 00a0f300 DPL=3 DS   [-WA]\r\n"),
	      "regs: in long mode data has no size");
	regs.hidden[0].flags = 0xcffb00;
	regs.hidden[5].flags = 0xcff300;
	regs.hidden[6].flags = 0x8b00;
	regs.rflags = 0xed5;
	put(&regs);
	claim(strstr(text, "EIP=b8b6bedc EFL=00000ed5 [DOSZAPC] CPL=3\r\n"),
	      "regs: all flags, and the level of the stack");
	claim(strstr(text, "CS =0010 00000000 ffffffff 00cffb00 DPL=3 CS32 [-RA]\r\n"),
	      "regs: 32-bit code has short bases");
	claim(strstr(text, "TR =0020 00000000 00000fff 00008b00 DPL=0 TSS64-busy\r\n") &&
	      strstr(text, "GDT=     ffffffffb8ae8000 0000007f\r\n"),
	      "regs: in a kernel whose tables are 64-bit");
	regs.efer = 0;
	regs.hidden[0].flags = 0x8b00 | 0x1000 | 0x400;
	regs.hidden[5].flags = 0x9600;
	put(&regs);
	claim(strstr(text, "00009f00 DPL=0 CS16 [CRA]\r\n") &&
	      strstr(text, "00009600 DPL=0 DS16 [EW-]\r\n") &&
	      strstr(text, "DPL=0 TSS32-busy\r\n"),
	      "regs: as in a kernel of 32 bits");
}

void test_qmp_regs(void)
{
	claim_string(put(&long_mode), in_long_mode, "regs: in long mode");
	claim_string(put(&real_mode), in_real_mode, "regs: in real mode");
	test_compatible();
}
