/* SPDX-License-Identifier: GPL-2.0-only */
#include "guest.inc"

_start:
	movw	$KEYBOARD, %dx
	inb	%dx, %al
	EXPECT_AL 0
	WRITE	KEYBOARD, 0xfe
	POWER_OFF
