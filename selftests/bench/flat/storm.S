/* SPDX-License-Identifier: GPL-2.0-only */
/* One panic after the other, as fast as the host takes them. */
#include "flat.inc"

_start:
	WRITE	COM1, '>'
1:	PANIC
	jmp	1b
