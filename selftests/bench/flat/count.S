/* SPDX-License-Identifier: GPL-2.0-only */
/* Work that can be seen: a byte on the serial port for each ROUNDS of a loop. */
#include "flat.inc"

_start:
1:	movl	$ROUNDS, %ecx
2:	decl	%ecx
	jnz	2b
	WRITE	COM1, '.'
	jmp	1b
