/* SPDX-License-Identifier: GPL-2.0-only */
/* All of a CPU, and no exits. */
#include "flat.inc"

_start:
	WRITE	COM1, '>'
1:	jmp	1b
