/* SPDX-License-Identifier: GPL-2.0-only */
/* Print for ever. */
#include "guest.inc"

_start:
1:	PUTC	'f'
	jmp	1b
