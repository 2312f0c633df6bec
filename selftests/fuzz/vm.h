/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM with vCPUs in real mode.  Each does one instruction at a time: it is given
 * registers and the instruction's address, and then writes to DONE_PORT.
 */
#ifndef FUZZ_VM_H
#define FUZZ_VM_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/kvm.h>
#include <linux/kvm_guest_panic.h>

#define VM_MAX_VCPUS	8
#define DONE_PORT	0xf4
#define PVPANIC_PORT	0x505
#define BUFFER		0x4000	/* what a string write reads */
#define BUFFER_SIZE	4096
#define COUNTERS	0x8000	/* of COUNT, 4 bytes for each vCPU */
#define MMIO_BASE	0xd0000	/* ES points there */
#define MSR_CRASH_P0	0x40000100
#define MSR_CRASH_CTL	0x40000105

enum insn {
	NOTHING, OUT1, OUT2, OUT4, IN1, IN2, IN4, OUTS, STORE1, STORE2, STORE4,
	LOAD1, LOAD2, LOAD4, STOS, WRITE_MSR, READ_MSR, COUNT,
	UNDEFINED,	/* after vcpu_break(), a triple fault */
	NR_INSNS,
};

struct vcpu {
	int fd;
	uint32_t id;
	struct kvm_run *run;
	struct kvm_sregs sregs;		/* of a vCPU that is not broken */
};

struct vm {
	int kvm, fd, dev, stats;
	uint8_t *memory;
	struct vcpu vcpu[VM_MAX_VCPUS];
	int nr_vcpus;
};

void vm_create(struct vm *vm);
void vm_create_without_device(struct vm *vm);
void vm_destroy(struct vm *vm);
void vm_add_vcpu(struct vm *vm, uint32_t id);

/* Each returns 0 or a negative errno. */
int vm_create_vcpu(struct vm *vm, uint32_t id);
int vm_create_device(struct vm *vm);
int vm_set(struct vm *vm, uint32_t group, uint64_t attr, const void *payload);
int vm_get(struct vm *vm, uint32_t group, uint64_t attr, void *payload);
int vm_has(struct vm *vm, uint32_t group, uint64_t attr, uint32_t flags);

/* The same with flags of the call itself. */
int vm_set_flags(struct vm *vm, uint32_t group, uint64_t attr, uint32_t flags,
		 const void *payload);
int vm_get_flags(struct vm *vm, uint32_t group, uint64_t attr, uint32_t flags,
		 void *payload);

uint64_t vm_stat(struct vm *vm, const char *name);

/* The next run does @insn with @regs, of which RIP, RFLAGS and RSI are set here. */
void vcpu_prepare(struct vcpu *vcpu, enum insn insn, struct kvm_regs regs);
uint64_t insn_address(enum insn insn);

/* Returns 0 or a negative errno. */
int vcpu_run(struct vcpu *vcpu);

/* The same with immediate_exit. */
int vcpu_run_nothing(struct vcpu *vcpu);

/*
 * The same with a signal that is pending, or comes after some time; only in a
 * thread that has called vm_block_signals().
 */
int vcpu_run_signalled(struct vcpu *vcpu);
int vcpu_run_for(struct vcpu *vcpu, unsigned int microseconds);
void vm_block_signals(void);

/* The registers at its last exit. */
const struct kvm_regs *vcpu_regs(const struct vcpu *vcpu);

void vcpu_set_msr(struct vcpu *vcpu, uint32_t index, uint64_t value);
uint64_t vcpu_get_msr(struct vcpu *vcpu, uint32_t index);
void vcpu_single_step(struct vcpu *vcpu, bool on);

/* To protected mode without an IDT, where UNDEFINED is a triple fault; and back. */
void vcpu_break(struct vcpu *vcpu);
void vcpu_repair(struct vcpu *vcpu);

/* The host's CLOCK_BOOTTIME, in ns. */
uint64_t vm_now(void);

#endif /* FUZZ_VM_H */
