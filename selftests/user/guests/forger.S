/* SPDX-License-Identifier: GPL-2.0-only */
/* Say what looks like a record, then panic; power off if that is allowed. */
#include "guest.inc"

_start:
	movw	$text, %si
1:	lodsb
	testb	%al, %al
	jz	2f
	movw	$COM1, %dx
	outb	%al, %dx
	jmp	1b
2:	WRITE	PVPANIC, 1
	POWER_OFF

text:
	.asciz	"\n{\"forged\":true}\n"
