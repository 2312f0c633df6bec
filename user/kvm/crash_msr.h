/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The crash MSRs of Hyper-V on stock KVM.  With a filter of MSRs, KVM does not
 * handle a guest's access to them but exits, and the guest gets the answer that
 * the guest-panic device would give.
 */
#ifndef CRASH_MSR_H
#define CRASH_MSR_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "panic/event.h"

struct vm;

#define MSR_HV_GUEST_OS_ID	0x40000000
#define MSR_HV_CRASH_P0		0x40000100	/* P1 to P4 follow */
#define MSR_HV_CRASH_CTL	0x40000105

struct crash_msr {
	bool is_taken;		/* accesses are exits */
	/*
	 * KVM does not emulate Hyper-V: the guest's OS id is kept here too, and
	 * the guest has no more of Hyper-V than these MSRs.
	 */
	bool is_alone;
	pthread_mutex_t lock;	/* the values, which are the whole VM's */
	uint64_t param[EVENT_PARAMS];
	uint64_t guest_os_id;
};

/* Does this KVM have such filters?  Linux 5.10 and newer do. */
bool crash_msr_is_offered(const struct vm *vm);

/*
 * Before there are vCPUs: make accesses exits, and all values 0.  0 or -errno.
 * @alone: KVM does not emulate Hyper-V.
 */
int crash_msr_take(struct crash_msr *msr, const struct vm *vm, bool alone);

/* Carry out an access of the guest's; false if it gets a #GP for it. */
bool crash_msr_read(struct crash_msr *msr, uint32_t index, uint64_t *value);
bool crash_msr_write(struct crash_msr *msr, uint32_t index, uint64_t value);

/* The values of a report that the guest makes now, into @ev. */
void crash_msr_fill(struct crash_msr *msr, struct guest_event *ev);

#endif /* CRASH_MSR_H */
