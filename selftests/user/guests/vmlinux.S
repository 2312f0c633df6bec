/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The smallest vmlinux: an ELF file with two segments.  The first has the 64-bit
 * entry and a .bss; the second, with data, lies below it.
 *
 * build sets these to make bad ones.
 */
#ifndef CLASS
#define CLASS		2
#endif
#ifndef TYPE
#define TYPE		2
#endif
#ifndef MACHINE
#define MACHINE		62
#endif
#ifndef TABLE_AT
#define TABLE_AT	64
#endif
#ifndef SEGMENTS
#define SEGMENTS	2
#endif
#ifndef SEGMENT
#define SEGMENT		1
#endif
#ifndef CODE_AT
#define CODE_AT		0x1200000
#endif
#ifndef CODE_SIZE
#define CODE_SIZE	(end - code)
#endif
#ifndef MEMORY
#define MEMORY		0x10000
#endif
#ifndef DATA_AT
#define DATA_AT		0x1000000
#endif
#ifndef ENTRY
#define ENTRY		(CODE_AT + entry - code)
#endif

#define VIRTUAL		0xffffffff80000000
#define DATA		0x61746164
#define RX		5
#define RW		6

	.code64
	.globl	_start

_start:
	.ascii	"\177ELF"
	.byte	CLASS, 1, 1
	.org	16
	.word	TYPE, MACHINE
	.long	1
	.quad	ENTRY, TABLE_AT, 0
	.long	0
	.word	64, 56, SEGMENTS, 0, 0, 0

	.long	SEGMENT, RX
	.quad	code - _start, VIRTUAL + CODE_AT, CODE_AT, CODE_SIZE, MEMORY, 16
	.long	SEGMENT, RW
	.quad	data - _start, VIRTUAL + DATA_AT, DATA_AT, 4, 4, 4

data:	.long	DATA
	.balign	16
code:
	.quad	0
entry:
	cmpl	$DATA, DATA_AT
	jne	wrong
	leaq	end(%rip), %rdi
	movq	$CODE_AT + MEMORY, %rcx
	subq	%rdi, %rcx
	xorl	%eax, %eax
	repe scasb
	jne	wrong
#include "entry64.inc"
	.balign	16
end:
