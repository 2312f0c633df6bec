/* SPDX-License-Identifier: GPL-2.0-only */
/* With no interrupt table at all, no fault can be taken. */
#include "guest.inc"

_start:
	lidtw	nothing
	movl	%cr0, %eax
	orl	$1, %eax
	movl	%eax, %cr0
	ud2

nothing:
	.word	0
	.long	0
