/* SPDX-License-Identifier: GPL-2.0-only */
/* PANICKED and CRASH_LOADED in one write: one event. */
#include "guest.inc"

_start:
	WRITE	PVPANIC, 3
	POWER_OFF
