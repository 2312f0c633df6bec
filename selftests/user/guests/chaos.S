/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For ever, on each vCPU: wait for a while, from nothing to some milliseconds,
 * then report: most often PANICKED, else SHUTDOWN or CRASH_LOADED.  One boot of
 * four only waits, so that what should end it cannot count on a report.
 */
#include "guest.inc"
#include "smp.inc"

#define VECTOR_NMI	(2 * 4)

/* EAX = BITS bits that are hard to foretell. */
.macro	RANDOM bits
	rdtsc
	imull	$0x9e3779b1, %eax, %eax
	shrl	$(32 - \bits), %eax
.endm

_start:
	movw	$nmi, VECTOR_NMI
	movw	$0, VECTOR_NMI + 2
	RANDOM	2
	movb	%al, loud
	START_OTHERS
	jmp	together

	OTHERS_START_HERE
together:
	cmpb	$0, loud
	jne	1f
	pause
	jmp	together
1:	RANDOM	4
	movb	%al, %cl
	movl	$256, %ebx
	shll	%cl, %ebx
	rdtsc
	addl	%eax, %ebx
2:	rdtsc
	subl	%ebx, %eax
	js	2b
	RANDOM	4
	movb	$1, %bl
	cmpb	$2, %al
	ja	3f
	movb	$2, %bl
	je	3f
	movb	$4, %bl
3:	movw	$PVPANIC, %dx
	movb	%bl, %al
	outb	%al, %dx
	jmp	together

nmi:	iretw

loud:
	.byte	0
