/* SPDX-License-Identifier: GPL-2.0-only */
/* CTL_HI is what CRASH_CTL offers on this host: see build. */
#include "guest.inc"
#include "hyperv.inc"

_start:
	EXPECT_CTL_HI CTL_HI
	POWER_OFF
