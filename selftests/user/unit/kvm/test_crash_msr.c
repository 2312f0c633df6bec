// SPDX-License-Identifier: GPL-2.0-only
/* The crash MSRs as a guest finds them where KVM's filter passes them on. */
#include <errno.h>
#include <linux/kvm.h>
#include <string.h>

#include "kvm/crash_msr.h"
#include "kvm/vm.h"
#include "tap.h"

#define NOTHING	0x1234567890abcdefULL

/* What KVM was asked for, and what it says to that. */
static struct kvm_msr_filter filter;
static int answer;

static struct crash_msr msr;

int __wrap_vm_filter_msrs(const struct vm *vm, struct kvm_msr_filter *wanted);

int __wrap_vm_filter_msrs(const struct vm *vm, struct kvm_msr_filter *wanted)
{
	(void)vm;
	filter = *wanted;
	return answer;
}

static bool takes(unsigned int i, uint32_t first, uint32_t nr)
{
	const struct kvm_msr_filter_range *r = &filter.ranges[i];

	/* KVM copies whole longs of the bitmap. */
	static const long none;

	return r->base == first && r->nmsrs == nr &&
	       r->flags == (KVM_MSR_FILTER_READ | KVM_MSR_FILTER_WRITE) &&
	       (!nr || !memcmp(r->bitmap, &none, sizeof(none)));
}

static void take(bool alone)
{
	crash_msr_take(&msr, NULL, alone);
}

static uint64_t read_back(uint32_t index)
{
	uint64_t value = NOTHING;

	return crash_msr_read(&msr, index, &value) ? value : NOTHING;
}

static void test_filter(void)
{
	take(false);
	claim(msr.is_taken && filter.flags == KVM_MSR_FILTER_DEFAULT_ALLOW &&
	      takes(0, 0x40000100, 6),
	      "crash_msr: all six are taken, and no other MSR");
	claim(!filter.ranges[1].nmsrs,
	      "crash_msr: the guest's OS id stays with KVM's Hyper-V");
	take(true);
	claim(takes(0, 0x40000100, 6) && takes(1, 0x40000000, 1) &&
	      !filter.ranges[2].nmsrs,
	      "crash_msr: without that, it is taken too");
	answer = -EINVAL;
	claim(crash_msr_take(&msr, NULL, false) == -EINVAL && !msr.is_taken,
	      "crash_msr: KVM refuses, and nothing is taken");
	answer = 0;
}

static void test_values(void)
{
	uint32_t i;
	bool kept = true;

	take(false);
	for (i = 0; i < EVENT_PARAMS; i++)
		kept = kept && !read_back(0x40000100 + i);
	claim(kept, "crash_msr: P0 to P4 are 0 at first");
	for (i = 0; i < EVENT_PARAMS; i++)
		kept = kept && crash_msr_write(&msr, 0x40000100 + i, ~0ULL - i);
	for (i = 0; i < EVENT_PARAMS; i++)
		kept = kept && read_back(0x40000100 + i) == ~0ULL - i;
	claim(kept, "crash_msr: they are read as they were written");
	claim_number(read_back(0x40000105), 0xc000000000000000,
		     "crash_msr: CTL offers NOTIFY and NOTIFY_MSG");
	claim(crash_msr_write(&msr, 0x40000105, 0x3fffffffffffffff) &&
	      read_back(0x40000105) == 0xc000000000000000,
	      "crash_msr: whatever the guest has written to it");
	take(false);
	claim(!read_back(0x40000100), "crash_msr: another boot finds 0 again");
}

static void test_others(void)
{
	const uint32_t others[] = {
		0x400000ff, 0x40000106, 0, 0xffffffff, 0xc0000100, 0x40000000,
	};
	const unsigned int nr = sizeof(others) / sizeof(*others);
	bool refused = true;
	unsigned int i;

	take(false);
	for (i = 0; i < nr; i++)
		refused = refused && read_back(others[i]) == NOTHING &&
			  !crash_msr_write(&msr, others[i], 1);
	claim(refused, "crash_msr: there are no others");
	take(true);
	claim(crash_msr_write(&msr, 0x40000000, 7) &&
	      read_back(0x40000000) == 7,
	      "crash_msr: but the guest's OS id, where KVM has none");
}

static void test_copy(void)
{
	struct guest_event ev = { 0 };
	uint32_t i;

	take(true);
	for (i = 0; i < EVENT_PARAMS; i++)
		crash_msr_write(&msr, 0x40000100 + i, 10 + i);
	crash_msr_write(&msr, 0x40000000, 0x8100);
	crash_msr_fill(&msr, &ev);
	for (i = 0; i < EVENT_PARAMS; i++)
		crash_msr_write(&msr, 0x40000100 + i, 20 + i);
	claim(ev.param[0] == 10 && ev.param[1] == 11 && ev.param[2] == 12 &&
	      ev.param[3] == 13 && ev.param[4] == 14,
	      "crash_msr: a report has P0 to P4 as they were at it");
	claim_number(ev.guest_os_id, 0x8100, "crash_msr: and the OS id");
}

void test_crash_msr(void)
{
	test_filter();
	test_values();
	test_others();
	test_copy();
}
