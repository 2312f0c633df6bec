/* SPDX-License-Identifier: GPL-2.0-only */
/* Three writes by one instruction: one event, whose code is their OR. */
#include "guest.inc"

_start:
	movw	$PVPANIC, %dx
	movw	$bytes, %si
	movw	$3, %cx
	cld
	rep outsb
	POWER_OFF

bytes:
	.byte	0xf8, 2, 1
