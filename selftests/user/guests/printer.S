/* SPDX-License-Identifier: GPL-2.0-only */
/* Print for ever, to PORT. */
#include "guest.inc"

_start:
1:	WRITE	PORT, 'f'
	jmp	1b
