/* SPDX-License-Identifier: GPL-2.0-only */
/* Three panics; each but the last is forgiven by --on-panic ignore. */
#include "guest.inc"

_start:
	WRITE	PVPANIC, 1
	WRITE	PVPANIC, 1
	WRITE	PVPANIC, 3
	WRITE	RESET, 6
