/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hand over pages that a careful host must not trust, one event each (so run
 * it with --on-panic ignore and --memory 1M): outside memory, at its last byte,
 * 0 bytes long, far too long, across the end, with terminal escapes and with
 * bytes that are not UTF-8.
 */
#include "guest.inc"
#include "hyperv.inc"

.macro	MESSAGE gpa_high, gpa, bytes_high, bytes
	SET_MSR	CRASH_P3, \gpa_high, \gpa
	SET_MSR	CRASH_P4, \bytes_high, \bytes
	SET_MSR	CRASH_CTL, NOTIFY_MSG_HI, 0
.endm

_start:
	/* A page of x, for the one that is too long. */
	movw	$0x8000, %di
	movw	$4096, %cx
	movb	$'x', %al
	cld
	rep stosb
	/* The last bytes of memory, for those at the end. */
	movw	$0xffff, %ax
	movw	%ax, %es
	movw	$0x4241, %es:0xe
	MESSAGE	0, text, 0, text_end-text
	MESSAGE	0, 0x100000, 0, 16
	MESSAGE	0xffffffff, 0xfffffff0, 0, 4096
	MESSAGE	0, 0xfffff, 0, 1
	MESSAGE	0, 0xffffe, 0, 4096
	MESSAGE	0, text, 0, 0
	MESSAGE	0, 0x8000, 0xffffffff, 0xffffffff
	POWER_OFF

text:
	.ascii	"red \033[31m bell \007 c1 \302\233 bad \377\300\200 cut \342\202"
text_end:
