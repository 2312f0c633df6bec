/* SPDX-License-Identifier: GPL-2.0-only */
/* A prompt, as orders.S has; then nothing any more. */
#include "guest.inc"

_start:
	PUTC	'>'
	cli
	hlt
