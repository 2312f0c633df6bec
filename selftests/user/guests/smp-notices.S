/* SPDX-License-Identifier: GPL-2.0-only */
/* All vCPUs report SHUTDOWN as fast as they can, for ever. */
#include "guest.inc"
#include "smp.inc"

_start:
	START_OTHERS
	jmp	together

	OTHERS_START_HERE
together:
	WRITE	PVPANIC, 4
	jmp	together
