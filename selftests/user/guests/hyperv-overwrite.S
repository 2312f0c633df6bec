/* SPDX-License-Identifier: GPL-2.0-only */
/* A vCPU reports, another one overwrites what it has reported, and reports. */
#include "guest.inc"
#include "hyperv.inc"
#include "smp.inc"

_start:
	START_OTHERS
	SET_PARAMS	0xa, 0x10
	movl	$1, 0x7000
	SET_MSR	CRASH_CTL, NOTIFY_HI, 0
1:	hlt
	jmp	1b

	OTHERS_START_HERE
1:	pause
	cmpl	$0, 0x7000
	je	1b
	SET_PARAMS	0xb, 0x20
	SET_MSR	CRASH_CTL, NOTIFY_HI, 0
	POWER_OFF
