/* SPDX-License-Identifier: GPL-2.0-only */
/* More output than two pages of a pipe hold; then a panic. */
#include "guest.inc"

_start:
	movl	$10000, %ecx
1:	PUTC	'f'
	decl	%ecx
	jnz	1b
	WRITE	PVPANIC, 1
	POWER_OFF
