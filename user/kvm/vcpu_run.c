// SPDX-License-Identifier: GPL-2.0-only
/*
 * In: an exit of KVM_RUN.  Out: a call of struct vcpu_ops, for accesses, for
 * what the guest reports, and for what ends the VM.  A thread must not wait for
 * another one here, except parked: the main thread waits for all of them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/log.h"
#include "kvm/backend.h"
#include "kvm/exit_decode.h"
#include "kvm/vcpu.h"
#include "kvm/vcpu_run.h"
#include "kvm/vcpus.h"

/* A console's byte is an access: what is seen so seldom costs nothing. */
#define ACCESSES_A_LOOK	256

static void handle_io(struct vcpu *vcpu)
{
	const struct kvm_run *run = vcpu->run;
	const struct vcpu_access access = {
		.at = run->io.port,
		.size = run->io.size,
		.write = run->io.direction == KVM_EXIT_IO_OUT,
	};
	uint8_t *data = vcpu_io_data(vcpu);
	__u32 i;

	if (!(vcpu->accesses++ % ACCESSES_A_LOOK))
		vcpu_see(vcpu);
	for (i = 0; i < run->io.count; i++, data += access.size)
		vcpu->env->ops->io(vcpu, &access, data);
}

static void handle_mmio(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	const struct vcpu_access access = {
		.at = run->mmio.phys_addr,
		.size = (uint8_t)run->mmio.len,
		.write = run->mmio.is_write,
	};

	vcpu->env->ops->mmio(vcpu, &access, run->mmio.data);
}

/* Not to be entered again, so there is nothing left to settle. */
static void give_up(struct vcpu *vcpu, enum end end)
{
	vcpu->settled = true;
	vcpu->env->ops->end(vcpu, end);
}

static void handle_failure(struct vcpu *vcpu)
{
	const struct kvm_run *run = vcpu->run;

	switch (run->exit_reason) {
	case KVM_EXIT_SHUTDOWN:
		log_say("vCPU %u: triple fault", vcpu->id);
		give_up(vcpu, END_FAULT);
		break;
	case KVM_EXIT_INTERNAL_ERROR:
		log_say("vCPU %u: KVM internal error, suberror %u", vcpu->id,
			run->internal.suberror);
		give_up(vcpu, END_KVM_ERROR);
		break;
	case KVM_EXIT_FAIL_ENTRY:
		log_say("vCPU %u: KVM cannot enter the guest, hardware reason 0x%llx",
			vcpu->id,
			run->fail_entry.hardware_entry_failure_reason);
		give_up(vcpu, END_KVM_ERROR);
		break;
	default:
		log_say("vCPU %u: an exit of KVM that panicvm does not know, reason %u",
			vcpu->id, run->exit_reason);
		give_up(vcpu, END_HOST);
		break;
	}
}

static void handle_exit(struct vcpu *vcpu)
{
	const struct kvm_run *run = vcpu->run;
	struct guest_event ev;

	if (exit_decode(vcpu->env->backend, vcpu, &ev)) {
		vcpu->env->ops->report(vcpu, &ev);
		return;
	}
	if (exit_answers(vcpu->env->backend, vcpu))
		return;
	switch (run->exit_reason) {
	case KVM_EXIT_IO:
		handle_io(vcpu);
		break;
	case KVM_EXIT_MMIO:
		handle_mmio(vcpu);
		break;
	case KVM_EXIT_INTR:
		break;
	default:
		handle_failure(vcpu);
		break;
	}
}

static void run_once(struct vcpu *vcpu)
{
	int err;

	/*
	 * With immediate_exit KVM completes the last instruction and comes
	 * back.  A stop between this line and KVM_RUN is not lost: its kick is
	 * pending by then, and KVM_RUN unblocks it.
	 */
	vcpu->run->immediate_exit = vcpus_stopping(vcpu->env->vcpus);
	vcpu->settled = false;
	err = vcpu_enter(vcpu);
	if (!err) {
		handle_exit(vcpu);
	} else if (err == -EINTR) {
		vcpu->settled = true;
		vcpus_drain_kick();
	} else if (err != -EAGAIN) {
		/* EAGAIN is a SIPI: run again. */
		log_say("vCPU %u: KVM_RUN failed: %s", vcpu->id,
			strerror(-err));
		give_up(vcpu, END_HOST);
	}
}

static bool pause_vcpu(struct vcpu *vcpu)
{
	int err = vcpu_read_regs(vcpu);

	if (err)
		log_say("vCPU %u: cannot read all of its registers: %s",
			vcpu->id, strerror(-err));
	return vcpus_park(vcpu->env->vcpus);
}

void *vcpu_thread(void *arg)
{
	struct vcpu *vcpu = arg;
	struct vcpus *vcpus = vcpu->env->vcpus;
	char name[16];
	bool go_on;

	snprintf(name, sizeof(name), "vCPU %u", vcpu->id);
	prctl(PR_SET_NAME, name);
	vcpu->thread = gettid();
	/* Its registers count even if the VM ends before it ever runs. */
	go_on = pause_vcpu(vcpu);
	while (go_on) {
		run_once(vcpu);
		if (vcpu->settled && vcpus_stopping(vcpus))
			go_on = pause_vcpu(vcpu);
	}
	return NULL;
}
