// SPDX-License-Identifier: GPL-2.0-only
/*
 * floor [local]: the least that a VMM must do for a guest that reports a panic
 * and that has what panicvm gives it: interrupt controllers and a timer in the
 * kernel, or "local": local APICs alone, as by --irqchip local.  It ends with 3
 * once the report is there.  What panicvm takes beyond that is its own.
 */
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define ENTRY		0x1000
#define MEMORY		(1 << 20)
#define PVPANIC		0x505

/* mov $0x505, %dx; mov $1, %al; out %al, (%dx) */
static const unsigned char guest[] = { 0xba, 5, 5, 0xb0, 1, 0xee };

static int try(int result)
{
	if (result < 0)
		exit(1);
	return result;
}

static void *map(size_t size, int flags, int fd)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (at == MAP_FAILED)
		exit(1);
	return at;
}

static void add_memory(int vm)
{
	uint8_t *at = map(MEMORY, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	struct kvm_userspace_memory_region region = {
		.memory_size = MEMORY,
		.userspace_addr = (uintptr_t)at,
	};

	memcpy(at + ENTRY, guest, sizeof(guest));
	try(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region));
}

static void add_chips(int vm)
{
	struct kvm_pit_config pit = { 0 };

	try(ioctl(vm, KVM_CREATE_IRQCHIP, 0));
	try(ioctl(vm, KVM_CREATE_PIT2, &pit));
}

static void add_local_apics(int vm)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_SPLIT_IRQCHIP };

	try(ioctl(vm, KVM_ENABLE_CAP, &cap));
}

static void start_at_entry(int vcpu)
{
	struct kvm_regs regs = { .rip = ENTRY, .rflags = 2 };
	struct kvm_sregs sregs;

	try(ioctl(vcpu, KVM_GET_SREGS, &sregs));
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	try(ioctl(vcpu, KVM_SET_SREGS, &sregs));
	try(ioctl(vcpu, KVM_SET_REGS, &regs));
}

int main(int argc, char **argv)
{
	int kvm = try(open("/dev/kvm", O_RDWR));
	int vm = try(ioctl(kvm, KVM_CREATE_VM, 0UL));
	struct kvm_run *run;
	int vcpu;

	add_memory(vm);
	if (argc > 1 && !strcmp(argv[1], "local"))
		add_local_apics(vm);
	else
		add_chips(vm);
	vcpu = try(ioctl(vm, KVM_CREATE_VCPU, 0UL));
	run = map(try(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0)), MAP_SHARED, vcpu);
	start_at_entry(vcpu);
	try(ioctl(vcpu, KVM_RUN, 0));
	return run->exit_reason == KVM_EXIT_IO && run->io.port == PVPANIC ? 3 : 1;
}
