/* SPDX-License-Identifier: GPL-2.0-only */
/* Four vCPUs: the last one panics, the first counts, the others halt. */
#include "guest.inc"
#include "smp.inc"

_start:
	START_OTHERS
1:	incl	0x7000
	jmp	1b

	OTHERS_START_HERE
	ENABLE_X2APIC
	movl	$X2APIC_ID, %ecx
	rdmsr
	cmpl	$3, %eax
	je	2f
	cli
1:	hlt
	jmp	1b
2:	cmpl	$0, 0x7000
	je	2b
	WRITE	PVPANIC, 1
	POWER_OFF
