/* SPDX-License-Identifier: GPL-2.0-only */
/* The second vCPU cannot take a fault, as it has no interrupt table. */
#include "guest.inc"
#include "smp.inc"

_start:
	START_OTHERS
1:	pause
	jmp	1b

	OTHERS_START_HERE
	lidtw	nothing
	movl	%cr0, %eax
	orl	$1, %eax
	movl	%eax, %cr0
	ud2

nothing:
	.word	0
	.long	0
