/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A prompt, as orders.S has; then idle, with nothing that interrupts.  If HLT is
 * over all the same: x.
 */
#include "guest.inc"

_start:
	PUTC	'>'
	sti
1:	hlt
	PUTC	'x'
	jmp	1b
