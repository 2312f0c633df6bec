/* SPDX-License-Identifier: GPL-2.0-only */
/* Hand each byte that is typed to the broken device; power off on a dot. */
#include "guest.inc"

#define BROKEN		0xe9

_start:
1:	GETC
	cmpb	$'.', %al
	je	2f
	movw	$BROKEN, %dx
	outb	%al, %dx
	PUTC	'd'
	jmp	1b
2:	POWER_OFF
