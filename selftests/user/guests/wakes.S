/* SPDX-License-Identifier: GPL-2.0-only */
/* As echo.S, but idle until COM1 interrupts. */
#include "guest.inc"

#define IRQ4		(4 * 4)		/* the PIC as it is out of reset */

_start:
	movw	$irq, IRQ4
	movw	$0, IRQ4 + 2
	WRITE	COM1 + 1, 1
	WRITE	COM1 + 4, 0xb
	PUTC	'>'
	sti
1:	hlt
	jmp	1b

irq:	movw	$COM1, %dx
	inb	%dx, %al
	outb	%al, %dx
	cmpb	$'.', %al
	je	2f
	movw	$LSR, %dx
	inb	%dx, %al
	testb	$1, %al
	jnz	irq
	WRITE	0x20, 0x20
	iretw
2:	POWER_OFF
