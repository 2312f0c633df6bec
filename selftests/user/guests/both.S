/* SPDX-License-Identifier: GPL-2.0-only */
/* PANICKED and CRASH_LOADED in one write, which ends at 0x1100: one event. */
#include "guest.inc"

_start:
	movw	$PVPANIC, %dx
	movb	$3, %al
	jmp	1f
	.org	0xff
1:	outb	%al, %dx
	POWER_OFF
