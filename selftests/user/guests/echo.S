/* SPDX-License-Identifier: GPL-2.0-only */
/* Send back what comes in, and power off on a dot. */
#include "guest.inc"

_start:
1:	movw	$LSR, %dx
	inb	%dx, %al
	testb	$1, %al
	jz	1b
	movw	$COM1, %dx
	inb	%dx, %al
	outb	%al, %dx
	cmpb	$'.', %al
	jne	1b
	POWER_OFF
