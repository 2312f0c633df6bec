/* SPDX-License-Identifier: GPL-2.0-only */
/* Work that can be seen: a byte on the serial port for each 2^24 rounds. */
#include "flat.inc"

_start:
1:	movl	$(1 << 24), %ecx
2:	decl	%ecx
	jnz	2b
	WRITE	COM1, '.'
	jmp	1b
