/* SPDX-License-Identifier: GPL-2.0-only */
/* Two notices, after each of which the guest goes on. */
#include "guest.inc"

_start:
	WRITE	PVPANIC, 2
	WRITE	PVPANIC, 4
	POWER_OFF
