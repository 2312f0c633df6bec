/* SPDX-License-Identifier: GPL-2.0-only */
/* A panic that both kinds of pvpanic report, one after the other; then another. */
#include "guest.inc"
#include "mmio.inc"

_start:
	OPEN_FS
	WRITE	PVPANIC, 1
	movl	$PVPANIC_MMIO, %edi
	movb	$1, %fs:(%edi)
	movb	$1, %fs:(%edi)
	POWER_OFF

	GDT
