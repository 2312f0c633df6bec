/* SPDX-License-Identifier: GPL-2.0-only */
/* Every vCPU panics at once, and again and again. */
#include "guest.inc"
#include "smp.inc"

#define PAUSES	20000

#define VECTOR_NMI	(2 * 4)

_start:
	movw	$nmi, VECTOR_NMI
	movw	$0, VECTOR_NMI + 2
	PUTC	'>'
	START_OTHERS
panic:	WRITE	PVPANIC, 1
	movl	$PAUSES, %ecx
1:	pause
	decl	%ecx
	jnz	1b
	jmp	panic
nmi:	iretw

	OTHERS_START_HERE
	jmp	panic
