/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nothing here is a report: no bit, no bit that is offered, another size (the
 * port beside, 0x506, is nobody's), another port.
 */
#include "guest.inc"

_start:
	WRITE	PVPANIC, 0
	WRITE	PVPANIC, 0xf8
	movw	$PVPANIC, %dx
	movw	$1, %ax
	outw	%ax, %dx
	movl	$1, %eax
	outl	%eax, %dx
	WRITE	0x504, 1
	WRITE	0x506, 1
	movw	$PVPANIC, %dx
	inw	%dx, %ax
	EXPECT_AL 0xff
	POWER_OFF
