/* SPDX-License-Identifier: GPL-2.0-only */
/* All vCPUs panic 50 times at once; the last one to finish powers off. */
#include "guest.inc"
#include "smp.inc"

#define CPUS	4
#define TIMES	50

_start:
	START_OTHERS
	jmp	together

	OTHERS_START_HERE
together:
	movw	$TIMES, %cx
	lock incw arrived
1:	pause
	cmpw	$CPUS, arrived
	jb	1b
2:	WRITE	PVPANIC, 1
	loop	2b
	lock decw left
	jnz	3f
	POWER_OFF
3:	hlt
	jmp	3b

arrived:
	.word	0
left:
	.word	CPUS
