/* SPDX-License-Identifier: GPL-2.0-only */
/* All bits of CRASH_CTL that mean something, but that of a message, and more. */
#include "guest.inc"
#include "hyperv.inc"

_start:
	SET_PARAMS	0x80000000, 0x10
	SET_MSR		CRASH_CTL, 0xb4000000, 0x1234
	POWER_OFF
