/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Halted for good, while the local APIC's timer asks for an interrupt 100 times a
 * second; with IDLE these are taken.
 */
#include "guest.inc"
#include "smp.inc"

#define LVT_TIMER	0x832
#define TIMER_COUNT	0x838
#define TIMER_DIVIDE	0x83e
#define SPURIOUS	0x80f
#define EOI		0x80b
#define DIVIDE_BY_1	0xb
#define PERIODIC	0x20000

#define VECTOR_TIMER	(0x40 * 4)

.macro	SET_MSR msr, value
	movl	$\msr, %ecx
	xorl	%edx, %edx
	movl	$\value, %eax
	wrmsr
.endm

_start:
	movw	$tick, VECTOR_TIMER
	movw	$0, VECTOR_TIMER + 2
	ENABLE_X2APIC
	SET_MSR	SPURIOUS, 0x1ff
	SET_MSR	TIMER_DIVIDE, DIVIDE_BY_1
	SET_MSR	LVT_TIMER, (PERIODIC | 0x40)
	SET_MSR	TIMER_COUNT, 10000000
#ifdef IDLE
	sti
#endif
1:	hlt
	jmp	1b

tick:	SET_MSR	EOI, 0
	iretw
