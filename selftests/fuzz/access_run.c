// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a vCPU through one access of its guest.
 *
 * Enters: an access that is prepared, with the model that knows its outcome.
 * Leaves: the vCPU at the exit that was predicted, with all that it carries
 * verified.  Nothing here decides what the outcome is; model_due() does.
 */
#include <errno.h>
#include <string.h>

#include "access_run.h"
#include "device.h"
#include "event.h"
#include "fail.h"

static const int sizes[NR_INSNS] = {
	[OUT1] = 1, [OUT2] = 2, [OUT4] = 4, [IN1] = 1, [IN2] = 2, [IN4] = 4,
	[OUTS] = 1, [STORE1] = 1, [STORE2] = 2, [STORE4] = 4, [LOAD1] = 1,
	[LOAD2] = 2, [LOAD4] = 4, [STOS] = 1,
};

int access_size(const struct access *a)
{
	return sizes[a->insn];
}

void run_to(struct access *a, uint32_t reason)
{
	int r = vcpu_run(a->vcpu);

	if (r || a->vcpu->run->exit_reason != reason)
		fail("vCPU %u, instruction %d: wanted exit %u, got %u, %s",
		     a->vcpu->id, a->insn, reason, a->vcpu->run->exit_reason,
		     strerror(-r));
}

void verify_rip(struct access *a, bool is_done)
{
	uint64_t rip = vcpu_regs(a->vcpu)->rip;
	bool has_moved = rip != insn_address(a->insn);

	if (has_moved != is_done)
		fail("instruction %d, at 0x%lx: wanted it %s", a->insn, rip,
		     is_done ? "complete" : "not begun");
}

void run_interrupted(struct access *a)
{
	bool is_signal = pick(&a->f->random, 2);
	int r = is_signal ? vcpu_run_signalled(a->vcpu) :
			    vcpu_run_nothing(a->vcpu);

	if (r != -EINTR)
		fail("vCPU %u, instruction %d: %s: got %s, exit %u",
		     a->vcpu->id, a->insn,
		     is_signal ? "a signal" : "immediate_exit", strerror(-r),
		     a->vcpu->run->exit_reason);
}

static void wait_for(struct access *a, unsigned int microseconds)
{
	int r = vcpu_run_for(a->vcpu, microseconds);

	if (r != -EINTR)
		fail("vCPU %u, instruction %d: does not wait: got %s, exit %u",
		     a->vcpu->id, a->insn, strerror(-r),
		     a->vcpu->run->exit_reason);
}

/* Only one time in four does it really wait, because that takes long. */
void run_waiting(struct access *a)
{
	if (pick(&a->f->random, 4))
		run_interrupted(a);
	else
		wait_for(a, 100 + pick(&a->f->random, 400));
}

void verify_event(struct access *a)
{
	struct model_vcpu *vcpu = &a->f->model.vcpu[a->index];
	struct kvm_guest_panic_event got = event_of_exit(a->vcpu);

	got.flags = 0;
	verify_outstanding("exit", vcpu, &got);
	model_delivered(&a->f->model, a->index);
}

void run_to_event(struct access *a)
{
	run_to(a, KVM_EXIT_SYSTEM_EVENT);
	verify_event(a);
}

void verify_done(struct access *a)
{
	if (a->vcpu->run->exit_reason != KVM_EXIT_IO ||
	    a->vcpu->run->io.port != DONE_PORT)
		fail("instruction %d: wanted its end, got exit %u, port 0x%x",
		     a->insn, a->vcpu->run->exit_reason,
		     a->vcpu->run->io.port);
}

void run_to_end(struct access *a)
{
	switch (model_due(&a->f->model, a->index)) {
	case DUE_EVENT:
		if (!pick(&a->f->random, 8))
			run_interrupted(a);
		run_to_event(a);
		break;
	case DUE_WAIT:
		run_waiting(a);
		break;
	default:
		run_to(a, KVM_EXIT_IO);
		verify_done(a);
		break;
	}
}

/*
 * The vCPU has to wait once it has reported.  On a slow host the signal may come
 * before the report, so run it for longer until the device has the event.
 */
static void run_until_reported(struct access *a)
{
	struct kvm_guest_panic_event event = { .vcpu_id = a->vcpu->id };
	unsigned int patience = 500;

	do {
		wait_for(a, patience);
		patience *= 2;
	} while (vm_get(&a->f->vm, KVM_DEV_GUEST_PANIC_STATE,
			KVM_GUEST_PANIC_EVENT, &event));
}

void run_report(struct access *a)
{
	if (model_due(&a->f->model, a->index) == DUE_WAIT)
		run_until_reported(a);
	else
		run_to_end(a);
}

/* With a single step, KVM_RUN returns for that before it does for the report. */
void run_report_or_step(struct access *a)
{
	if (pick(&a->f->random, 4)) {
		run_report(a);
	} else {
		vcpu_single_step(a->vcpu, true);
		run_to(a, KVM_EXIT_DEBUG);
		vcpu_single_step(a->vcpu, false);
		if (pick(&a->f->random, 2))
			run_to_end(a);
	}
	verify_rip(a, true);
}

/*
 * The next KVM_RUN completes the instruction, even if a signal ends it before
 * the guest is entered, which is cheaper and therefore done most often.  Calls
 * of the device in between may make an event due, or make the vCPU wait.
 */
void run_answered(struct access *a)
{
	while (!pick(&a->f->random, 4))
		fuzz_device(a->f);
	if (pick(&a->f->random, 4))
		run_interrupted(a);
	else
		run_to_end(a);
	verify_rip(a, true);
}

void verify_io_exit(struct access *a, int direction, uint64_t value)
{
	struct kvm_run *run = a->vcpu->run;
	int size = access_size(a);
	uint8_t *data;

	if (run->io.direction != direction || run->io.size != size ||
	    run->io.port != (uint16_t)a->regs.rdx || run->io.count != 1)
		fail("exit for port 0x%x", run->io.port);
	data = (uint8_t *)run + run->io.data_offset;
	if (direction == KVM_EXIT_IO_IN)
		memcpy(data, &value, size);
	else if (memcmp(data, &value, size))
		fail("port 0x%x: wanted another value", run->io.port);
}

void verify_mmio_exit(struct access *a, uint64_t addr, bool is_write,
		      uint64_t value)
{
	struct kvm_run *run = a->vcpu->run;
	uint32_t size = access_size(a);

	if (run->mmio.phys_addr != addr || run->mmio.len != size ||
	    run->mmio.is_write != is_write)
		fail("exit for address 0x%llx", run->mmio.phys_addr);
	if (!is_write)
		memcpy(run->mmio.data, &value, size);
	else if (memcmp(run->mmio.data, &value, size))
		fail("address 0x%lx: wanted another value", addr);
}

