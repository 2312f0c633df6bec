/* SPDX-License-Identifier: GPL-2.0-only */
/* As panic.S, at ADDRESS in memory. */
#include "guest.inc"
#include "mmio.inc"

_start:
	OPEN_FS
	movl	$ADDRESS, %edi
	movb	%fs:(%edi), %al
	EXPECT_AL 7
	PUTC	'p'
	movb	$1, %fs:(%edi)
	PUTC	'q'
	POWER_OFF

	GDT
