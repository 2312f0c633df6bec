/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The smallest bzImage: a header as a boot loader reads it, and a 64-bit entry.
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
#include "entry64.inc"
	.balign	16
end:
