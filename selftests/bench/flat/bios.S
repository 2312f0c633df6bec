/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A flat guest as QEMU can start it: firmware of 64 KiB that copies the guest,
 * FLAT, to where panicvm loads it and enters it as panicvm does, in real mode.
 */
#define ENTRY		0x1000
#define SEGMENT		0xf000
#define START		0xff00

	.code16
	.globl	_start

_start:
	.incbin	FLAT
flat_end:

	.org	START
	cli
	cld
	movw	$SEGMENT, %ax
	movw	%ax, %ds
	xorw	%ax, %ax
	movw	%ax, %es
	movw	%ax, %ss
	movw	$ENTRY, %sp
	xorw	%si, %si
	movw	$ENTRY, %di
	movw	$(flat_end - _start), %cx
	rep movsb
	movw	%ax, %ds
	ljmpw	$0, $ENTRY

	/* Where a CPU begins. */
	.org	0xfff0
	ljmpw	$SEGMENT, $START
	.org	0x10000
