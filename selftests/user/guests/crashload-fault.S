/* SPDX-License-Identifier: GPL-2.0-only */
/* A crash kernel that comes to nothing: a triple fault after CRASH_LOADED. */
#include "guest.inc"

_start:
	WRITE	PVPANIC, 2
	TRIPLE_FAULT
