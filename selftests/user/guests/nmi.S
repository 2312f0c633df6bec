/* SPDX-License-Identifier: GPL-2.0-only */
/* Hang; an NMI gets the guest to report a panic. */
#include "guest.inc"

_start:
	movw	$nmi, 2 * 4
	movw	$0, 2 * 4 + 2
	PUTC	'>'
	sti
1:	hlt
	jmp	1b

nmi:	WRITE	PVPANIC, 1
	PUTC	'n'
	iretw
