/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM of tiny real-mode vCPUs, each of which does one access at a time: it is
 * given registers and the address of an instruction, after which it writes to
 * DONE_PORT.
 */
#ifndef FUZZ_VM_H
#define FUZZ_VM_H

#include <linux/kvm.h>

#include "model.h"

#define DONE_PORT	0xf4
#define BUFFER		0x4000	/* what a string write reads */
#define BUFFER_SIZE	4096
#define COUNTERS	0x8000	/* of COUNT, 4 bytes for each vCPU */
#define MMIO_BASE	0xd0000	/* ES points there */

enum insn {
	NOTHING, OUT1, OUT2, OUT4, IN1, IN2, IN4, OUTS, STORE1, STORE2, STORE4,
	LOAD1, LOAD2, LOAD4, STOS, WRITE_MSR, READ_MSR, COUNT,
	NR_INSNS,
};

struct vcpu {
	int fd;
	uint32_t id;
	struct kvm_run *run;
};

struct vm {
	int kvm, fd, dev, stats;
	uint8_t *memory;
	struct vcpu vcpu[MAX_VCPUS];
	int nr_vcpus;
};

/* Say what is wrong, with the seed, and end. */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2),
						  noreturn));

void vm_create(struct vm *vm);
void vm_create_without_device(struct vm *vm);
void vm_destroy(struct vm *vm);
void vm_add_vcpu(struct vm *vm, uint32_t id);

/* Each returns 0 or a negative errno. */
int vm_create_device(struct vm *vm);
int vm_set(struct vm *vm, uint32_t group, uint64_t attr, const void *payload);
int vm_get(struct vm *vm, uint32_t group, uint64_t attr, void *payload);
int vm_has(struct vm *vm, uint32_t group, uint64_t attr, uint32_t flags);
uint64_t vm_stat(struct vm *vm, const char *name);

/* Set it to be done by the next run; regs has all but RIP. */
void vcpu_prepare(struct vcpu *vcpu, enum insn insn, struct kvm_regs regs);
uint64_t insn_address(enum insn insn);

/* Returns 0 or a negative errno. */
int vcpu_run(struct vcpu *vcpu);

/* Do what the last exit left to be done, and do not enter the guest. */
void vcpu_run_nothing(struct vcpu *vcpu);

/* As they were when it last ran. */
const struct kvm_regs *vcpu_regs(const struct vcpu *vcpu);

void vcpu_set_msr(struct vcpu *vcpu, uint32_t index, uint64_t value);
uint64_t vcpu_get_msr(struct vcpu *vcpu, uint32_t index);
void vcpu_single_step(struct vcpu *vcpu, bool on);

#endif /* FUZZ_VM_H */
