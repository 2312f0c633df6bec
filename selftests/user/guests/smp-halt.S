/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Four vCPUs that halt: with interrupts off, all but the second one if it is
 * IDLE.  The first one powers off at an NMI, which the second one sends in its
 * last moments if it has a TIMER, or if it is BUSY for a while.
 */
#include "guest.inc"
#include "smp.inc"

#define LVT_TIMER	0x832
#define TIMER_COUNT	0x838
#define TIMER_DIVIDE	0x83e
#define SPURIOUS	0x80f
#define DIVIDE_BY_1	0xb
#define NMI_TO_FIRST	0x4400

#define VECTOR_NMI	(2 * 4)
#define VECTOR_TIMER	(0x40 * 4)

/* 3 s of the local APIC's clock; and as often the TSC's upper half changes. */
#define TICKS		3000000000
#define BUSY_TURNS	3

.macro	SET_MSR msr, value
	movl	$\msr, %ecx
	xorl	%edx, %edx
	movl	$\value, %eax
	wrmsr
.endm

_start:
	movw	$nmi, VECTOR_NMI
	movw	$0, VECTOR_NMI + 2
	movw	$send, VECTOR_TIMER
	movw	$0, VECTOR_TIMER + 2
	START_OTHERS
	cli
1:	hlt
	PUTC	'x'
	jmp	1b
nmi:	POWER_OFF

	OTHERS_START_HERE
	ENABLE_X2APIC
	movl	$X2APIC_ID, %ecx
	rdmsr
	cmpl	$1, %eax
	jne	halt
#ifdef TIMER
	SET_MSR	SPURIOUS, 0x1ff
	SET_MSR	TIMER_DIVIDE, DIVIDE_BY_1
	SET_MSR	LVT_TIMER, 0x40
	SET_MSR	TIMER_COUNT, TICKS
#endif
#ifdef BUSY
	movl	$BUSY_TURNS, %ebx
2:	rdtsc
	movl	%edx, %esi
3:	rdtsc
	cmpl	%esi, %edx
	je	3b
	decl	%ebx
	jnz	2b
	jmp	send
#endif
#ifdef IDLE
	sti
#endif
halt:	hlt
	PUTC	'x'
	jmp	halt

send:	SET_MSR	X2APIC_ICR, NMI_TO_FIRST
	cli
	jmp	halt
