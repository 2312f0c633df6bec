// SPDX-License-Identifier: GPL-2.0-only
/*
 * A panicvm in which what is rare always happens: between a vCPU's report by
 * the crash MSRs and the stop of the others, another one overwrites P0.  build
 * links this in front of the functions on that way; crash-msrs is the test.
 *
 * The second write of P0 waits until the report has been decoded, and the stop
 * that follows waits until that write has been carried out.
 */
#include <pthread.h>

#include "kvm/crash_msr.h"
#include "kvm/vcpus.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static enum stage { BEFORE, REPORTED, OVERWRITTEN } stage;
static unsigned int writes;

void __real_crash_msr_fill(struct crash_msr *msr, struct guest_event *ev);
void __wrap_crash_msr_fill(struct crash_msr *msr, struct guest_event *ev);
bool __real_crash_msr_write(struct crash_msr *msr, uint32_t index,
			    uint64_t value);
bool __wrap_crash_msr_write(struct crash_msr *msr, uint32_t index,
			    uint64_t value);
void __real_vcpus_stop(struct vcpus *vcpus);
void __wrap_vcpus_stop(struct vcpus *vcpus);

static void leave(enum stage from)
{
	pthread_mutex_lock(&lock);
	while (stage == from)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

static void enter(enum stage to)
{
	pthread_mutex_lock(&lock);
	if (stage < to)
		stage = to;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

void __wrap_crash_msr_fill(struct crash_msr *msr, struct guest_event *ev)
{
	__real_crash_msr_fill(msr, ev);
	enter(REPORTED);
}

bool __wrap_crash_msr_write(struct crash_msr *msr, uint32_t index,
			    uint64_t value)
{
	bool is_second = index == MSR_HV_CRASH_P0 && ++writes == 2;
	bool result;

	if (is_second)
		leave(BEFORE);
	result = __real_crash_msr_write(msr, index, value);
	if (is_second)
		enter(OVERWRITTEN);
	return result;
}

void __wrap_vcpus_stop(struct vcpus *vcpus)
{
	leave(REPORTED);
	__real_vcpus_stop(vcpus);
}
