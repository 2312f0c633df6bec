// SPDX-License-Identifier: GPL-2.0-only
/*
 * What userspace and a guest can see of the device, and whether what else is on
 * the I/O buses still answers.  Enters: a VM with the device.  Leaves: a structure
 * that is equal, byte for byte, to that of a VM in the same state.
 */
#include <errno.h>
#include <string.h>

#include "fail.h"
#include "observe.h"

bool observe_insn(struct vcpu *vcpu, enum insn what, struct kvm_regs regs)
{
	int r;

	vcpu_prepare(vcpu, what, regs);
	r = vcpu_run(vcpu);
	if (r)
		fail("KVM_RUN: %s", strerror(-r));
	if (vcpu->run->exit_reason == KVM_EXIT_IO &&
	    vcpu->run->io.port == DONE_PORT)
		return true;
	if (vcpu_run_nothing(vcpu) != -EINTR)
		fail("immediate_exit");
	return false;
}

/* A write of 0 reports nothing, and has no exit where the kernel answers. */
static bool is_answered(struct vm *vm, enum insn what, uint16_t where)
{
	struct kvm_regs regs = { .rdx = where, .rdi = where };

	return observe_insn(&vm->vcpu[1], what, regs);
}

static void must_get(struct vm *vm, uint32_t group, uint64_t attr, void *to)
{
	int r = vm_get(vm, group, attr, to);

	if (r)
		fail("get of attribute %u/%lu: %s", group, attr, strerror(-r));
}

static void read_answers(struct vm *vm, bool *answers)
{
	*answers++ = is_answered(vm, OUT1, PORT);
	*answers++ = is_answered(vm, OUT1, OTHER_PORT);
	*answers++ = is_answered(vm, STORE1, ADDRESS - MMIO_BASE);
	*answers++ = is_answered(vm, STORE1, OTHER_ADDRESS - MMIO_BASE);
	*answers++ = is_answered(vm, OUT1, EVENTFD_PORT);
	*answers++ = is_answered(vm, STORE1, EVENTFD_ADDRESS - MMIO_BASE);
	*answers++ = is_answered(vm, OUT1, PIC_PORT);
}

static void read_event(struct vm *vm, struct observed *s, uint32_t id)
{
	struct kvm_guest_panic_event *event = &s->event[id];

	event->vcpu_id = id;
	s->event_errno[id] = vm_get(vm, KVM_DEV_GUEST_PANIC_STATE,
				    KVM_GUEST_PANIC_EVENT, event);
	/* This differs each time. */
	event->time = 0;
}

struct observed observe(struct vm *vm)
{
	struct kvm_guest_panic_event latched = { .seq = 0 };
	struct observed s;
	int i;

	memset(&s, 0, sizeof(s));
	for (i = 0; i < NR_MODELS; i++)
		must_get(vm, KVM_DEV_GUEST_PANIC_MODEL, i, &s.model[i]);
	must_get(vm, KVM_DEV_GUEST_PANIC_CTRL, KVM_GUEST_PANIC_FREEZE,
		 &s.freeze);
	must_get(vm, KVM_DEV_GUEST_PANIC_STATE, KVM_GUEST_PANIC_SEQ, &s.seq);
	for (i = 0; i <= NR_VCPUS; i++)
		read_event(vm, &s, i);
	vm_get(vm, KVM_DEV_GUEST_PANIC_STATE, KVM_GUEST_PANIC_LATCHED,
	       &latched);
	s.latched_seq = latched.seq;
	s.events = vm_stat(vm, "guest_panic_events");
	/* No vCPU runs while the VM is frozen. */
	if (!s.freeze || !s.latched_seq)
		read_answers(vm, s.answers);
	return s;
}
