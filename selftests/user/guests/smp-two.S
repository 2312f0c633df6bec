/* SPDX-License-Identifier: GPL-2.0-only */
/* Two vCPUs at once: one reports PANICKED, the other CRASH_LOADED. */
#include "guest.inc"
#include "smp.inc"

_start:
	START_OTHERS
	movl	$1, 0x7000
1:	pause
	cmpl	$0, 0x7004
	je	1b
	WRITE	PVPANIC, 1
2:	hlt
	jmp	2b

	OTHERS_START_HERE
1:	pause
	cmpl	$0, 0x7000
	je	1b
	movl	$1, 0x7004
	WRITE	PVPANIC, 2
2:	hlt
	jmp	2b
