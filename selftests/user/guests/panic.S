/* SPDX-License-Identifier: GPL-2.0-only */
/* Read what pvpanic offers, report a panic, go on to power-off if allowed. */
#include "guest.inc"

_start:
	movw	$PVPANIC, %dx
	inb	%dx, %al
	EXPECT_AL 7
	PUTC	'p'
	WRITE	PVPANIC, 1
	PUTC	'q'
	POWER_OFF
