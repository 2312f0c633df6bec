/* SPDX-License-Identifier: GPL-2.0-only */
/* A vCPU: its descriptor and registers in KVM, and what its thread left. */
#ifndef VCPU_H
#define VCPU_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <linux/kvm.h>

#include "guest/regs.h"
#include "panic/event.h"
#include "panic/panic.h"

struct backend;
struct vcpus;
struct vm;
struct vcpu;

/*
 * The state of vCPU 0 at its first instruction.  The others wait for INIT and
 * SIPI, for Linux and for flat binaries alike, as they do in hardware.
 */
struct entry {
	bool long_mode;		/* or real mode with all segments at 0 */
	uint64_t rip;
	uint64_t rsp;
	uint64_t rsi;
	uint64_t cr3;
	uint64_t gdt;
	uint16_t gdt_limit;
};

/* In that GDT, for long mode. */
#define ENTRY_CS	0x10
#define ENTRY_DS	0x18

/* One access of the guest's to what is not RAM. */
struct vcpu_access {
	uint64_t at;		/* port, or guest physical address */
	uint8_t size;		/* bytes: 1, 2, 4 or 8 */
	bool write;
};

/*
 * What the VM's owner does for its vCPUs.  All are called by the threads of
 * vCPUs, several at once, and must not wait for another vCPU.
 */
struct vcpu_ops {
	/* @data: what is written, or where to put what is read. */
	void (*io)(struct vcpu *vcpu, const struct vcpu_access *access,
		   uint8_t *data);
	void (*mmio)(struct vcpu *vcpu, const struct vcpu_access *access,
		     uint8_t *data);
	/* The guest reported something: stop the VM. */
	void (*report)(struct vcpu *vcpu, const struct guest_event *ev);
	/* This vCPU cannot go on, or the guest asked for that. */
	void (*end)(struct vcpu *vcpu, enum end end);
};

/* All vCPUs of a VM have the same. */
struct vcpu_env {
	struct vm *vm;
	struct backend *backend;
	struct vcpus *vcpus;
	const struct vcpu_ops *ops;
	void *owner;		/* for the ops */
	unsigned int cpus;
};

struct vcpu {
	const struct vcpu_env *env;
	unsigned int id;
	int fd;
	struct kvm_run *run;
	int stats;		/* KVM's statistics of it, or -1 */
	uint64_t exits_at;	/* where in them its exits are; 0: nowhere */
	atomic_int thread;	/* gettid(); 0 before it has started */

	/*
	 * KVM_RUN was left by a signal, not by an exit: the last instruction
	 * is complete, and nothing waits in kvm_run.
	 */
	bool settled;

	/* Main reads and clears these while all vCPUs are parked. */
	struct guest_event event;
	bool has_event;
	struct regs regs;

	/*
	 * Of a recent access, CR0, CR3, CR4 and EFER: on AMD, KVM resets a vCPU
	 * that has a triple fault, and its registers tell nothing any more.
	 */
	struct regs seen;
	unsigned int accesses;
};

/*
 * @entry: where vCPU 0 starts.  0; or a status, as log_fail() returns it, and
 * there is no vCPU.
 */
enum status vcpu_create(struct vcpu *vcpu, const struct vcpu_env *env,
			unsigned int id, const struct entry *entry);

/* Its thread has ended. */
void vcpu_close(struct vcpu *vcpu);

/* KVM_RUN: 0 with an exit in vcpu->run, or -errno. */
int vcpu_enter(const struct vcpu *vcpu);

/* Its registers out of KVM, to vcpu->regs: 0 or -errno. */
int vcpu_read_regs(struct vcpu *vcpu);

/* To vcpu->seen; nothing changes there if they cannot be read. */
void vcpu_see(struct vcpu *vcpu);

/*
 * @nr MSRs from @first on.  What KVM does not have reads as 0: a report with
 * a gap is better than none.
 */
void vcpu_get_msrs(const struct vcpu *vcpu, uint32_t first, unsigned int nr,
		   uint64_t *values);

/* As the host would: true if KVM took it. */
bool vcpu_set_msr(const struct vcpu *vcpu, uint32_t msr, uint64_t value);

/* While all vCPUs are parked: an NMI; 0 or -errno. */
int vcpu_nmi(const struct vcpu *vcpu);

/*
 * How often it has left the guest, also while it runs: as long as that does not
 * change, nor does its state.  False: this KVM does not tell.
 */
bool vcpu_exits(const struct vcpu *vcpu, uint64_t *exits);

/* While all vCPUs are parked: does it run again only if another one wakes it? */
bool vcpu_is_halted(const struct vcpu *vcpu);

/* The bytes of a KVM_EXIT_IO. */
static inline uint8_t *vcpu_io_data(struct vcpu *vcpu)
{
	return (uint8_t *)vcpu->run + vcpu->run->io.data_offset;
}

#endif /* VCPU_H */
