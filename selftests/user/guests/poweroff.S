/* SPDX-License-Identifier: GPL-2.0-only */
/* Two things that are no end, and then a power-off. */
#include "guest.inc"

_start:
	/* PCI's address port overlaps the reset port: this is no reset. */
	movw	$0xcf8, %dx
	movl	$0x80000600, %eax
	outl	%eax, %dx
	inl	%dx, %eax
	EXPECT_AL 0xff
	/* SLP_EN of a sleep state that the DSDT does not have. */
	movw	$PM1_CONTROL, %dx
	movw	$0x3c00, %ax
	outw	%ax, %dx
	PUTC	'o'
	POWER_OFF
	WRITE	RESET, 6
