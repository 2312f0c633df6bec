/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the guest-panic device share: how to set it up, how a
 * guest reaches it, and what each exit must look like, to the last field.
 */
#ifndef SELFTEST_KVM_GUEST_PANIC_H
#define SELFTEST_KVM_GUEST_PANIC_H

#include <errno.h>
#include <string.h>

#include <linux/kvm_guest_panic.h>

#include "hyperv.h"
#include "kvm_test_harness.h"
#include "kvm_util.h"
#include "processor.h"
#include "test_util.h"

#define HYPERV		KVM_GUEST_PANIC_HYPERV
#define ISA		KVM_GUEST_PANIC_ISA
#define MMIO		KVM_GUEST_PANIC_MMIO
#define PANICKED	KVM_GUEST_PANIC_PANICKED
#define CRASH_LOADED	KVM_GUEST_PANIC_CRASH_LOADED
#define SHUTDOWN	KVM_GUEST_PANIC_SHUTDOWN
#define NOTIFY		KVM_GUEST_PANIC_NOTIFY
#define NOTIFY_MSG	KVM_GUEST_PANIC_NOTIFY_MSG

/* Where QEMU puts pvpanic; the library's own port, for ucalls, is 0x1000. */
#define PVPANIC_PORT	0x505
#define OTHER_PORT	0x606

/* The bits of HV_X64_MSR_CRASH_CTL. */
#define CTL_NOTIFY	BIT_ULL(63)
#define CTL_NOTIFY_MSG	BIT_ULL(62)

#define NR_PARAMS	5

static inline void port_outb(u16 port, u8 value)
{
	asm volatile("outb %0, %1" : : "a"(value), "d"(port) : "memory");
}

static inline u8 port_inb(u16 port)
{
	u8 value;

	asm volatile("inb %1, %0" : "=a"(value) : "d"(port) : "memory");
	return value;
}

static inline void port_outw(u16 port, u16 value)
{
	asm volatile("outw %0, %1" : : "a"(value), "d"(port) : "memory");
}

static inline u16 port_inw(u16 port)
{
	u16 value;

	asm volatile("inw %1, %0" : "=a"(value) : "d"(port) : "memory");
	return value;
}

static inline void port_outl(u16 port, u32 value)
{
	asm volatile("outl %0, %1" : : "a"(value), "d"(port) : "memory");
}

static inline u32 port_inl(u16 port)
{
	u32 value;

	asm volatile("inl %1, %0" : "=a"(value) : "d"(port) : "memory");
	return value;
}

/* A guest's report by the Hyper-V crash MSRs. */
static inline void guest_crash(const u64 *param, u64 ctl)
{
	int i;

	for (i = 0; i < NR_PARAMS; i++)
		wrmsr(HV_X64_MSR_CRASH_P0 + i, param[i]);
	wrmsr(HV_X64_MSR_CRASH_CTL, ctl);
}

static inline bool has_guest_panic_device(void)
{
	struct kvm_vm *vm = vm_create_barebones();
	int r = __kvm_test_create_device(vm, KVM_DEV_TYPE_GUEST_PANIC);

	kvm_vm_free(vm);
	return !r;
}

#define TEST_REQUIRE_GUEST_PANIC_DEVICE()				\
	__TEST_REQUIRE(has_guest_panic_device(), "no guest-panic device")

static inline int guest_panic_create(struct kvm_vm *vm)
{
	return kvm_create_device(vm, KVM_DEV_TYPE_GUEST_PANIC);
}

static inline int __guest_panic_set(int dev, u64 model, u64 addr,
				    u32 events)
{
	struct kvm_guest_panic_model payload = {
		.addr = addr,
		.events = events,
	};

	return __kvm_device_attr_set(dev, KVM_DEV_GUEST_PANIC_MODEL, model,
				     &payload);
}

static inline void guest_panic_set(int dev, u64 model, u64 addr,
				   u32 events)
{
	int r = __guest_panic_set(dev, model, addr, events);

	TEST_ASSERT(!r, KVM_IOCTL_ERROR(KVM_SET_DEVICE_ATTR, r));
}

static inline struct kvm_guest_panic_model guest_panic_get(int dev,
							   u64 model)
{
	struct kvm_guest_panic_model payload;

	memset(&payload, 0xa5, sizeof(payload));
	kvm_device_attr_get(dev, KVM_DEV_GUEST_PANIC_MODEL, model, &payload);
	return payload;
}

/* Refusals: @r is what the call returned, errno is still that of the call. */
#define TEST_ASSERT_REFUSED(r, wanted)					\
do {									\
	int __r = (r), __errno = errno, __wanted = (wanted);		\
									\
	TEST_ASSERT(__r == -1 && __errno == __wanted,			\
		    "%s: wanted -1 with %s, got %d with %s", #r,	\
		    strerrorname_np(__wanted), __r,			\
		    __r ? strerrorname_np(__errno) : "success");	\
} while (0)

static inline void verify_crash(struct kvm_vcpu *vcpu, u32 ndata)
{
	struct kvm_run *run = vcpu->run;

	TEST_ASSERT_KVM_EXIT_REASON(vcpu, KVM_EXIT_SYSTEM_EVENT);
	TEST_ASSERT_EQ(run->system_event.type, KVM_SYSTEM_EVENT_CRASH);
	TEST_ASSERT_EQ(run->system_event.ndata, ndata);
}

static inline void verify_event(struct kvm_vcpu *vcpu, u32 model, u32 id,
				u64 seq, u64 code)
{
	__u64 *data = vcpu->run->system_event.data;

	TEST_ASSERT_EQ(data[KVM_GUEST_PANIC_DATA_MODEL], model);
	TEST_ASSERT_EQ(data[KVM_GUEST_PANIC_DATA_VCPU_ID], id);
	TEST_ASSERT_EQ(data[KVM_GUEST_PANIC_DATA_SEQ], seq);
	TEST_ASSERT_EQ(data[KVM_GUEST_PANIC_DATA_CODE], code);
}

static inline void verify_isa_event(struct kvm_vcpu *vcpu, u64 seq,
				    u64 code)
{
	verify_crash(vcpu, KVM_GUEST_PANIC_NDATA_PVPANIC);
	verify_event(vcpu, ISA, vcpu->id, seq, code);
}

static inline void verify_hyperv_event(struct kvm_vcpu *vcpu, u64 seq,
				       u64 ctl, const u64 *param)
{
	__u64 *data = &vcpu->run->system_event.data[KVM_GUEST_PANIC_DATA_PARAM];
	int i;

	verify_crash(vcpu, KVM_GUEST_PANIC_NDATA_HYPERV);
	verify_event(vcpu, HYPERV, vcpu->id, seq, ctl);
	for (i = 0; i < NR_PARAMS; i++)
		TEST_ASSERT(data[i] == param[i],
			    "P%d: wanted 0x%lx, got 0x%llx",
			    i, param[i], data[i]);
}

/* Run to the next exit.  A guest assertion that failed ends the test. */
static inline u64 run_to_exit(struct kvm_vcpu *vcpu, struct ucall *uc)
{
	u64 cmd;

	vcpu_run(vcpu);
	cmd = get_ucall(vcpu, uc);
	if (cmd == UCALL_ABORT)
		REPORT_GUEST_ASSERT(*uc);
	return cmd;
}

static inline void run_and_verify_isa_event(struct kvm_vcpu *vcpu, u64 seq,
					    u64 code)
{
	struct ucall uc;

	run_to_exit(vcpu, &uc);
	verify_isa_event(vcpu, seq, code);
}

static inline void run_and_verify_hyperv_event(struct kvm_vcpu *vcpu,
					       u64 seq, u64 ctl,
					       const u64 *param)
{
	struct ucall uc;

	run_to_exit(vcpu, &uc);
	verify_hyperv_event(vcpu, seq, ctl, param);
}

static inline void run_and_verify_done(struct kvm_vcpu *vcpu)
{
	struct ucall uc;
	u64 cmd = run_to_exit(vcpu, &uc);

	TEST_ASSERT(cmd == UCALL_DONE,
		    "Wanted the guest to finish, got exit %u (%s), port 0x%x",
		    vcpu->run->exit_reason,
		    exit_reason_str(vcpu->run->exit_reason),
		    vcpu->run->io.port);
}

static inline void run_and_verify_sync(struct kvm_vcpu *vcpu, u64 value)
{
	struct ucall uc;
	u64 cmd = run_to_exit(vcpu, &uc);

	TEST_ASSERT(cmd == UCALL_SYNC && uc.args[1] == value,
		    "Wanted 0x%lx from the guest, got 0x%lx, exit %u (%s)",
		    value, cmd == UCALL_SYNC ? uc.args[1] : 0,
		    vcpu->run->exit_reason,
		    exit_reason_str(vcpu->run->exit_reason));
}

static inline void *verify_io(struct kvm_vcpu *vcpu, u8 direction,
			      u16 port, u8 size, u32 count)
{
	struct kvm_run *run = vcpu->run;

	TEST_ASSERT_KVM_EXIT_REASON(vcpu, KVM_EXIT_IO);
	TEST_ASSERT_EQ(run->io.direction, direction);
	TEST_ASSERT_EQ(run->io.port, port);
	TEST_ASSERT_EQ(run->io.size, size);
	TEST_ASSERT_EQ(run->io.count, count);
	return (void *)run + run->io.data_offset;
}

/* As any port without a device: the write and its value reach userspace. */
static inline void run_and_verify_out(struct kvm_vcpu *vcpu, u16 port,
				      u8 size, u32 value)
{
	u32 got = 0;
	void *data;

	vcpu_run(vcpu);
	data = verify_io(vcpu, KVM_EXIT_IO_OUT, port, size, 1);
	memcpy(&got, data, size);
	TEST_ASSERT_EQ(got, value);
}

/* As any port without a device: userspace says what the guest reads. */
static inline void run_and_verify_in(struct kvm_vcpu *vcpu, u16 port,
				     u8 size, u32 value)
{
	void *data;

	vcpu_run(vcpu);
	data = verify_io(vcpu, KVM_EXIT_IO_IN, port, size, 1);
	memcpy(data, &value, size);
}

#endif /* SELFTEST_KVM_GUEST_PANIC_H */
