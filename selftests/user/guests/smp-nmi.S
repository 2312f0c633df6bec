/* SPDX-License-Identifier: GPL-2.0-only */
/* Two vCPUs hang; each sends its number when it gets an NMI. */
#include "guest.inc"
#include "smp.inc"

_start:
	movw	$nmi, 2 * 4
	movw	$0, 2 * 4 + 2
	START_OTHERS
1:	hlt
	jmp	1b

nmi:	movl	$X2APIC_ID, %ecx
	rdmsr
	addb	$'0', %al
	movw	$COM1, %dx
	outb	%al, %dx
	iretw

	OTHERS_START_HERE
	ENABLE_X2APIC
	PUTC	'>'
1:	hlt
	jmp	1b
