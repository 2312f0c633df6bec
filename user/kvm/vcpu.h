/* SPDX-License-Identifier: GPL-2.0-only */
/* A vCPU: its KVM descriptor, its thread, its exits. */
#ifndef VCPU_H
#define VCPU_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <linux/kvm.h>

#include "board/boot.h"
#include "guest/regs.h"
#include "kvm/event.h"

struct machine;

struct vcpu {
	struct machine *machine;
	unsigned int id;
	int fd;
	struct kvm_run *run;
	atomic_int thread;	/* gettid(); 0 before it has started */

	/*
	 * KVM_RUN was left by a signal, not by an exit: the last instruction
	 * is complete, and nothing waits in kvm_run.
	 */
	bool settled;

	/* Main reads and clears these while the crew is parked. */
	struct guest_event event;
	bool has_event;
	struct regs regs;
};

/* Does not return when it fails.  @entry: where vCPU 0 starts. */
void vcpu_create(struct vcpu *vcpu, struct machine *machine, unsigned int id,
		 const struct entry *entry);

/* Its thread has ended. */
void vcpu_close(struct vcpu *vcpu);

/* The thread: runs the guest whenever the crew runs. */
void *vcpu_thread(void *vcpu);

/*
 * @nr MSRs from @first on.  What KVM does not have reads as 0: a report with
 * a gap is better than none.
 */
void vcpu_get_msrs(const struct vcpu *vcpu, uint32_t first, unsigned int nr,
		   uint64_t *values);

/* As the host would: true if KVM took it. */
bool vcpu_set_msr(const struct vcpu *vcpu, uint32_t msr, uint64_t value);

/* While the crew is parked: an NMI; 0 or -errno. */
int vcpu_nmi(const struct vcpu *vcpu);

/* The bytes of a KVM_EXIT_IO. */
static inline uint8_t *vcpu_io_data(struct vcpu *vcpu)
{
	return (uint8_t *)vcpu->run + vcpu->run->io.data_offset;
}

#endif /* VCPU_H */
