/* SPDX-License-Identifier: GPL-2.0-only */
/* A triple fault, and nothing before it. */
#include "guest.inc"

_start:
	TRIPLE_FAULT
