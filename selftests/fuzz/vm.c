// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMs by raw KVM ioctls.  Enters: which vCPU, which instruction, which call of the
 * device.  Leaves: the answer, as 0 or a negative errno.  What is only set up here
 * has to work; if it does not, the program ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "fail.h"
#include "vm.h"

#define MEMORY_SIZE	0x10000
#define CODE		0x1000
#define INSN_ROOM	16
#define CR0_PE		1
#define SIGNAL		SIGUSR1	/* what gets a thread out of KVM_RUN */
#define KERNEL_SIGSET_SIZE	8

/* In 16-bit mode; 0x66 makes the operand 32 bits, 0x26 is ES. */
static const struct {
	uint8_t length, bytes[5];
} insns[NR_INSNS] = {
	[NOTHING] = { 1, { 0x90 } },
	[OUT1] = { 1, { 0xee } },
	[OUT2] = { 1, { 0xef } },
	[OUT4] = { 2, { 0x66, 0xef } },
	[IN1] = { 1, { 0xec } },
	[IN2] = { 1, { 0xed } },
	[IN4] = { 2, { 0x66, 0xed } },
	[OUTS] = { 2, { 0xf3, 0x6e } },
	[STORE1] = { 3, { 0x26, 0x88, 0x05 } },
	[STORE2] = { 3, { 0x26, 0x89, 0x05 } },
	[STORE4] = { 4, { 0x66, 0x26, 0x89, 0x05 } },
	[LOAD1] = { 3, { 0x26, 0x8a, 0x05 } },
	[LOAD2] = { 3, { 0x26, 0x8b, 0x05 } },
	[LOAD4] = { 4, { 0x66, 0x26, 0x8b, 0x05 } },
	[STOS] = { 2, { 0xf3, 0xaa } },
	[WRITE_MSR] = { 2, { 0x0f, 0x30 } },
	[READ_MSR] = { 2, { 0x0f, 0x32 } },
	[UNDEFINED] = { 2, { 0x0f, 0x0b } },
	/* 1: incl (%bx); loop 1b */
	[COUNT] = { 5, { 0x66, 0xff, 0x07, 0xe2, 0xfb } },
};

static long must(long result, const char *what)
{
	if (result < 0)
		fail("%s: %s", what, strerror(errno));
	return result;
}

#define MUST(call)	must((call), #call)

uint64_t insn_address(enum insn insn)
{
	return CODE + insn * INSN_ROOM;
}

static void write_code(uint8_t *memory)
{
	/* out %al, $DONE_PORT; hlt */
	static const uint8_t done[] = { 0xe6, DONE_PORT, 0xf4 };
	uint8_t *p;
	int i;

	for (i = 0; i < NR_INSNS; i++) {
		p = memory + insn_address(i);
		memcpy(p, insns[i].bytes, insns[i].length);
		memcpy(p + insns[i].length, done, sizeof(done));
	}
}

void vm_create_without_device(struct vm *vm)
{
	struct kvm_userspace_memory_region region = {
		.memory_size = MEMORY_SIZE,
	};

	memset(vm, 0, sizeof(*vm));
	vm->kvm = MUST(open("/dev/kvm", O_RDWR | O_CLOEXEC));
	vm->fd = MUST(ioctl(vm->kvm, KVM_CREATE_VM, 0));
	MUST(ioctl(vm->fd, KVM_SET_TSS_ADDR, 0xfffbd000));
	MUST(ioctl(vm->fd, KVM_CREATE_IRQCHIP, 0));
	vm->memory = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	MUST(vm->memory == MAP_FAILED ? -1 : 0);
	region.userspace_addr = (uintptr_t)vm->memory;
	MUST(ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region));
	write_code(vm->memory);
	vm->stats = MUST(ioctl(vm->fd, KVM_GET_STATS_FD, NULL));
	vm->dev = -1;
}

int vm_create_device(struct vm *vm)
{
	struct kvm_create_device device = { .type = KVM_DEV_TYPE_GUEST_PANIC };

	if (ioctl(vm->fd, KVM_CREATE_DEVICE, &device))
		return -errno;
	vm->dev = device.fd;
	return 0;
}

void vm_create(struct vm *vm)
{
	int r;

	vm_create_without_device(vm);
	r = vm_create_device(vm);
	if (r)
		fail("KVM_CREATE_DEVICE: %s", strerror(-r));
}

void vm_destroy(struct vm *vm)
{
	int i, size = ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);

	for (i = 0; i < vm->nr_vcpus; i++) {
		if (vm->vcpu[i].run)
			munmap(vm->vcpu[i].run, size);
		close(vm->vcpu[i].fd);
	}
	close(vm->stats);
	close(vm->dev);
	close(vm->fd);
	close(vm->kvm);
	munmap(vm->memory, MEMORY_SIZE);
}

/* Enough of Hyper-V for KVM to let the guest at the crash MSRs. */
static void set_cpuid(struct vcpu *vcpu)
{
	struct {
		struct kvm_cpuid2 head;
		struct kvm_cpuid_entry2 entries[2];
	} cpuid = {
		.head.nent = 2,
		.entries[0] = {
			.function = 0x40000000, .eax = 0x40000005,
			.ebx = 0x7263694d, .ecx = 0x666f736f, .edx = 0x76482074,
		},
		.entries[1] = { .function = 0x40000001, .eax = 0x31237648 },
	};

	MUST(ioctl(vcpu->fd, KVM_SET_CPUID2, &cpuid));
}

static void set_segments(struct vcpu *vcpu)
{
	struct kvm_sregs sregs;

	MUST(ioctl(vcpu->fd, KVM_GET_SREGS, &sregs));
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	sregs.es.base = MMIO_BASE;
	sregs.es.selector = MMIO_BASE >> 4;
	MUST(ioctl(vcpu->fd, KVM_SET_SREGS, &sregs));
	MUST(ioctl(vcpu->fd, KVM_GET_SREGS, &vcpu->sregs));
}

/* These signals end KVM_RUN, though the thread blocks them outside of it. */
static void set_run_mask(struct vcpu *vcpu)
{
	union {
		struct kvm_signal_mask mask;
		uint8_t room[sizeof(struct kvm_signal_mask) +
			     KERNEL_SIGSET_SIZE];
	} run = { .mask.len = KERNEL_SIGSET_SIZE };
	sigset_t set;

	sigfillset(&set);
	sigdelset(&set, SIGNAL);
	sigdelset(&set, SIGALRM);
	memcpy(run.mask.sigset, &set, KERNEL_SIGSET_SIZE);
	MUST(ioctl(vcpu->fd, KVM_SET_SIGNAL_MASK, &run));
}

static void set_runnable(struct vcpu *vcpu)
{
	struct kvm_mp_state state = { .mp_state = KVM_MP_STATE_RUNNABLE };

	MUST(ioctl(vcpu->fd, KVM_SET_MP_STATE, &state));
}

static void set_up_vcpu(struct vm *vm, struct vcpu *vcpu)
{
	int size = MUST(ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0));

	vcpu->run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
			 vcpu->fd, 0);
	MUST(vcpu->run == MAP_FAILED ? -1 : 0);
	/* Spares a call before and after each KVM_RUN. */
	vcpu->run->kvm_valid_regs = KVM_SYNC_X86_REGS;
	set_cpuid(vcpu);
	set_segments(vcpu);
	set_run_mask(vcpu);
	set_runnable(vcpu);
}

int vm_create_vcpu(struct vm *vm, uint32_t id)
{
	int fd = ioctl(vm->fd, KVM_CREATE_VCPU, id);

	if (fd < 0)
		return -errno;
	vm->vcpu[vm->nr_vcpus++] = (struct vcpu) { .fd = fd, .id = id };
	return 0;
}

void vm_add_vcpu(struct vm *vm, uint32_t id)
{
	if (vm_create_vcpu(vm, id))
		fail("KVM_CREATE_VCPU: %s", strerror(errno));
	set_up_vcpu(vm, &vm->vcpu[vm->nr_vcpus - 1]);
}

static int attr_call(struct vm *vm, unsigned long cmd,
		     struct kvm_device_attr attr)
{
	return ioctl(vm->dev, cmd, &attr) ? -errno : 0;
}

int vm_set(struct vm *vm, uint32_t group, uint64_t attr, const void *payload)
{
	return attr_call(vm, KVM_SET_DEVICE_ATTR, (struct kvm_device_attr) {
		.group = group, .attr = attr, .addr = (uintptr_t)payload,
	});
}

int vm_get(struct vm *vm, uint32_t group, uint64_t attr, void *payload)
{
	return attr_call(vm, KVM_GET_DEVICE_ATTR, (struct kvm_device_attr) {
		.group = group, .attr = attr, .addr = (uintptr_t)payload,
	});
}

int vm_set_flags(struct vm *vm, uint32_t group, uint64_t attr, uint32_t flags,
		 const void *payload)
{
	return attr_call(vm, KVM_SET_DEVICE_ATTR, (struct kvm_device_attr) {
		.group = group, .attr = attr, .flags = flags,
		.addr = (uintptr_t)payload,
	});
}

int vm_get_flags(struct vm *vm, uint32_t group, uint64_t attr, uint32_t flags,
		 void *payload)
{
	return attr_call(vm, KVM_GET_DEVICE_ATTR, (struct kvm_device_attr) {
		.group = group, .attr = attr, .flags = flags,
		.addr = (uintptr_t)payload,
	});
}

int vm_has(struct vm *vm, uint32_t group, uint64_t attr, uint32_t flags)
{
	return attr_call(vm, KVM_HAS_DEVICE_ATTR, (struct kvm_device_attr) {
		.group = group, .attr = attr, .flags = flags,
	});
}

uint64_t vm_stat(struct vm *vm, const char *name)
{
	struct {
		struct kvm_stats_desc desc;
		char name[64];
	} stat;
	struct kvm_stats_header head;
	size_t size;
	uint64_t value;
	uint32_t i;

	MUST(pread(vm->stats, &head, sizeof(head), 0));
	size = sizeof(stat.desc) + head.name_size;
	for (i = 0; i < head.num_desc; i++) {
		MUST(pread(vm->stats, &stat, size, head.desc_offset + i * size));
		if (strcmp(stat.name, name))
			continue;
		MUST(pread(vm->stats, &value, sizeof(value),
			   head.data_offset + stat.desc.offset));
		return value;
	}
	fail("there is no statistic '%s'", name);
}

void vcpu_prepare(struct vcpu *vcpu, enum insn insn, struct kvm_regs regs)
{
	regs.rip = insn_address(insn);
	regs.rflags = 2;
	regs.rsi = BUFFER;
	vcpu->run->s.regs.regs = regs;
	vcpu->run->kvm_dirty_regs = KVM_SYNC_X86_REGS;
}

int vcpu_run(struct vcpu *vcpu)
{
	return ioctl(vcpu->fd, KVM_RUN, 0) ? -errno : 0;
}

int vcpu_run_nothing(struct vcpu *vcpu)
{
	int r;

	vcpu->run->immediate_exit = 1;
	r = vcpu_run(vcpu);
	vcpu->run->immediate_exit = 0;
	return r;
}

static void on_signal(int signal)
{
	(void)signal;
}

void vm_block_signals(void)
{
	sigset_t set;

	signal(SIGNAL, on_signal);
	signal(SIGALRM, on_signal);
	sigemptyset(&set);
	sigaddset(&set, SIGNAL);
	sigaddset(&set, SIGALRM);
	MUST(sigprocmask(SIG_BLOCK, &set, NULL));
}

static void drop_signal(int signal)
{
	const struct timespec now = { 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	while (sigtimedwait(&set, NULL, &now) == signal)
		;
}

int vcpu_run_signalled(struct vcpu *vcpu)
{
	int r;

	raise(SIGNAL);
	r = vcpu_run(vcpu);
	drop_signal(SIGNAL);
	return r;
}

int vcpu_run_for(struct vcpu *vcpu, unsigned int microseconds)
{
	const struct itimerval never = { 0 };
	/* A signal that comes before KVM_RUN stays pending until then. */
	const struct itimerval timer = { .it_value.tv_usec = microseconds };
	int r;

	MUST(setitimer(ITIMER_REAL, &timer, NULL));
	r = vcpu_run(vcpu);
	MUST(setitimer(ITIMER_REAL, &never, NULL));
	drop_signal(SIGALRM);
	return r;
}

uint64_t vm_now(void)
{
	struct timespec now;

	MUST(clock_gettime(CLOCK_BOOTTIME, &now));
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

const struct kvm_regs *vcpu_regs(const struct vcpu *vcpu)
{
	return &vcpu->run->s.regs.regs;
}

struct one_msr {
	struct kvm_msrs head;
	struct kvm_msr_entry entry;
};

void vcpu_set_msr(struct vcpu *vcpu, uint32_t index, uint64_t value)
{
	struct one_msr msr = { { .nmsrs = 1 }, { index, 0, value } };

	if (MUST(ioctl(vcpu->fd, KVM_SET_MSRS, &msr)) != 1)
		fail("MSR 0x%x cannot be set", index);
}

uint64_t vcpu_get_msr(struct vcpu *vcpu, uint32_t index)
{
	struct one_msr msr = { { .nmsrs = 1 }, { index, 0, 0 } };

	if (MUST(ioctl(vcpu->fd, KVM_GET_MSRS, &msr)) != 1)
		fail("MSR 0x%x cannot be read", index);
	return msr.entry.data;
}

void vcpu_single_step(struct vcpu *vcpu, bool on)
{
	struct kvm_guest_debug debug = {
		.control = on ? KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP : 0,
	};

	/* KVM steps from the RIP that it knows. */
	if (on)
		MUST(ioctl(vcpu->fd, KVM_SET_REGS, &vcpu->run->s.regs.regs));
	MUST(ioctl(vcpu->fd, KVM_SET_GUEST_DEBUG, &debug));
}

void vcpu_break(struct vcpu *vcpu)
{
	static const struct kvm_segment code = {
		.limit = 0xffffffff, .selector = 8, .type = 11, .present = 1,
		.db = 1, .s = 1, .g = 1,
	};
	static const struct kvm_segment data = {
		.limit = 0xffffffff, .selector = 16, .type = 3, .present = 1,
		.db = 1, .s = 1, .g = 1,
	};
	struct kvm_sregs sregs = vcpu->sregs;

	sregs.cr0 |= CR0_PE;
	sregs.cs = code;
	sregs.ds = data;
	sregs.es = data;
	sregs.ss = data;
	sregs.idt.limit = 0;
	MUST(ioctl(vcpu->fd, KVM_SET_SREGS, &sregs));
}

/* Whether KVM resets a vCPU that has shut down depends on the vendor. */
void vcpu_repair(struct vcpu *vcpu)
{
	struct kvm_vcpu_events events;

	MUST(ioctl(vcpu->fd, KVM_SET_SREGS, &vcpu->sregs));
	MUST(ioctl(vcpu->fd, KVM_GET_VCPU_EVENTS, &events));
	memset(&events.exception, 0, sizeof(events.exception));
	events.flags = 0;
	MUST(ioctl(vcpu->fd, KVM_SET_VCPU_EVENTS, &events));
	set_runnable(vcpu);
}
