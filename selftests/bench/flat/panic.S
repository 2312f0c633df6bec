/* SPDX-License-Identifier: GPL-2.0-only */
#include "flat.inc"

_start:
	PANIC
	HALT
