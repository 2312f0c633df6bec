/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The smallest bzImage: a header as a boot loader reads it, and a 64-bit entry
 * that checks what it was handed, prints its command line and the first bytes
 * of its initrd, and powers off; after a wrong answer it asks for a reset.
 *
 * build sets these to make bad ones.
 */
#ifndef MAGIC
#define MAGIC		"HdrS"
#endif
#ifndef XLOADFLAGS
#define XLOADFLAGS	1
#endif
#ifndef LOADFLAGS
#define LOADFLAGS	1
#endif
#ifndef LOAD_AT
#define LOAD_AT		0x1000000
#endif
#ifndef INIT_SIZE
#define INIT_SIZE	0x200000
#endif
#ifndef PARAGRAPHS
#define PARAGRAPHS	((end - payload) / 16)
#endif

#define COM1		0x3f8
#define RESET		0xcf9
#define PM1_CONTROL	0x604
#define S5		0x2000

/* Offsets in boot_params */
#define RSDP		0x70
#define E820_ENTRIES	0x1e8
#define HEADER		0x202
#define RAMDISK		0x218
#define CMDLINE		0x228

	.code64
	.globl	_start

_start:
	.org	0x1f1
	.byte	1			/* setup_sects */
	.word	0
	.long	PARAGRAPHS		/* syssize */
	.word	0, 0, 0
	.word	0xaa55
	.byte	0xeb, 0x66		/* jump over the header */
	.ascii	MAGIC
	.word	0x20c			/* version */
	.org	0x211
	.byte	LOADFLAGS
	.org	0x22c
	.long	0x7fffffff		/* initrd_addr_max */
	.long	0x200000		/* kernel_alignment */
	.byte	1, 0			/* relocatable */
	.word	XLOADFLAGS
	.long	31			/* cmdline_size */
	.org	0x258
	.quad	LOAD_AT
	.long	INIT_SIZE

	.org	0x400
payload:
	.org	0x600
	cmpl	$0x53726448, HEADER(%rsi)
	jne	wrong
	cmpb	$3, E820_ENTRIES(%rsi)
	jne	wrong
	movabs	$0x2052545020445352, %rax	/* "RSD PTR " */
	movq	RSDP(%rsi), %rbx
	cmpq	%rax, (%rbx)
	jne	wrong
	/* A far return: the GDT must hold what cs was given. */
	leaq	1f(%rip), %rax
	movq	$0x8000, %rsp
	pushq	$0x10
	pushq	%rax
	lretq
1:	movl	CMDLINE(%rsi), %ebx
	call	puts
	movl	RAMDISK(%rsi), %ebx
	testl	%ebx, %ebx
	jz	2f
	call	puts
2:	movw	$PM1_CONTROL, %dx
	movw	$S5, %ax
	outw	%ax, %dx
wrong:
	movw	$RESET, %dx
	movb	$6, %al
	outb	%al, %dx
3:	hlt
	jmp	3b

/* The string at rbx, with brackets around it. */
puts:
	movw	$COM1, %dx
	movb	$'[', %al
4:	outb	%al, %dx
	movb	(%rbx), %al
	incq	%rbx
	testb	%al, %al
	jnz	4b
	movb	$']', %al
	outb	%al, %dx
	ret
	.balign	16
end:
