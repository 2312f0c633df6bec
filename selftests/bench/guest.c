// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"

#define MEMORY_SIZE	0x10000
#define CODE		0x1000
#define IRQ_BASE	0x20

void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static long must(long result, const char *what)
{
	if (result < 0)
		fail("%s: %s", what, strerror(errno));
	return result;
}

#define MUST(call)	must((call), #call)

static void *map(size_t size, int flags, int fd)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED)
		fail("mmap: %s", strerror(errno));
	return p;
}

static uint16_t address(const char *code)
{
	return CODE + (code - bench_code);
}

static void add_memory(struct vm *vm)
{
	struct kvm_userspace_memory_region region = {
		.memory_size = MEMORY_SIZE,
	};
	const uint16_t handler = address(bench_handler);

	vm->memory = map(MEMORY_SIZE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE,
			 -1);
	region.userspace_addr = (uintptr_t)vm->memory;
	MUST(ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region));
	memcpy(vm->memory + CODE, bench_code, bench_code_end - bench_code);
	memcpy(vm->memory + (IRQ_BASE + IRQ) * 4, &handler, sizeof(handler));
}

/* As an operating system sets it up; the end of each interrupt is automatic. */
static void init_pic(struct vm *vm)
{
	struct kvm_irqchip chip = { .chip_id = KVM_IRQCHIP_PIC_MASTER };

	MUST(ioctl(vm->fd, KVM_GET_IRQCHIP, &chip));
	chip.chip.pic.irq_base = IRQ_BASE;
	chip.chip.pic.imr = 0;
	chip.chip.pic.auto_eoi = 1;
	MUST(ioctl(vm->fd, KVM_SET_IRQCHIP, &chip));
}

/* Enough of Hyper-V for KVM to let the guest at its MSRs. */
static void set_cpuid(const struct vcpu *vcpu)
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

static void set_segments(const struct vcpu *vcpu)
{
	struct kvm_sregs sregs;

	MUST(ioctl(vcpu->fd, KVM_GET_SREGS, &sregs));
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	sregs.es.base = 0;
	sregs.es.selector = 0;
	sregs.fs.base = PVPANIC_ADDR;
	sregs.fs.selector = PVPANIC_ADDR >> 4;
	MUST(ioctl(vcpu->fd, KVM_SET_SREGS, &sregs));
}

/* The guest's TSC is the host's. */
static void share_tsc(const struct vcpu *vcpu)
{
	const uint64_t offset = 0;
	const struct kvm_device_attr attr = {
		.group = KVM_VCPU_TSC_CTRL,
		.attr = KVM_VCPU_TSC_OFFSET,
		.addr = (uintptr_t)&offset,
	};

	MUST(ioctl(vcpu->fd, KVM_SET_DEVICE_ATTR, &attr));
}

static void add_vcpu(struct vm *vm)
{
	struct kvm_mp_state state = { .mp_state = KVM_MP_STATE_RUNNABLE };
	struct vcpu *vcpu = &vm->vcpu[vm->nr_vcpus];
	int size = MUST(ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0));

	vcpu->id = vm->nr_vcpus++;
	vcpu->fd = MUST(ioctl(vm->fd, KVM_CREATE_VCPU, vcpu->id));
	vcpu->run = map(size, MAP_SHARED, vcpu->fd);
	set_cpuid(vcpu);
	set_segments(vcpu);
	share_tsc(vcpu);
	MUST(ioctl(vcpu->fd, KVM_SET_MP_STATE, &state));
}

void vm_create(struct vm *vm, unsigned int nr_vcpus)
{
	const struct kvm_pit_config pit = { 0 };

	*vm = (struct vm){ .dev = -1 };
	vm->kvm = MUST(open("/dev/kvm", O_RDWR | O_CLOEXEC));
	vm->fd = MUST(ioctl(vm->kvm, KVM_CREATE_VM, 0));
	MUST(ioctl(vm->fd, KVM_SET_TSS_ADDR, 0xfffbd000));
	MUST(ioctl(vm->fd, KVM_CREATE_IRQCHIP, 0));
	MUST(ioctl(vm->fd, KVM_CREATE_PIT2, &pit));
	init_pic(vm);
	add_memory(vm);
	while (vm->nr_vcpus < nr_vcpus)
		add_vcpu(vm);
}

void vm_destroy(struct vm *vm)
{
	int size = MUST(ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0));
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus; i++) {
		munmap(vm->vcpu[i].run, size);
		close(vm->vcpu[i].fd);
	}
	if (vm->dev >= 0)
		close(vm->dev);
	close(vm->fd);
	close(vm->kvm);
	munmap(vm->memory, MEMORY_SIZE);
}

bool vm_create_device(struct vm *vm)
{
	struct kvm_create_device device = { .type = KVM_DEV_TYPE_GUEST_PANIC };

	if (ioctl(vm->fd, KVM_CREATE_DEVICE, &device) < 0)
		return false;
	vm->dev = device.fd;
	return true;
}

static void set(const struct vm *vm, uint32_t group, uint64_t attr,
		const void *payload)
{
	const struct kvm_device_attr device_attr = {
		.group = group,
		.attr = attr,
		.addr = (uintptr_t)payload,
	};

	MUST(ioctl(vm->dev, KVM_SET_DEVICE_ATTR, &device_attr));
}

void vm_enable(const struct vm *vm, uint64_t model, uint64_t addr,
	       uint32_t events)
{
	const struct kvm_guest_panic_model payload = {
		.addr = addr,
		.events = events,
	};

	set(vm, KVM_DEV_GUEST_PANIC_MODEL, model, &payload);
}

void vm_freeze(const struct vm *vm, bool on)
{
	const uint32_t payload = on;

	set(vm, KVM_DEV_GUEST_PANIC_CTRL, KVM_GUEST_PANIC_FREEZE, &payload);
}

void vm_resume(const struct vm *vm, const struct vcpu *reporter)
{
	const __u64 *data = reporter->run->system_event.data;

	set(vm, KVM_DEV_GUEST_PANIC_CTRL, KVM_GUEST_PANIC_RESUME,
	    &data[KVM_GUEST_PANIC_DATA_SEQ]);
}

void vm_pulse_irq(const struct vm *vm)
{
	struct kvm_irq_level irq = { .irq = IRQ, .level = 1 };

	MUST(ioctl(vm->fd, KVM_IRQ_LINE, &irq));
	irq.level = 0;
	MUST(ioctl(vm->fd, KVM_IRQ_LINE, &irq));
}

void vcpu_start(const struct vcpu *vcpu, const char *code,
		struct kvm_regs regs)
{
	regs.rip = address(code);
	regs.rflags = 2;
	regs.rsp = CODE;
	MUST(ioctl(vcpu->fd, KVM_SET_REGS, &regs));
}

bool vcpu_run(const struct vcpu *vcpu)
{
	if (!ioctl(vcpu->fd, KVM_RUN, 0))
		return true;
	if (errno != EINTR)
		fail("KVM_RUN: %s", strerror(errno));
	return false;
}
