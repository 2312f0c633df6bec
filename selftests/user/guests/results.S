/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Write each value of a byte to COM2, which is a UART without input; then a
 * letter to COM1, and the end: a power-off or, with PANIC, a panic before that.
 */
#include "guest.inc"

_start:
	WRITE	COM2 + 7, 0x5a
	inb	%dx, %al
	EXPECT_AL 0x5a
	movw	$(COM2 + 5), %dx
	inb	%dx, %al
	EXPECT_AL 0x60
	movw	$COM2, %dx
	xorb	%al, %al
1:	outb	%al, %dx
	incb	%al
	jnz	1b
	PUTC	'c'
#ifdef PANIC
	WRITE	PVPANIC, 1
#endif
	POWER_OFF
