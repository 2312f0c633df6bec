// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events as userspace gets them.  Enters: an exit of KVM_RUN, or what a call has
 * returned.  Leaves: nothing but the event; one that is not as wanted is shown
 * beside that, and ends the program.
 */
#include <stdio.h>
#include <string.h>

#include "event.h"
#include "fail.h"

struct kvm_guest_panic_event event_of_exit(const struct vcpu *vcpu)
{
	const struct kvm_run *run = vcpu->run;
	const __u64 *data = run->system_event.data;
	struct kvm_guest_panic_event event = {
		.model = data[KVM_GUEST_PANIC_DATA_MODEL],
		.vcpu_id = data[KVM_GUEST_PANIC_DATA_VCPU_ID],
		.seq = data[KVM_GUEST_PANIC_DATA_SEQ],
		.code = data[KVM_GUEST_PANIC_DATA_CODE],
		.time = data[KVM_GUEST_PANIC_DATA_TIME],
		.flags = data[KVM_GUEST_PANIC_DATA_FLAGS],
	};

	if (run->exit_reason != KVM_EXIT_SYSTEM_EVENT ||
	    run->system_event.type != KVM_SYSTEM_EVENT_CRASH ||
	    run->system_event.ndata != KVM_GUEST_PANIC_NDATA)
		fail("vCPU %u: wanted an event, got exit %u, type %u, ndata %u",
		     vcpu->id, run->exit_reason, run->system_event.type,
		     run->system_event.ndata);
	memcpy(event.param, &data[KVM_GUEST_PANIC_DATA_PARAM],
	       sizeof(event.param));
	if (event.flags != KVM_GUEST_PANIC_DELIVERED)
		fail("vCPU %u: an exit with flags 0x%x", vcpu->id, event.flags);
	return event;
}

static void print(const char *name, const struct kvm_guest_panic_event *e)
{
	int i;

	printf("# %s: model %u, vCPU %u, seq %llu, code 0x%llx, params", name,
	       e->model, e->vcpu_id, e->seq, e->code);
	for (i = 0; i < 5; i++)
		printf(" 0x%llx", e->param[i]);
	printf(", time %llu, flags 0x%x\n", e->time, e->flags);
}

void verify_same_event(const char *what,
		       const struct kvm_guest_panic_event *got,
		       const struct kvm_guest_panic_event *wanted)
{
	if (!memcmp(got, wanted, sizeof(*got)))
		return;
	print("wanted", wanted);
	print("got", got);
	fail("%s: another event", what);
}

void verify_outstanding(const char *what, struct model_vcpu *vcpu,
			const struct kvm_guest_panic_event *got)
{
	if (!vcpu->is_timed) {
		if (got->time < vcpu->earliest || got->time > vm_now())
			fail("%s: time %llu, reported after %lu", what,
			     got->time, vcpu->earliest);
		vcpu->event.time = got->time;
		vcpu->is_timed = true;
	}
	verify_same_event(what, got, &vcpu->event);
}
