/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Room kvm/: the only one with ioctls of KVM, all of them in vm.c and vcpu.c.
 * In: what KVM_RUN returns.  Out: calls of struct vcpu_ops, an event if it is a
 * report (exit_decode.c), registers once a vCPU is parked.  It must not decide
 * anything about the VM.
 *
 * The VM as KVM has it.  vm_create() returns a status, as log_fail() does;
 * the rest returns -errno.
 */
#ifndef VM_H
#define VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/kvm.h>

#include "base/status.h"
#include "guest/mem.h"

#define VM_CPUID_MAX	256

/* Intel needs four pages that no guest uses: below the BIOS area, as others. */
#define VM_REAL_MODE_AT		0xfffbc000ULL
#define VM_REAL_MODE_SIZE	0x4000

struct vm {
	int kvm;		/* /dev/kvm, shared by all VMs of the process */
	int fd;			/* or -1 */
	size_t run_size;	/* of what a vCPU shares with KVM */
	struct mem mem;
};

union vm_cpuid {
	struct kvm_cpuid2 table;
	uint8_t room[sizeof(struct kvm_cpuid2) +
		     VM_CPUID_MAX * sizeof(struct kvm_cpuid_entry2)];
};

/* /dev/kvm, usable: its descriptor, or -errno with the reason in *@why. */
int vm_open_kvm(const char **why);

/*
 * A VM with the RAM of vm->mem, and local APICs; @irqchip: and with the other
 * interrupt controllers and a timer.  0 or a status; vm_close() is due either way.
 */
enum status vm_create(struct vm *vm, bool irqchip);

/* The VM alone, for --version to ask what the host has; 0 or -errno. */
int vm_create_bare(struct vm *vm);

/* All that there is of it but vm->kvm, which others may use. */
void vm_close(struct vm *vm);

/* Raise or lower an interrupt line, if it leads anywhere; 0 or -errno. */
int vm_irq(const struct vm *vm, unsigned int line, bool level);

int vm_has_cap(const struct vm *vm, long cap);
int vm_supported_cpuid(const struct vm *vm, union vm_cpuid *cpuid);

/* Width of the physical addresses that a guest can use here. */
unsigned int vm_address_bits(const struct vm *vm);

/* The descriptor of a new vCPU, and its shared page in *@run; or -errno. */
int vm_create_vcpu(struct vm *vm, unsigned int id, struct kvm_run **run);

/* What @filter does not allow the guest is an exit; 0 or -errno. */
int vm_filter_msrs(const struct vm *vm, struct kvm_msr_filter *filter);

/* The in-kernel device @type: descriptor or -errno. */
int vm_create_device(const struct vm *vm, uint32_t type);

/* 0 or -errno; -ENXIO is what a kernel that lacks the attribute says. */
int vm_has_attr(int device, uint32_t group, uint64_t attr);
int vm_set_attr(int device, uint32_t group, uint64_t attr, const void *value);
int vm_get_attr(int device, uint32_t group, uint64_t attr, void *value);

#endif /* VM_H */
