/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM of real-mode vCPUs that do what guests.S says, and a clock.  What is set
 * up here must work: a failure says so and ends the program.
 */
#ifndef BENCH_GUEST_H
#define BENCH_GUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/kvm.h>
#include <linux/kvm_guest_panic.h>

#define DONE_PORT	0xf4
#define IRQ		4	/* wakes a vCPU that halts */
#define PVPANIC_PORT	0x505
#define PVPANIC_ADDR	0xd0000	/* FS points there */
#define PANICKED	KVM_GUEST_PANIC_PANICKED
#define STAMP		0x7000	/* where a reporter notes the time, 8 bytes */
#define COUNTERS	0x8000	/* 4 bytes for each vCPU */
#define COUNTED		0x9000	/* what they were at the report */
#define VCPUS_MAX	64

/* In guests.S. */
extern const char bench_code[], bench_code_end[];
extern const char bench_nothing[], bench_in[], bench_out[], bench_load[];
extern const char bench_rdmsr[], bench_wrmsr[], bench_cpuid[];
extern const char bench_halt[], bench_handler[], bench_report[];
extern const char bench_count[], bench_report_counts[];

struct vcpu {
	int fd;
	unsigned int id;
	struct kvm_run *run;
};

struct vm {
	int kvm, fd, dev;	/* dev: the guest-panic device, -1 if none */
	uint8_t *memory;
	struct vcpu vcpu[VCPUS_MAX];
	unsigned int nr_vcpus;
};

void fail(const char *format, ...) __attribute__((format(printf, 1, 2),
						  noreturn));

void vm_create(struct vm *vm, unsigned int nr_vcpus);
void vm_destroy(struct vm *vm);

/* False if this KVM has none. */
bool vm_create_device(struct vm *vm);
void vm_enable(const struct vm *vm, uint64_t model, uint64_t addr,
	       uint32_t events);
void vm_freeze(const struct vm *vm, bool on);
/* Acknowledge the stopping event that @reporter's KVM_RUN has returned. */
void vm_resume(const struct vm *vm, const struct vcpu *reporter);
void vm_pulse_irq(const struct vm *vm);

/* Start at @code with @regs; RIP and RFLAGS are set here. */
void vcpu_start(const struct vcpu *vcpu, const char *code,
		struct kvm_regs regs);
/* KVM_RUN; a signal is no failure: returns false. */
bool vcpu_run(const struct vcpu *vcpu);

/*
 * The TSC: cycles, or instructions where the emulator counts these.  Guests
 * read the same.
 */
static inline uint64_t now(void)
{
	return __builtin_ia32_rdtsc();
}

#endif /* BENCH_GUEST_H */
