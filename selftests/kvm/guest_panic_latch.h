/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the latch and of freeze share: the device's controls, and
 * vCPUs that run in threads of their own.
 */
#ifndef SELFTEST_KVM_GUEST_PANIC_LATCH_H
#define SELFTEST_KVM_GUEST_PANIC_LATCH_H

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "guest_panic.h"

#define GROUP_CTRL	KVM_DEV_GUEST_PANIC_CTRL
#define GROUP_STATE	KVM_DEV_GUEST_PANIC_STATE
#define FREEZE		KVM_GUEST_PANIC_FREEZE
#define RESUME		KVM_GUEST_PANIC_RESUME
#define LATCHED		KVM_GUEST_PANIC_LATCHED

static inline void guest_panic_set_freeze(int dev, u32 freeze)
{
	kvm_device_attr_set(dev, GROUP_CTRL, FREEZE, &freeze);
}

static inline void guest_panic_resume(int dev)
{
	kvm_device_attr_set(dev, GROUP_CTRL, RESUME, NULL);
}

static inline int __guest_panic_get_latched(int dev,
					    struct kvm_guest_panic_event *event)
{
	return __kvm_device_attr_get(dev, GROUP_STATE, LATCHED, event);
}

static inline int __guest_panic_set_latched(int dev,
					    struct kvm_guest_panic_event event)
{
	return __kvm_device_attr_set(dev, GROUP_STATE, LATCHED, &event);
}

static inline void guest_panic_set_latched(int dev,
					   struct kvm_guest_panic_event event)
{
	int r = __guest_panic_set_latched(dev, event);

	TEST_ASSERT(!r, KVM_IOCTL_ERROR(KVM_SET_DEVICE_ATTR, r));
}

static inline struct kvm_guest_panic_event isa_event(u32 vcpu_id, u64 seq,
						     u64 code)
{
	return (struct kvm_guest_panic_event) {
		.model = ISA,
		.vcpu_id = vcpu_id,
		.seq = seq,
		.code = code,
	};
}

static inline void verify_latched(int dev, struct kvm_guest_panic_event wanted)
{
	struct kvm_guest_panic_event got;
	int i;

	memset(&got, 0xa5, sizeof(got));
	TEST_ASSERT_EQ(__guest_panic_get_latched(dev, &got), 0);
	TEST_ASSERT_EQ(got.model, wanted.model);
	TEST_ASSERT_EQ(got.vcpu_id, wanted.vcpu_id);
	TEST_ASSERT_EQ(got.seq, wanted.seq);
	TEST_ASSERT_EQ(got.code, wanted.code);
	for (i = 0; i < NR_PARAMS; i++)
		TEST_ASSERT_EQ(got.param[i], wanted.param[i]);
}

static inline void verify_nothing_latched(int dev)
{
	struct kvm_guest_panic_event event;

	TEST_ASSERT_REFUSED(__guest_panic_get_latched(dev, &event), ENOENT);
}

/* KVM_RUN of @vcpu has returned the event of @reporter. */
static inline void verify_isa_event_of(struct kvm_vcpu *vcpu,
				       struct kvm_vcpu *reporter, u64 seq,
				       u64 code)
{
	verify_crash(vcpu, KVM_GUEST_PANIC_NDATA_PVPANIC);
	verify_event(vcpu, ISA, reporter->id, seq, code);
}

static inline void run_and_verify_isa_event_of(struct kvm_vcpu *vcpu,
					       struct kvm_vcpu *reporter,
					       u64 seq, u64 code)
{
	memset(&vcpu->run->system_event, 0xa5, sizeof(vcpu->run->system_event));
	vcpu_run(vcpu);
	verify_isa_event_of(vcpu, reporter, seq, code);
}

/*
 * One KVM_RUN in a thread.  A vCPU that leaves the state UNINITIALIZED does
 * so with EAGAIN, and is to be run again.
 */
static inline void *run_once(void *arg)
{
	struct kvm_vcpu *vcpu = arg;
	int r;

	do {
		r = __vcpu_run(vcpu);
	} while (r && errno == EAGAIN);
	TEST_ASSERT(!r, KVM_IOCTL_ERROR(KVM_RUN, r));
	return NULL;
}

static inline pthread_t start_thread(void *(*function)(void *), void *arg)
{
	pthread_t thread;
	int r = pthread_create(&thread, NULL, function, arg);

	TEST_ASSERT(!r, "pthread_create() failed: %s", strerror(r));
	return thread;
}

static inline pthread_t start_run(struct kvm_vcpu *vcpu)
{
	return start_thread(run_once, vcpu);
}

static inline void finish(pthread_t thread)
{
	TEST_ASSERT_EQ(pthread_join(thread, NULL), 0);
}

/* The harness ends a test that waits too long. */
static inline void wait_until_moved(u64 *counter)
{
	u64 before = READ_ONCE(*counter);

	while (READ_ONCE(*counter) == before)
		sched_yield();
}

/* How often to do what a race may break: few times in CI, or as told. */
static inline int guest_panic_rounds(int fallback)
{
	const char *rounds = getenv("GUEST_PANIC_ROUNDS");

	return rounds ? atoi_positive("GUEST_PANIC_ROUNDS", rounds) : fallback;
}

/* KVM looks for a new vCPU's APIC ID when the APIC is set first. */
static inline void publish_apic_id(struct kvm_vcpu *vcpu)
{
	struct kvm_lapic_state apic;

	vcpu_ioctl(vcpu, KVM_GET_LAPIC, &apic);
	vcpu_ioctl(vcpu, KVM_SET_LAPIC, &apic);
}

/* A message-signalled interrupt, which needs no vCPU's lock. */
#define MSI_NMI		0x400
#define MSI_INIT	0x500
#define MSI_SIPI	0x600

static inline void send_msi(struct kvm_vcpu *vcpu, u32 data)
{
	struct kvm_msi msi = {
		.address_lo = 0xfee00000 | vcpu->id << 12,
		.data = data,
	};

	TEST_ASSERT_EQ(__vm_ioctl(vcpu->vm, KVM_SIGNAL_MSI, &msi), 1);
}

#endif /* SELFTEST_KVM_GUEST_PANIC_LATCH_H */
