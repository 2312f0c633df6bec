/* SPDX-License-Identifier: GPL-2.0-only */
/* The one decoder of crash exits: from what KVM left to struct guest_event. */
#ifndef EXIT_DECODE_H
#define EXIT_DECODE_H

#include <stdbool.h>

#include "panic/event.h"

struct backend;
struct vcpu;

/*
 * Does the exit in @vcpu's kvm_run report something?  Then true and *@ev.
 * Reads of pvpanic, and what else a guest does with the crash MSRs, are
 * answered here too: true from exit_answers().
 */
bool exit_decode(struct backend *backend, struct vcpu *vcpu,
		 struct guest_event *ev);

/*
 * The event that the device has latched, whether KVM_RUN has returned it or
 * not; false if none is outstanding.  @vcpus: all of the VM.
 */
bool exit_latched(const struct backend *backend, const struct vcpu *vcpus,
		  struct guest_event *ev);

bool exit_answers(struct backend *backend, struct vcpu *vcpu);

#endif /* EXIT_DECODE_H */
