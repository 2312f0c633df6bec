/* SPDX-License-Identifier: GPL-2.0-only */
/* As panic.S, at the highest port there is; nothing is at the usual one. */
#include "guest.inc"

_start:
	movw	$PVPANIC, %dx
	inb	%dx, %al
	EXPECT_AL 0xff
	WRITE	PVPANIC, 1
	WRITE	0xffff, 1
	POWER_OFF
