/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Halt for good within an NMI, while another one is pending: it stays so, as there
 * is no IRET.
 */
#include "guest.inc"
#include "smp.inc"

#define NMI_TO_SELF	0x4400

_start:
	movw	$nmi, 2 * 4
	movw	$0, 2 * 4 + 2
	ENABLE_X2APIC
	call	send
1:	jmp	1b

nmi:	call	send
	PUTC	'n'
2:	hlt
	PUTC	'x'
	jmp	2b

send:	movl	$X2APIC_ICR, %ecx
	xorl	%edx, %edx
	movl	$NMI_TO_SELF, %eax
	wrmsr
	ret
