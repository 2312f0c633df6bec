// SPDX-License-Identifier: GPL-2.0-only
/* When a vCPU has halted for good, by what KVM says of it. */
#include <errno.h>
#include <string.h>

#include "kvm/vcpu.h"
#include "fake_kvm.h"
#include "tap.h"

#define OFF	0x2		/* rflags: interrupts are off */
#define ON	0x202

static const struct halted_case {
	uint32_t mp_state;
	uint64_t rflags;
	struct kvm_vcpu_events events;
	bool halted;
	const char *claim;
} cases[] = {
	{ KVM_MP_STATE_HALTED, OFF, { .flags = 0 }, true,
	  "vcpu: HLT with interrupts off is a halt for good" },
	{ KVM_MP_STATE_HALTED, ON, { .flags = 0 }, false,
	  "vcpu: not with interrupts on" },
	{ KVM_MP_STATE_HALTED, 0, { .flags = 0 }, false,
	  "vcpu: nor if its flags could not be read" },
	{ KVM_MP_STATE_RUNNABLE, OFF, { .flags = 0 }, false,
	  "vcpu: nor if it runs with interrupts off" },
	{ KVM_MP_STATE_SIPI_RECEIVED, OFF, { .flags = 0 }, false,
	  "vcpu: nor if it is being started" },
	{ KVM_MP_STATE_UNINITIALIZED, OFF, { .flags = 0 }, true,
	  "vcpu: one that was never started waits for another one" },
	{ KVM_MP_STATE_INIT_RECEIVED, OFF, { .flags = 0 }, true,
	  "vcpu: so does one after INIT" },
	{ KVM_MP_STATE_HALTED, OFF, { .nmi.pending = 1 }, false,
	  "vcpu: an NMI that is pending will wake it" },
	{ KVM_MP_STATE_HALTED, OFF, { .nmi = { .pending = 1, .masked = 1 } },
	  true, "vcpu: but not within an NMI" },
	{ KVM_MP_STATE_HALTED, OFF, { .nmi.injected = 1 }, false,
	  "vcpu: one that is being delivered will" },
	{ KVM_MP_STATE_HALTED, OFF, { .smi.pending = 1 }, false,
	  "vcpu: so will an SMI" },
	{ KVM_MP_STATE_HALTED, OFF, { .exception.pending = 1 }, false,
	  "vcpu: and an exception, as that of a single step" },
	{ KVM_MP_STATE_HALTED, OFF, { .exception.injected = 1 }, false,
	  "vcpu: in either form" },
};

static const struct halted_case *now;
static unsigned long refused;

int fake_vcpu_ioctl(unsigned long request, void *arg)
{
	struct kvm_mp_state *mp = arg;

	if (request == refused) {
		errno = EIO;
		return -1;
	}
	if (request == KVM_GET_MP_STATE)
		mp->mp_state = now->mp_state;
	else
		memcpy(arg, &now->events, sizeof(now->events));
	return 0;
}

void test_vcpu(void)
{
	struct vcpu vcpu = { .fd = -1 };
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		now = &cases[i];
		vcpu.regs.rflags = now->rflags;
		claim(vcpu_is_halted(&vcpu) == now->halted, now->claim);
	}
	now = &cases[0];
	vcpu.regs.rflags = now->rflags;
	refused = KVM_GET_MP_STATE;
	claim(!vcpu_is_halted(&vcpu), "vcpu: what KVM does not tell is no halt");
	refused = KVM_GET_VCPU_EVENTS;
	claim(!vcpu_is_halted(&vcpu), "vcpu: nor is this");
}
