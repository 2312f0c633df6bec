/* SPDX-License-Identifier: GPL-2.0-only */
/* Halted for good, with PANIC after a panic.  If HLT is over all the same: x. */
#include "guest.inc"

_start:
#ifdef PANIC
	WRITE	PVPANIC, 1
#endif
	cli
1:	hlt
	PUTC	'x'
	jmp	1b
