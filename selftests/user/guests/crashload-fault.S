/* SPDX-License-Identifier: GPL-2.0-only */
/* A crash kernel that comes to nothing: a triple fault after CRASH_LOADED. */
#include "guest.inc"

_start:
	WRITE	PVPANIC, 2
	lidtw	nothing
	movl	%cr0, %eax
	orl	$1, %eax
	movl	%eax, %cr0
	ud2

nothing:
	.word	0
	.long	0
