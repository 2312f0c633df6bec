/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FUZZ_EVENT_H
#define FUZZ_EVENT_H

#include "model.h"
#include "vm.h"

/* The event of the last exit of @vcpu; fails if that is not the device's. */
struct kvm_guest_panic_event event_of_exit(const struct vcpu *vcpu);

void verify_same_event(const char *what,
		       const struct kvm_guest_panic_event *got,
		       const struct kvm_guest_panic_event *wanted);

/*
 * @got is the outstanding event of @vcpu.  The model does not know when it was
 * reported, only not before @vcpu->earliest; it takes the time from the first get.
 */
void verify_outstanding(const char *what, struct model_vcpu *vcpu,
			const struct kvm_guest_panic_event *got);

#endif /* FUZZ_EVENT_H */
