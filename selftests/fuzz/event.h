/* SPDX-License-Identifier: GPL-2.0-only */
/* Events as KVM_RUN returns them. */
#ifndef FUZZ_EVENT_H
#define FUZZ_EVENT_H

#include "vm.h"

/* Fails if the last exit of @vcpu is not the device's. */
struct kvm_guest_panic_event event_of_exit(const struct vcpu *vcpu);

void verify_same_event(const char *what,
		       const struct kvm_guest_panic_event *got,
		       const struct kvm_guest_panic_event *wanted);

#endif /* FUZZ_EVENT_H */
