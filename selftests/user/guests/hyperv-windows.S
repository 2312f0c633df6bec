/* SPDX-License-Identifier: GPL-2.0-only */
/* What Windows 10 writes for a DRIVER_IRQL_NOT_LESS_OR_EQUAL. */
#include "guest.inc"
#include "hyperv.inc"

_start:
	SET_MSR	GUEST_OS_ID, 0x1040a, 0x00004a65
	SET_MSR	CRASH_P0, 0, 0xd1
	SET_MSR	CRASH_P1, 0, 0x28
	SET_MSR	CRASH_P2, 0, 2
	SET_MSR	CRASH_P3, 0, 0
	SET_MSR	CRASH_P4, 0xfffff800, 0x12345678
	SET_MSR	CRASH_CTL, NOTIFY_HI, 0
	POWER_OFF
