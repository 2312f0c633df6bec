/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the guest-panic device share: how userspace sets it up,
 * how a guest reports, and what every exit and every state has to look like,
 * to the last field.
 */
#ifndef SELFTEST_KVM_GUEST_PANIC_H
#define SELFTEST_KVM_GUEST_PANIC_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/kvm_guest_panic.h>

#include "hyperv_crash.h"
#include "kvm_test_harness.h"
#include "kvm_util.h"
#include "processor.h"
#include "test_util.h"

#define GROUP_MODEL	KVM_DEV_GUEST_PANIC_MODEL
#define GROUP_CTRL	KVM_DEV_GUEST_PANIC_CTRL
#define GROUP_STATE	KVM_DEV_GUEST_PANIC_STATE

#define HYPERV		KVM_GUEST_PANIC_HYPERV
#define ISA		KVM_GUEST_PANIC_ISA
#define MMIO		KVM_GUEST_PANIC_MMIO
#define FAULT		KVM_GUEST_PANIC_FAULT
#define NR_MODELS	4

#define FREEZE		KVM_GUEST_PANIC_FREEZE
#define RESUME		KVM_GUEST_PANIC_RESUME
#define DISCARD		KVM_GUEST_PANIC_DISCARD
#define LATCHED		KVM_GUEST_PANIC_LATCHED
#define EVENT		KVM_GUEST_PANIC_EVENT
#define SEQ		KVM_GUEST_PANIC_SEQ

#define PANICKED	KVM_GUEST_PANIC_PANICKED
#define CRASH_LOADED	KVM_GUEST_PANIC_CRASH_LOADED
#define SHUTDOWN	KVM_GUEST_PANIC_SHUTDOWN
#define PVPANIC_ALL	(PANICKED | CRASH_LOADED | SHUTDOWN)
#define NOTIFY		KVM_GUEST_PANIC_NOTIFY
#define NOTIFY_MSG	KVM_GUEST_PANIC_NOTIFY_MSG
#define NO_CRASH_DUMP	KVM_GUEST_PANIC_NO_CRASH_DUMP
#define PRE_OS_ID	KVM_GUEST_PANIC_PRE_OS_ID
#define TRIPLE_FAULT	KVM_GUEST_PANIC_TRIPLE_FAULT
#define DELIVERED	KVM_GUEST_PANIC_DELIVERED

/* Where QEMU puts pvpanic; the library's own port, for ucalls, is 0x1000. */
#define PVPANIC_PORT	0x505
#define OTHER_PORT	0x606
#define PVPANIC_GPA	((4ULL << 30) + 0x800)
#define PVPANIC_PAGE	(4ULL << 30)

/* For loops that emulated and instrumented hosts take long for. */
#define LONG_TIMEOUT	3600

/* How often to do what a race may break: as told, else @fallback times. */
static inline int guest_panic_rounds(int fallback)
{
	const char *rounds = getenv("GUEST_PANIC_ROUNDS");

	return rounds ? atoi_positive("GUEST_PANIC_ROUNDS", rounds) : fallback;
}

/* Guest: the port, the register in memory, the MSRs. */
#define PORT_IO(suffix, type)						\
static inline void port_out##suffix(u16 port, type value)		\
{									\
	asm volatile("out" #suffix " %0, %1"				\
		     : : "a"(value), "d"(port) : "memory");		\
}									\
									\
static inline type port_in##suffix(u16 port)				\
{									\
	type value;							\
									\
	asm volatile("in" #suffix " %1, %0"				\
		     : "=a"(value) : "d"(port) : "memory");		\
	return value;							\
}

PORT_IO(b, u8)
PORT_IO(w, u16)
PORT_IO(l, u32)

static inline void mmio_writeb(u64 gpa, u8 value)
{
	asm volatile("movb %0, (%1)" : : "q"(value), "r"(gpa) : "memory");
}

static inline u8 mmio_readb(u64 gpa)
{
	u8 value;

	asm volatile("movb (%1), %0" : "=q"(value) : "r"(gpa) : "memory");
	return value;
}

/* RBX tells the host where the instruction after the reporting one is. */
static inline void port_outb_and_mark(u16 port, u8 value)
{
	asm volatile("lea 1f(%%rip), %%rbx\n\t"
		     "outb %%al, %%dx\n"
		     "1:"
		     : : "a"(value), "d"(port) : "rbx", "memory");
}

static inline void mmio_writeb_and_mark(u64 gpa, u8 value)
{
	asm volatile("lea 1f(%%rip), %%rbx\n\t"
		     "movb %%al, (%%rdx)\n"
		     "1:"
		     : : "a"(value), "d"(gpa) : "rbx", "memory");
}

static inline void wrmsr_and_mark(u32 msr, u64 value)
{
	asm volatile("lea 1f(%%rip), %%rbx\n\t"
		     "wrmsr\n"
		     "1:"
		     : : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32))
		     : "rbx", "memory");
}

/* Userspace: the device. */
static inline bool has_guest_panic_device(void)
{
	struct kvm_vm *vm = vm_create_barebones();
	int r = __kvm_test_create_device(vm, KVM_DEV_TYPE_GUEST_PANIC);

	kvm_vm_free(vm);
	return !r;
}

#define TEST_REQUIRE_GUEST_PANIC_DEVICE()				\
	__TEST_REQUIRE(has_guest_panic_device(), "no guest-panic device")

#define TEST_REQUIRE_HYPERV()						\
do {									\
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV));			\
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV_CPUID));		\
} while (0)

static inline int guest_panic_create(struct kvm_vm *vm)
{
	return kvm_create_device(vm, KVM_DEV_TYPE_GUEST_PANIC);
}

static inline int __guest_panic_set(int dev, u64 model, u64 addr, u32 events)
{
	struct kvm_guest_panic_model payload = {
		.addr = addr,
		.events = events,
	};

	return __kvm_device_attr_set(dev, GROUP_MODEL, model, &payload);
}

static inline void guest_panic_set(int dev, u64 model, u64 addr, u32 events)
{
	int r = __guest_panic_set(dev, model, addr, events);

	TEST_ASSERT(!r, KVM_IOCTL_ERROR(KVM_SET_DEVICE_ATTR, r));
}

static inline struct kvm_guest_panic_model guest_panic_get(int dev, u64 model)
{
	struct kvm_guest_panic_model payload;

	memset(&payload, 0xa5, sizeof(payload));
	kvm_device_attr_get(dev, GROUP_MODEL, model, &payload);
	return payload;
}

static inline void guest_panic_set_freeze(int dev, u32 freeze)
{
	kvm_device_attr_set(dev, GROUP_CTRL, FREEZE, &freeze);
}

static inline int __guest_panic_resume(int dev, u64 seq)
{
	return __kvm_device_attr_set(dev, GROUP_CTRL, RESUME, &seq);
}

static inline void guest_panic_resume(int dev, u64 seq)
{
	int r = __guest_panic_resume(dev, seq);

	TEST_ASSERT(!r, "RESUME of %lu: %s", seq, strerror(errno));
}

static inline void guest_panic_discard(int dev)
{
	kvm_device_attr_set(dev, GROUP_CTRL, DISCARD, NULL);
}

static inline u64 guest_panic_get_seq(int dev)
{
	u64 seq;

	kvm_device_attr_get(dev, GROUP_STATE, SEQ, &seq);
	return seq;
}

static inline int __guest_panic_get_latched(int dev,
					    struct kvm_guest_panic_event *event)
{
	memset(event, 0xa5, sizeof(*event));
	return __kvm_device_attr_get(dev, GROUP_STATE, LATCHED, event);
}

/* The fields that are not looked at are all ones. */
static inline int __guest_panic_get_event(int dev, u32 vcpu_id,
					  struct kvm_guest_panic_event *event)
{
	memset(event, 0xff, sizeof(*event));
	event->vcpu_id = vcpu_id;
	return __kvm_device_attr_get(dev, GROUP_STATE, EVENT, event);
}

static inline int __guest_panic_set_event(int dev,
					  struct kvm_guest_panic_event event)
{
	return __kvm_device_attr_set(dev, GROUP_STATE, EVENT, &event);
}

static inline void guest_panic_set_event(int dev,
					 struct kvm_guest_panic_event event)
{
	int r = __guest_panic_set_event(dev, event);

	TEST_ASSERT(!r, "EVENT of vCPU %u: %s", event.vcpu_id, strerror(errno));
}

/* What a test wants an event to be; its time is the kernel's. */
static inline struct kvm_guest_panic_event an_event(u32 model, u32 vcpu_id,
						    u64 seq, u64 code)
{
	return (struct kvm_guest_panic_event) {
		.model = model,
		.vcpu_id = vcpu_id,
		.seq = seq,
		.code = code,
	};
}

static inline struct kvm_guest_panic_event a_crash(u32 vcpu_id, u64 seq,
						   u64 ctl, const u64 *param)
{
	struct kvm_guest_panic_event event = an_event(HYPERV, vcpu_id, seq, ctl);

	memcpy(event.param, param, sizeof(event.param));
	return event;
}

static inline struct kvm_guest_panic_event
delivered(struct kvm_guest_panic_event event)
{
	event.flags |= DELIVERED;
	return event;
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

static inline u64 boottime_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static inline void verify_event(struct kvm_guest_panic_event got,
				struct kvm_guest_panic_event wanted)
{
	int i;

	TEST_ASSERT(got.model == wanted.model &&
		    got.vcpu_id == wanted.vcpu_id && got.seq == wanted.seq &&
		    got.code == wanted.code && got.flags == wanted.flags,
		    "wanted model %u, vCPU %u, seq %llu, code 0x%llx, flags 0x%x\n"
		    "   got model %u, vCPU %u, seq %llu, code 0x%llx, flags 0x%x",
		    wanted.model, wanted.vcpu_id, wanted.seq, wanted.code,
		    wanted.flags, got.model, got.vcpu_id, got.seq, got.code,
		    got.flags);
	for (i = 0; i < NR_PARAMS; i++)
		TEST_ASSERT(got.param[i] == wanted.param[i],
			    "P%d: wanted 0x%llx, got 0x%llx", i,
			    wanted.param[i], got.param[i]);
	for (i = 0; i < ARRAY_SIZE(got.reserved); i++)
		TEST_ASSERT_EQ(got.reserved[i], 0);
	TEST_ASSERT(got.time && got.time <= boottime_ns(),
		    "time: wanted one before now, got %llu", got.time);
}

static inline void verify_latched(int dev, struct kvm_guest_panic_event wanted)
{
	struct kvm_guest_panic_event got;
	int r = __guest_panic_get_latched(dev, &got);

	TEST_ASSERT(!r, "LATCHED: wanted seq %llu, got %s", wanted.seq,
		    strerror(errno));
	verify_event(got, wanted);
}

static inline void verify_nothing_latched(int dev)
{
	struct kvm_guest_panic_event event;

	TEST_ASSERT_REFUSED(__guest_panic_get_latched(dev, &event), ENOENT);
}

static inline void verify_outstanding(int dev,
				      struct kvm_guest_panic_event wanted)
{
	struct kvm_guest_panic_event got;
	int r = __guest_panic_get_event(dev, wanted.vcpu_id, &got);

	TEST_ASSERT(!r, "EVENT of vCPU %u: wanted seq %llu, got %s",
		    wanted.vcpu_id, wanted.seq, strerror(errno));
	verify_event(got, wanted);
}

static inline void verify_nothing_outstanding(int dev, u32 vcpu_id)
{
	struct kvm_guest_panic_event event;

	TEST_ASSERT_REFUSED(__guest_panic_get_event(dev, vcpu_id, &event),
			    ENOENT);
}

/* A crash that is none of the device's has ndata 0. */
static inline void verify_crash(struct kvm_vcpu *vcpu, u32 ndata)
{
	struct kvm_run *run = vcpu->run;

	TEST_ASSERT(run->exit_reason == KVM_EXIT_SYSTEM_EVENT,
		    "wanted exit %s, got %s (%u), port 0x%x",
		    exit_reason_str(KVM_EXIT_SYSTEM_EVENT),
		    exit_reason_str(run->exit_reason), run->exit_reason,
		    run->exit_reason == KVM_EXIT_IO ? run->io.port : 0);
	TEST_ASSERT_EQ(run->system_event.type, KVM_SYSTEM_EVENT_CRASH);
	TEST_ASSERT_EQ(run->system_event.ndata, ndata);
}

/* The event in the exit, all of data[] of it. */
static inline struct kvm_guest_panic_event exit_event(struct kvm_vcpu *vcpu)
{
	__u64 *data = vcpu->run->system_event.data;
	struct kvm_guest_panic_event event = {
		.model = data[KVM_GUEST_PANIC_DATA_MODEL],
		.vcpu_id = data[KVM_GUEST_PANIC_DATA_VCPU_ID],
		.seq = data[KVM_GUEST_PANIC_DATA_SEQ],
		.code = data[KVM_GUEST_PANIC_DATA_CODE],
		.time = data[KVM_GUEST_PANIC_DATA_TIME],
		.flags = data[KVM_GUEST_PANIC_DATA_FLAGS],
	};

	verify_crash(vcpu, KVM_GUEST_PANIC_NDATA);
	memcpy(event.param, &data[KVM_GUEST_PANIC_DATA_PARAM],
	       sizeof(event.param));
	return event;
}

static inline void verify_exit(struct kvm_vcpu *vcpu,
			       struct kvm_guest_panic_event wanted)
{
	verify_event(exit_event(vcpu), delivered(wanted));
}

/* Where the next exit belongs, unless it holds what userspace answers. */
static inline void poison_exit(struct kvm_run *run)
{
	if (run->exit_reason != KVM_EXIT_MMIO)
		memset(&run->system_event, 0xa5, sizeof(run->system_event));
}

/* Run to the next exit.  A guest assertion that failed ends the test. */
static inline u64 run_to_exit(struct kvm_vcpu *vcpu, struct ucall *uc)
{
	u64 cmd;

	poison_exit(vcpu->run);
	vcpu_run(vcpu);
	cmd = get_ucall(vcpu, uc);
	if (cmd == UCALL_ABORT)
		REPORT_GUEST_ASSERT(*uc);
	return cmd;
}

static inline void run_and_verify_event(struct kvm_vcpu *vcpu, u32 model,
					u64 seq, u64 code)
{
	struct ucall uc;

	run_to_exit(vcpu, &uc);
	verify_exit(vcpu, an_event(model, vcpu->id, seq, code));
}

static inline void run_and_verify_crash_event(struct kvm_vcpu *vcpu, u64 seq,
					      u64 ctl, const u64 *param)
{
	struct ucall uc;

	run_to_exit(vcpu, &uc);
	verify_exit(vcpu, a_crash(vcpu->id, seq, ctl, param));
}

static inline void run_and_verify_done(struct kvm_vcpu *vcpu)
{
	struct ucall uc;
	u64 cmd = run_to_exit(vcpu, &uc);

	TEST_ASSERT(cmd == UCALL_DONE,
		    "wanted the guest to finish, got exit %s (%u), port 0x%x",
		    exit_reason_str(vcpu->run->exit_reason),
		    vcpu->run->exit_reason, vcpu->run->io.port);
}

static inline void run_and_verify_sync(struct kvm_vcpu *vcpu, u64 value)
{
	struct ucall uc;
	u64 cmd = run_to_exit(vcpu, &uc);

	TEST_ASSERT(cmd == UCALL_SYNC && uc.args[1] == value,
		    "wanted 0x%lx from the guest, got 0x%lx, exit %s (%u)",
		    value, cmd == UCALL_SYNC ? uc.args[1] : 0,
		    exit_reason_str(vcpu->run->exit_reason),
		    vcpu->run->exit_reason);
}

static inline void run_and_verify_interrupted(struct kvm_vcpu *vcpu)
{
	TEST_ASSERT_REFUSED(__vcpu_run(vcpu), EINTR);
}

/* As without a device: the access reaches userspace. */
static inline void *verify_io(struct kvm_vcpu *vcpu, u8 direction, u16 port,
			      u8 size, u32 count)
{
	struct kvm_run *run = vcpu->run;

	TEST_ASSERT_KVM_EXIT_REASON(vcpu, KVM_EXIT_IO);
	TEST_ASSERT_EQ(run->io.direction, direction);
	TEST_ASSERT_EQ(run->io.port, port);
	TEST_ASSERT_EQ(run->io.size, size);
	TEST_ASSERT_EQ(run->io.count, count);
	return (void *)run + run->io.data_offset;
}

static inline void run_and_verify_out(struct kvm_vcpu *vcpu, u16 port, u8 size,
				      u32 value)
{
	u32 got = 0;
	void *data;

	vcpu_run(vcpu);
	data = verify_io(vcpu, KVM_EXIT_IO_OUT, port, size, 1);
	memcpy(&got, data, size);
	TEST_ASSERT_EQ(got, value);
}

static inline void run_and_verify_in(struct kvm_vcpu *vcpu, u16 port, u8 size,
				     u32 value)
{
	void *data;

	vcpu_run(vcpu);
	data = verify_io(vcpu, KVM_EXIT_IO_IN, port, size, 1);
	memcpy(data, &value, size);
}

static inline void *verify_mmio(struct kvm_vcpu *vcpu, u64 gpa, u32 len,
				bool is_write)
{
	TEST_ASSERT_KVM_EXIT_REASON(vcpu, KVM_EXIT_MMIO);
	TEST_ASSERT_EQ(vcpu->run->mmio.phys_addr, gpa);
	TEST_ASSERT_EQ(vcpu->run->mmio.len, len);
	TEST_ASSERT_EQ(vcpu->run->mmio.is_write, is_write);
	return vcpu->run->mmio.data;
}

static inline void run_and_verify_mmio_write(struct kvm_vcpu *vcpu, u64 gpa,
					     u32 len, u64 value)
{
	u64 got = 0;

	vcpu_run(vcpu);
	memcpy(&got, verify_mmio(vcpu, gpa, len, true), len);
	TEST_ASSERT_EQ(got, value);
}

static inline void run_and_verify_mmio_read(struct kvm_vcpu *vcpu, u64 gpa,
					    u32 len, u64 value)
{
	vcpu_run(vcpu);
	memcpy(verify_mmio(vcpu, gpa, len, false), &value, len);
}

/* A binary statistic of a VM or a vCPU, by its name. */
static inline struct kvm_stats_desc *find_stat(struct kvm_stats_header *header,
					       struct kvm_stats_desc *descs,
					       const char *name)
{
	struct kvm_stats_desc *desc;
	int i;

	for (i = 0; i < header->num_desc; i++) {
		desc = get_stats_descriptor(descs, i, header);
		if (!strcmp(desc->name, name))
			return desc;
	}
	TEST_FAIL("no statistic is called %s", name);
	return NULL;
}

static inline u64 read_vm_stat(struct kvm_vm *vm, const char *name)
{
	struct kvm_stats_header header;
	struct kvm_stats_desc *descs;
	int fd = vm_get_stats_fd(vm);
	u64 value;

	read_stats_header(fd, &header);
	descs = read_stats_descriptors(fd, &header);
	read_stat_data(fd, &header, find_stat(&header, descs, name), &value, 1);
	free(descs);
	close(fd);
	return value;
}

static inline void verify_stats(struct kvm_vm *vm, u64 events, u64 ignored)
{
	TEST_ASSERT_EQ(read_vm_stat(vm, "guest_panic_events"), events);
	TEST_ASSERT_EQ(read_vm_stat(vm, "guest_panic_ignored"), ignored);
}

#endif /* SELFTEST_KVM_GUEST_PANIC_H */
