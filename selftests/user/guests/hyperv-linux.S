/* SPDX-License-Identifier: GPL-2.0-only */
/* What Linux 6.12.117 writes when it has no page to hand over. */
#include "guest.inc"
#include "hyperv.inc"

_start:
	SET_MSR	GUEST_OS_ID, 0x81000006, 0x0c750000
	SET_MSR	CRASH_P0, 0, 0xb
	SET_MSR	CRASH_P1, 0x81000006, 0x0c750000
	SET_MSR	CRASH_P2, 0xffffffff, 0x81234567
	SET_MSR	CRASH_P3, 0, 0x33
	SET_MSR	CRASH_P4, 0xffff8880, 0x00001000
	/* Without NOTIFY it says nothing. */
	SET_MSR	CRASH_CTL, 0, 1
	SET_MSR	CRASH_CTL, NOTIFY_HI, 0
	POWER_OFF
