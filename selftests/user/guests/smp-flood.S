/* SPDX-License-Identifier: GPL-2.0-only */
/* The first vCPU talks until its console is stuck, the other one panics. */
#include "guest.inc"
#include "smp.inc"

_start:
	START_OTHERS
1:	incl	0x7000
	PUTC	'f'
	jmp	1b

	OTHERS_START_HERE
1:	cmpl	$4000, 0x7000
	jb	1b
	WRITE	PVPANIC, 1
	POWER_OFF
