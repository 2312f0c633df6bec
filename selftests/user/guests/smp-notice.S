/* SPDX-License-Identifier: GPL-2.0-only */
/* The first vCPU panics; the others say CRASH_LOADED at the same time. */
#include "guest.inc"
#include "smp.inc"

_start:
	START_OTHERS
1:	cmpb	$0, 0x7000
	je	1b
	movb	$2, 0x7000
	WRITE	PVPANIC, 1
	POWER_OFF

	OTHERS_START_HERE
	movb	$1, 0x7000
1:	cmpb	$2, 0x7000
	jne	1b
	WRITE	PVPANIC, 2
2:	pause
	jmp	2b
