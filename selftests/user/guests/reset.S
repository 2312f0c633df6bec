/* SPDX-License-Identifier: GPL-2.0-only */
#include "guest.inc"

_start:
	WRITE	RESET, 6
	POWER_OFF
