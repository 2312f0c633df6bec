// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two things make KVM's own answer unfit.  Its topology is that of the host:
 * here every vCPU is a core with one thread, and APIC id and vCPU id are the
 * same.  And a Linux guest takes the Hyper-V crash path only if the hypervisor
 * with the highest leaf says that it is Hyper-V: so KVM's leaves give way.
 */
#include <string.h>

#include "kvm/cpuid.h"

#define ECX_TSC_DEADLINE	(1U << 24)
#define ECX_HYPERVISOR		(1U << 31)
#define EDX_HTT			(1U << 28)

#define LEAF_HYPERVISOR		0x40000000
#define LEAF_HYPERVISOR_END	0x50000000
#define LEAF_HV_FEATURES	0x40000003
#define LEAF_HV_LIMITS		0x40000005

/* 0x40000003 EAX and EDX */
#define HV_TIME_REF_COUNT	(1U << 1)
#define HV_HYPERCALL		(1U << 5)
#define HV_VP_INDEX		(1U << 6)
#define HV_REFERENCE_TSC	(1U << 9)
#define HV_FREQUENCY		(1U << 11)
#define HV_EDX_FREQUENCY	(1U << 8)
#define HV_EDX_CRASH		(1U << 10)

/* The frequencies spare the guest a calibration, which is slow when nested. */
static const struct kvm_cpuid_entry2 hyperv_leaves[] = {
	{ .function = LEAF_HYPERVISOR, .eax = LEAF_HV_LIMITS,
	  /* "Microsoft Hv" */
	  .ebx = 0x7263694d, .ecx = 0x666f736f, .edx = 0x76482074 },
	{ .function = 0x40000001, .eax = 0x31237648 /* "Hv#1" */ },
	{ .function = 0x40000002, .eax = 0x3839, .ebx = 0xa0000 },
	{ .function = LEAF_HV_FEATURES,
	  .eax = HV_TIME_REF_COUNT | HV_HYPERCALL | HV_VP_INDEX |
		 HV_REFERENCE_TSC | HV_FREQUENCY,
	  .edx = HV_EDX_FREQUENCY | HV_EDX_CRASH },
	{ .function = 0x40000004, .ebx = 0xfff },
	{ .function = LEAF_HV_LIMITS, .eax = 64, .ebx = 64 },
};

/* Bits that an APIC id of this VM takes. */
static uint32_t id_bits(unsigned int cpus)
{
	uint32_t bits = 0;

	while (1U << bits < cpus)
		bits++;
	return bits;
}

static void adapt_basic(struct kvm_cpuid_entry2 *e,
			const struct cpuid_facts *facts)
{
	e->ebx = (e->ebx & 0xffff) | facts->cpus << 16 | facts->id << 24;
	e->ecx |= ECX_HYPERVISOR;
	if (facts->tsc_deadline)
		e->ecx |= ECX_TSC_DEADLINE;
	if (facts->cpus > 1)
		e->edx |= EDX_HTT;
	else
		e->edx &= ~EDX_HTT;
}

/* Leaves 0xb and 0x1f: index 0 is the thread, index 1 the core. */
static void adapt_topology(struct kvm_cpuid_entry2 *e,
			   const struct cpuid_facts *facts)
{
	e->eax = 0;
	e->ebx = 0;
	e->ecx = e->index & 0xff;
	e->edx = facts->id;
	if (e->index > 1)
		return;
	e->eax = e->index ? id_bits(facts->cpus) : 0;
	e->ebx = e->index ? facts->cpus : 1;
	e->ecx |= (e->index + 1) << 8;
}

static void adapt_leaf(struct kvm_cpuid_entry2 *e,
		       const struct cpuid_facts *facts)
{
	switch (e->function) {
	case 0x1:
		adapt_basic(e, facts);
		break;
	case 0x4:	/* Intel's caches: cores in the package, none shared */
		e->eax &= 0x3fff;
		if (e->eax & 0x1f)
			e->eax |= (facts->cpus - 1) << 26;
		break;
	case 0xb:
	case 0x1f:
		adapt_topology(e, facts);
		break;
	case LEAF_HV_FEATURES:
		if (facts->crash_msrs_alone) {
			e->eax = 0;
			e->edx = HV_EDX_CRASH;
		}
		break;
	case 0x80000008:	/* AMD's count of cores, and the bits of ids */
		e->ecx = (facts->cpus - 1) | id_bits(facts->cpus) << 12;
		break;
	case 0x8000001d:	/* AMD's caches: none shared */
		e->eax &= 0x3fff;
		break;
	case 0x8000001e:	/* AMD's own ids: APIC, core, node */
		e->eax = facts->id;
		e->ebx = facts->id;
		e->ecx = 0;
		break;
	}
}

static bool is_hypervisor(const struct kvm_cpuid_entry2 *e)
{
	return e->function >= LEAF_HYPERVISOR &&
	       e->function < LEAF_HYPERVISOR_END;
}

/* KVM's leaves out, Hyper-V's in. */
static void become_hyperv(union vm_cpuid *cpuid)
{
	const unsigned int nr = sizeof(hyperv_leaves) / sizeof(*hyperv_leaves);
	unsigned int i, to = 0;

	for (i = 0; i < cpuid->table.nent; i++)
		if (!is_hypervisor(&cpuid->table.entries[i]))
			cpuid->table.entries[to++] = cpuid->table.entries[i];
	/* KVM's own table is far shorter than VM_CPUID_MAX. */
	for (i = 0; i < nr && to < VM_CPUID_MAX; i++)
		cpuid->table.entries[to++] = hyperv_leaves[i];
	cpuid->table.nent = to;
}

void cpuid_adapt(union vm_cpuid *cpuid, const struct cpuid_facts *facts)
{
	unsigned int i;

	if (facts->hyperv)
		become_hyperv(cpuid);
	for (i = 0; i < cpuid->table.nent; i++)
		adapt_leaf(&cpuid->table.entries[i], facts);
}
