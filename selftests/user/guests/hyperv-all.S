/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Four vCPUs write P0 to P4 some times and report, 25 times each, all at once: P0
 * is N << 32, P1 that and 1, and so on, where N, from 1 to 4, is the vCPU that
 * wrote it last.  The last one to finish powers off.
 */
#include "guest.inc"
#include "hyperv.inc"
#include "smp.inc"

#define CPUS	4
#define TIMES	25
#define WRITES	20

_start:
	START_OTHERS
	jmp	together

	OTHERS_START_HERE
together:
	movl	$1, %ebp
	lock xaddl %ebp, arrived
	incl	%ebp
1:	pause
	cmpl	$CPUS, arrived
	jb	1b
	movw	$TIMES, %si
2:	movw	$WRITES, %di
3:	xorl	%eax, %eax
	movl	%ebp, %edx
4:	leal	CRASH_P0(%eax), %ecx
	wrmsr
	incl	%eax
	cmpl	$5, %eax
	jb	4b
	decw	%di
	jnz	3b
	SET_MSR	CRASH_CTL, NOTIFY_HI, 0
	decw	%si
	jnz	2b
	lock decw left
	jnz	5f
	POWER_OFF
5:	hlt
	jmp	5b

arrived:
	.long	0
left:
	.word	CPUS
