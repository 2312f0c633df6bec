/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Write to pages from 1 MiB on, to all of MIB MiB of RAM that is below 3 GiB
 * and above 4, as both VMMs place it; then panic.  After each RUN pages GAP
 * pages stay untouched.
 *
 * Long mode, with tables from 0x10000 on that map the first 10 GiB in pages of
 * 2 MiB.
 */
#include "flat.inc"

#define PML4		0x10000
#define PDPT		0x11000
#define PD		0x12000
#define GIBS		10
#define PRESENT		3
#define LARGE		0x83
#define LARGE_PAGE	0x200000

#define EFER		0xc0000080
#define EFER_LME	0x100
#define CR4_PAE		0x20
#define CR0_PG_PE	0x80000001

#define FIRST		0x100000
#define PAGE		4096
#define HOLE_MIB	3072
#define HIGH		0x100000000
#if MIB > HOLE_MIB
#define LOW_END		(HOLE_MIB << 20)
#define HIGH_END	(HIGH + ((MIB - HOLE_MIB) << 20))
#else
#define LOW_END		(MIB << 20)
#define HIGH_END	HIGH
#endif

_start:
	cli
	cld
	movw	$(PML4 >> 4), %ax
	movw	%ax, %es
	xorl	%eax, %eax
	xorw	%di, %di
	movw	$0x8000, %cx
	rep stosw
	movl	$(PDPT | PRESENT), %es:0
	movw	$(PDPT - PML4), %di
	movl	$(PD | PRESENT), %eax
	movw	$GIBS, %cx
1:	movl	%eax, %es:(%di)
	addl	$PAGE, %eax
	addw	$8, %di
	loop	1b
	movl	$LARGE, %eax
	xorl	%edx, %edx
	movw	$(PD - PML4), %di
	movw	$(GIBS * 512), %cx
1:	movl	%eax, %es:(%di)
	movl	%edx, %es:4(%di)
	addl	$LARGE_PAGE, %eax
	adcl	$0, %edx
	addw	$8, %di
	loop	1b

	lgdtl	gdt_register
	movl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	$PML4, %eax
	movl	%eax, %cr3
	movl	$EFER, %ecx
	rdmsr
	orl	$EFER_LME, %eax
	wrmsr
	movl	%cr0, %eax
	orl	$CR0_PG_PE, %eax
	movl	%eax, %cr0
	ljmpl	$8, $long_mode

	.code64
/* From RDI up to RSI; RCX counts the pages of a run. */
touch:	cmpq	%rsi, %rdi
	jae	2f
	movl	$RUN, %ecx
1:	movq	%rdi, (%rdi)
	addq	$PAGE, %rdi
	decl	%ecx
	jnz	1b
	addq	$(GAP * PAGE), %rdi
	jmp	touch
2:	ret

long_mode:
	movl	$0x1000, %esp
	movl	$FIRST, %edi
	movabsq	$LOW_END, %rsi
	call	touch
	movabsq	$HIGH, %rdi
	movabsq	$HIGH_END, %rsi
	call	touch
	movw	$PVPANIC, %dx
	movb	$1, %al
	outb	%al, %dx
1:	hlt
	jmp	1b

	.p2align 3
gdt:	.quad	0, 0x00af9b000000ffff
gdt_register:
	.word	15
	.long	gdt
