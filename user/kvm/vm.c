// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "kvm/vm.h"

#define KVM_PATH		"/dev/kvm"

#define IDENTITY_MAP_AT		VM_REAL_MODE_AT
#define TSS_AT			(VM_REAL_MODE_AT + PAGE_SIZE)

#define LEAF_ADDRESSES		0x80000008
#define ADDRESS_BITS_MIN	36	/* of a CPU without that leaf */

static const char *open_reason(int err)
{
	static char other[96];

	switch (err) {
	case ENOENT:
		return "is not there; load the module kvm-intel or kvm-amd";
	case EACCES:
	case EPERM:
		return "cannot be opened: no permission; join its group, kvm on Debian";
	case ENXIO:
	case ENODEV:
		return "has no KVM behind it; load kvm-intel or kvm-amd";
	case EMFILE:
		return "cannot be opened: too many open files; raise their limit (ulimit -n)";
	default:
		snprintf(other, sizeof(other), "cannot be opened: %s",
			 strerror(err));
		return other;
	}
}

int vm_open_kvm(const char **why)
{
	int kvm = open(KVM_PATH, O_RDWR | O_CLOEXEC);

	if (kvm < 0) {
		int err = errno;

		*why = open_reason(err);
		return -err;
	}
	if (ioctl(kvm, KVM_GET_API_VERSION, 0) != KVM_API_VERSION) {
		*why = "is not a KVM that panicvm knows; use Linux 5.10 or newer";
		close(kvm);
		return -ENOTTY;
	}
	return kvm;
}

int vm_create_bare(struct vm *vm)
{
	do {
		vm->fd = ioctl(vm->kvm, KVM_CREATE_VM, 0UL);
	} while (vm->fd < 0 && errno == EINTR);
	return vm->fd < 0 ? -errno : 0;
}

static enum status map_memory(const struct vm *vm, uint32_t slot,
			      const struct mem_region *r)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.guest_phys_addr = r->gpa,
		.memory_size = r->size,
		.userspace_addr = (uintptr_t)r->host,
	};

	if (ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region) < 0)
		return log_fail(STATUS_HOST, "KVM does not take memory at 0x%" PRIx64
				": %s; give the guest less",
				r->gpa, strerror(errno));
	return 0;
}

static enum status create_chips(const struct vm *vm)
{
	/* DUMMY: answer port 0x61 too, by which guests time the TSC. */
	struct kvm_pit_config pit = { .flags = KVM_PIT_SPEAKER_DUMMY };

	if (ioctl(vm->fd, KVM_CREATE_IRQCHIP, 0) < 0)
		return log_fail(STATUS_HOST, "this KVM cannot emulate interrupt controllers: %s; panicvm needs KVM_CREATE_IRQCHIP",
				strerror(errno));
	if (ioctl(vm->fd, KVM_CREATE_PIT2, &pit) < 0)
		return log_fail(STATUS_HOST, "this KVM cannot emulate a timer: %s; panicvm needs KVM_CREATE_PIT2",
				strerror(errno));
	return 0;
}

/* The others would be userspace's, and KVM waits for RCU when it ends them. */
static enum status create_local_apics(const struct vm *vm)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_SPLIT_IRQCHIP };

	if (ioctl(vm->fd, KVM_ENABLE_CAP, &cap) < 0)
		return log_fail(STATUS_HOST, "--irqchip local: this KVM has no local APICs by themselves: %s; use --irqchip on",
				strerror(errno));
	return 0;
}

enum status vm_create(struct vm *vm, bool irqchip)
{
	uint64_t map = IDENTITY_MAP_AT;
	int err = vm_create_bare(vm);
	enum status status = 0;
	unsigned int i;

	if (err)
		return log_fail(STATUS_HOST, "KVM does not create a VM: %s",
				strerror(-err));
	if (ioctl(vm->fd, KVM_SET_IDENTITY_MAP_ADDR, &map) < 0 ||
	    ioctl(vm->fd, KVM_SET_TSS_ADDR, TSS_AT) < 0)
		return log_fail(STATUS_HOST, "KVM does not take the pages for real mode: %s",
				strerror(errno));
	/*
	 * Before the chips: these leave work to RCU that KVM waits for when it
	 * adds memory, for milliseconds on Linux 6.18.
	 */
	for (i = 0; i < vm->mem.nr && !status; i++)
		status = map_memory(vm, i, &vm->mem.region[i]);
	if (status)
		return status;
	return irqchip ? create_chips(vm) : create_local_apics(vm);
}

void vm_close(struct vm *vm)
{
	if (vm->fd >= 0)
		close(vm->fd);
	vm->fd = -1;
	mem_free(&vm->mem);
}

int vm_irq(const struct vm *vm, unsigned int line, bool level)
{
	struct kvm_irq_level irq = { .irq = line, .level = level };

	return ioctl(vm->fd, KVM_IRQ_LINE, &irq) < 0 ? -errno : 0;
}

int vm_has_cap(const struct vm *vm, long cap)
{
	return ioctl(vm->kvm, KVM_CHECK_EXTENSION, cap);
}

int vm_supported_cpuid(const struct vm *vm, union vm_cpuid *cpuid)
{
	memset(cpuid, 0, sizeof(*cpuid));
	cpuid->table.nent = VM_CPUID_MAX;
	return ioctl(vm->kvm, KVM_GET_SUPPORTED_CPUID, cpuid) < 0 ? -errno : 0;
}

unsigned int vm_address_bits(const struct vm *vm)
{
	union vm_cpuid cpuid;
	unsigned int i;

	if (!vm_supported_cpuid(vm, &cpuid))
		for (i = 0; i < cpuid.table.nent; i++)
			if (cpuid.table.entries[i].function == LEAF_ADDRESSES)
				return cpuid.table.entries[i].eax & 0xff;
	return ADDRESS_BITS_MIN;
}

int vm_create_vcpu(struct vm *vm, unsigned int id, struct kvm_run **run)
{
	int size = ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	int fd;

	if (size < (int)sizeof(**run))
		return size < 0 ? -errno : -EOPNOTSUPP;
	vm->run_size = (size_t)size;
	fd = ioctl(vm->fd, KVM_CREATE_VCPU, (unsigned long)id);
	if (fd < 0)
		return -errno;
	*run = mmap(NULL, vm->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    0);
	if (*run == MAP_FAILED) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

int vm_filter_msrs(const struct vm *vm, struct kvm_msr_filter *filter)
{
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_X86_USER_SPACE_MSR,
		.args[0] = KVM_MSR_EXIT_REASON_FILTER,
	};

	if (ioctl(vm->fd, KVM_ENABLE_CAP, &cap) < 0 ||
	    ioctl(vm->fd, KVM_X86_SET_MSR_FILTER, filter) < 0)
		return -errno;
	return 0;
}

int vm_create_device(const struct vm *vm, uint32_t type)
{
	struct kvm_create_device device = { .type = type };

	if (ioctl(vm->fd, KVM_CREATE_DEVICE, &device) < 0)
		return -errno;
	return (int)device.fd;
}

int vm_has_attr(int device, uint32_t group, uint64_t attr)
{
	struct kvm_device_attr a = { .group = group, .attr = attr };

	return ioctl(device, KVM_HAS_DEVICE_ATTR, &a) < 0 ? -errno : 0;
}

int vm_set_attr(int device, uint32_t group, uint64_t attr, const void *value)
{
	struct kvm_device_attr a = {
		.group = group,
		.attr = attr,
		.addr = (uintptr_t)value,
	};

	return ioctl(device, KVM_SET_DEVICE_ATTR, &a) < 0 ? -errno : 0;
}

int vm_get_attr(int device, uint32_t group, uint64_t attr, void *value)
{
	struct kvm_device_attr a = {
		.group = group,
		.attr = attr,
		.addr = (uintptr_t)value,
	};

	return ioctl(device, KVM_GET_DEVICE_ATTR, &a) < 0 ? -errno : 0;
}
