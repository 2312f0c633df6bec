/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Say that it waits, halt, and panic when a byte comes by the serial port: its
 * interrupt, line 4 of the first PIC, is the only one that is let through.
 */
#include "flat.inc"

#define PIC		0x20
#define PIC2		0xa0
#define VECTOR		0x20
#define ALL_BUT_COM1	0xef

/* MSRs.  Not each VMM leaves the local APIC open to the PIC. */
#define APIC_BASE	0x1b
#define X2APIC_SVR	0x80f
#define X2APIC_LINT0	0x835
#define X2APIC_ON	0xc00
#define APIC_ON		0x1ff
#define FROM_PIC	0x700

.macro	SET_MSR msr, low
	movl	$\msr, %ecx
	movl	$\low, %eax
	xorl	%edx, %edx
	wrmsr
.endm

_start:
	movl	$APIC_BASE, %ecx
	rdmsr
	orl	$X2APIC_ON, %eax
	wrmsr
	SET_MSR	X2APIC_SVR, APIC_ON
	SET_MSR	X2APIC_LINT0, FROM_PIC
	movw	$wake, (VECTOR + 4) * 4
	movw	$0, (VECTOR + 4) * 4 + 2
	WRITE	PIC, 0x11		/* begin; edges, two PICs */
	WRITE	(PIC + 1), VECTOR
	WRITE	(PIC + 1), 4		/* the second one's line */
	WRITE	(PIC + 1), 1		/* as in a PC */
	WRITE	(PIC + 1), ALL_BUT_COM1
	WRITE	(PIC2 + 1), 0xff
	WRITE	(COM1 + 4), 0x0b	/* MCR: OUT2, by which it interrupts */
	WRITE	(COM1 + 1), 1		/* IER: received data */
	WRITE	COM1, '>'
	sti
1:	hlt
	jmp	1b

wake:	PANIC
	HALT
