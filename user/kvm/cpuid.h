/* SPDX-License-Identifier: GPL-2.0-only */
/* What CPUID says to a vCPU: what KVM supports, made true for this VM. */
#ifndef CPUID_H
#define CPUID_H

#include <stdbool.h>

#include "kvm/vm.h"

struct cpuid_facts {
	unsigned int id;	/* of the vCPU, and of its local APIC */
	unsigned int cpus;
	bool tsc_deadline;	/* KVM's local APIC has that timer */
	bool hyperv;		/* look like Hyper-V, not like KVM */
	bool crash_msrs_alone;	/* of what Hyper-V has, there are no others */
};

/* @cpuid: from vm_supported_cpuid(), changed in place. */
void cpuid_adapt(union vm_cpuid *cpuid, const struct cpuid_facts *facts);

#endif /* CPUID_H */
