/* SPDX-License-Identifier: GPL-2.0-only */
/* Send back what comes in, and power off on a dot. */
#include "guest.inc"

_start:
1:	GETC
	outb	%al, %dx
	cmpb	$'.', %al
	jne	1b
	POWER_OFF
