/* SPDX-License-Identifier: GPL-2.0-only */
#include "guest.inc"

_start:
1:	jmp	1b
