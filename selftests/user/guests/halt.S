/* SPDX-License-Identifier: GPL-2.0-only */
/* Halted for good: only panicvm's time-out gets it out of KVM_RUN. */
#include "guest.inc"

_start:
	cli
1:	hlt
	jmp	1b
