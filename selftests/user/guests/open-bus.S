/* SPDX-License-Identifier: GPL-2.0-only */
/* Where nothing is, ones are read, and writes change nothing. */
#include "guest.inc"

_start:
	movw	$0x1f7, %dx		/* a disk's status */
	inb	%dx, %al
	EXPECT_AL 0xff
	movw	$0xb000, %ax		/* VGA's hole is RAM, but not the guest's */
	movw	%ax, %ds
	movw	$0x3c4, %dx
	outw	%ax, %dx
	inb	%dx, %al
	EXPECT_AL 0xff
	POWER_OFF
