/* SPDX-License-Identifier: GPL-2.0-only */
/* 5,000 notices of a shutdown, as fast as they go; then a panic. */
#include "guest.inc"

_start:
	movl	$5000, %ecx
1:	WRITE	PVPANIC, 4
	decl	%ecx
	jnz	1b
	WRITE	PVPANIC, 1
	POWER_OFF
