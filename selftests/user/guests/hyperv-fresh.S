/* SPDX-License-Identifier: GPL-2.0-only */
/* Count boots in P4, which each boot has to find at 0, and report. */
#include "guest.inc"
#include "hyperv.inc"

_start:
	movl	$CRASH_P4, %ecx
	rdmsr
	incl	%eax
	wrmsr
	SET_MSR	CRASH_CTL, NOTIFY_HI, 0
	POWER_OFF
