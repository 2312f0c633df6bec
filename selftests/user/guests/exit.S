/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Write BYTES to where --exit-port is, by a string instruction; with WORD the
 * first two of them at once; with PANIC after a panic.  Then reset.
 */
#include "guest.inc"

_start:
#ifdef PANIC
	WRITE	PVPANIC, 1
#endif
	movw	$EXIT_PORT, %dx
	inb	%dx, %al
	EXPECT_AL 0xff
#ifdef WORD
	movw	bytes, %ax
	outw	%ax, %dx
#else
	movw	$bytes, %si
	movw	$(end - bytes), %cx
	rep outsb
#endif
	WRITE	RESET, 6

bytes:
	.byte	BYTES
end:
