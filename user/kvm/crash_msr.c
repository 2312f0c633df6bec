// SPDX-License-Identifier: GPL-2.0-only
/*
 * In: accesses of the guest's, from the threads of all vCPUs.  Out: answers, and
 * the parameters of a report.  These belong to the VM, so that any vCPU may
 * write them at any time: the lock makes what a report takes one state of them.
 */
#include <string.h>
#include <linux/kvm.h>

#include "kvm/crash_msr.h"
#include "kvm/vm.h"

/* A bit for each MSR of a range: KVM handles none of them itself. */
static const uint64_t none;

static struct kvm_msr_filter_range range(uint32_t first, uint32_t nr)
{
	return (struct kvm_msr_filter_range){
		.flags = KVM_MSR_FILTER_READ | KVM_MSR_FILTER_WRITE,
		.base = first,
		.nmsrs = nr,
		.bitmap = (__u8 *)&none,
	};
}

bool crash_msr_is_offered(const struct vm *vm)
{
	return vm_has_cap(vm, KVM_CAP_X86_USER_SPACE_MSR) > 0 &&
	       vm_has_cap(vm, KVM_CAP_X86_MSR_FILTER) > 0;
}

int crash_msr_take(struct crash_msr *msr, const struct vm *vm, bool alone)
{
	struct kvm_msr_filter filter = {
		.flags = KVM_MSR_FILTER_DEFAULT_ALLOW,
		.ranges[0] = range(MSR_HV_CRASH_P0, EVENT_PARAMS + 1),
	};
	int err;

	if (alone)
		filter.ranges[1] = range(MSR_HV_GUEST_OS_ID, 1);
	err = vm_filter_msrs(vm, &filter);
	*msr = (struct crash_msr){
		.is_taken = !err,
		.is_alone = alone,
		.lock = PTHREAD_MUTEX_INITIALIZER,
	};
	return err;
}

/* Where the value of @index is kept; NULL if it has none. */
static uint64_t *find(struct crash_msr *msr, uint32_t index)
{
	if (index >= MSR_HV_CRASH_P0 && index < MSR_HV_CRASH_CTL)
		return &msr->param[index - MSR_HV_CRASH_P0];
	if (index == MSR_HV_GUEST_OS_ID && msr->is_alone)
		return &msr->guest_os_id;
	return NULL;
}

bool crash_msr_read(struct crash_msr *msr, uint32_t index, uint64_t *value)
{
	const uint64_t *at = find(msr, index);

	if (index == MSR_HV_CRASH_CTL) {
		/* What may be reported, whatever the guest has written. */
		*value = CRASH_NOTIFY | CRASH_NOTIFY_MSG;
		return true;
	}
	if (!at)
		return false;
	pthread_mutex_lock(&msr->lock);
	*value = *at;
	pthread_mutex_unlock(&msr->lock);
	return true;
}

bool crash_msr_write(struct crash_msr *msr, uint32_t index, uint64_t value)
{
	uint64_t *at = find(msr, index);

	if (index == MSR_HV_CRASH_CTL)
		return true;
	if (!at)
		return false;
	pthread_mutex_lock(&msr->lock);
	*at = value;
	pthread_mutex_unlock(&msr->lock);
	return true;
}

void crash_msr_fill(struct crash_msr *msr, struct guest_event *ev)
{
	pthread_mutex_lock(&msr->lock);
	memcpy(ev->param, msr->param, sizeof(ev->param));
	ev->guest_os_id = msr->guest_os_id;
	pthread_mutex_unlock(&msr->lock);
}
