/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As ignored.S, in memory.  A word that begins at the byte before would be two
 * accesses of a byte: KVM splits what crosses a page.
 */
#include "guest.inc"
#include "mmio.inc"

_start:
	OPEN_FS
	movl	$PVPANIC_MMIO, %edi
	movb	$0, %fs:(%edi)
	movb	$0xf8, %fs:(%edi)
	movw	$1, %fs:(%edi)
	movl	$1, %fs:(%edi)
	movb	$1, %fs:-1(%edi)
	movb	$1, %fs:1(%edi)
	movw	%fs:(%edi), %ax
	EXPECT_AL 0xff
	movb	%fs:1(%edi), %al
	EXPECT_AL 0xff
	POWER_OFF

	GDT
