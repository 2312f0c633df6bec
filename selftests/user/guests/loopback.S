/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * COM1's loopback mode: fill the receiver from within and empty it, again and
 * again.  Then send back what comes in, and power off on a dot.
 */
#include "guest.inc"

#define FCR		(COM1 + 2)
#define MCR		(COM1 + 4)

_start:
	WRITE	MCR, 0x10
	movw	$300, %bx
1:	movw	$70, %cx
2:	PUTC	'l'
	loop	2b
	WRITE	FCR, 2
	decw	%bx
	jnz	1b
	WRITE	MCR, 0
	PUTC	'>'
3:	GETC
	cmpb	$'.', %al
	jne	3b
	POWER_OFF
