/* SPDX-License-Identifier: GPL-2.0-only */
/* Both kinds of pvpanic: a notice by each, and a panic in memory, of two bits. */
#include "guest.inc"
#include "mmio.inc"

_start:
	OPEN_FS
	movl	$PVPANIC_MMIO, %edi
	movb	$2, %fs:(%edi)
	WRITE	PVPANIC, 4
	movb	$0xfb, %fs:(%edi)
	POWER_OFF

	GDT
