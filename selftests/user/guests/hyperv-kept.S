/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPUID says that there are crash MSRs.  P0 to P4 are 0 at first, and keep what
 * any vCPU writes for all of them; CRASH_CTL keeps nothing, and without NOTIFY
 * it is no report.  Run it with two vCPUs.
 */
#include "guest.inc"
#include "hyperv.inc"
#include "smp.inc"

#define HV_FEATURES	0x40000003
#define HV_EDX_CRASH	(1 << 10)

_start:
	movl	$HV_FEATURES, %eax
	cpuid
	testl	$HV_EDX_CRASH, %edx
	jnz	1f
	WRITE	RESET, 6
1:
	EXPECT_MSR	CRASH_P0, 0, 0
	EXPECT_MSR	CRASH_P4, 0, 0
	SET_PARAMS	0xfedcba98, 0x76543210
	SET_MSR		CRASH_CTL, 0x7fffffff, 0xffffffff
	EXPECT_MSR	CRASH_CTL, NOTIFY_MSG_HI, 0
	START_OTHERS
1:	pause
	cmpl	$0, 0x7000
	je	1b
	EXPECT_MSR	CRASH_P2, 0xffffffff, 0xffffffff
	EXPECT_MSR	CRASH_P3, 0xfedcba98, 0x76543213
	POWER_OFF

	OTHERS_START_HERE
	EXPECT_MSR	CRASH_P0, 0xfedcba98, 0x76543210
	EXPECT_MSR	CRASH_P1, 0xfedcba98, 0x76543211
	EXPECT_MSR	CRASH_P2, 0xfedcba98, 0x76543212
	EXPECT_MSR	CRASH_P3, 0xfedcba98, 0x76543213
	EXPECT_MSR	CRASH_P4, 0xfedcba98, 0x76543214
	EXPECT_MSR	CRASH_CTL, NOTIFY_MSG_HI, 0
	SET_MSR		CRASH_P2, 0xffffffff, 0xffffffff
	movl		$1, 0x7000
2:	hlt
	jmp	2b
