// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "kvm/cpuid.h"
#include "tap.h"

static union vm_cpuid cpuid;

static const struct kvm_cpuid_entry2 host[] = {
	{ .function = 0x1, .ebx = 0x07100800, .edx = 1U << 28 },
	{ .function = 0xb, .index = 0, .eax = 1, .ebx = 2, .ecx = 0x100,
	  .edx = 7 },
	{ .function = 0xb, .index = 1, .eax = 4, .ebx = 16, .ecx = 0x201,
	  .edx = 7 },
	{ .function = 0x40000000, .eax = 0x40000001, .ebx = 0x4b4d564b,
	  .ecx = 0x564b4d56, .edx = 0x4d },
	{ .function = 0x40000001, .eax = 0x0100007b },
	{ .function = 0x40000100, .ebx = 0x4b4d564b },
	{ .function = 0x80000008, .eax = 0x3028, .ecx = 0x400f },
	{ .function = 0x8000001e, .eax = 7, .ebx = 0x103 },
};

static const struct kvm_cpuid_entry2 *leaf(uint32_t function, uint32_t index)
{
	static const struct kvm_cpuid_entry2 none;
	unsigned int i;

	for (i = 0; i < cpuid.table.nent; i++)
		if (cpuid.table.entries[i].function == function &&
		    cpuid.table.entries[i].index == index)
			return &cpuid.table.entries[i];
	return &none;
}

static void adapt(unsigned int id, unsigned int cpus, bool hyperv,
		  bool alone)
{
	const struct cpuid_facts facts = {
		.id = id,
		.cpus = cpus,
		.tsc_deadline = true,
		.hyperv = hyperv,
		.crash_msrs_alone = alone,
	};

	memset(&cpuid, 0, sizeof(cpuid));
	memcpy(cpuid.table.entries, host, sizeof(host));
	cpuid.table.nent = sizeof(host) / sizeof(host[0]);
	cpuid_adapt(&cpuid, &facts);
}

static void test_topology(void)
{
	adapt(5, 6, false, false);
	claim_number(leaf(1, 0)->ebx, 0x05060800,
		     "cpuid: leaf 1 has the APIC id and the count");
	claim_number(leaf(1, 0)->ecx, 1U << 31 | 1U << 24,
		     "cpuid: and says hypervisor and TSC deadline");
	claim(leaf(0xb, 0)->edx == 5 && leaf(0xb, 0)->ebx == 1 &&
	      leaf(0xb, 0)->eax == 0, "cpuid: one thread a core");
	claim(leaf(0xb, 1)->edx == 5 && leaf(0xb, 1)->ebx == 6 &&
	      leaf(0xb, 1)->eax == 3, "cpuid: six cores take three bits");
	claim_number(leaf(0x80000008, 0)->ecx, 0x3005, "cpuid: AMD's count");
	claim_number(leaf(0x8000001e, 0)->eax, 5, "cpuid: AMD's APIC id");

	adapt(0, 1, false, false);
	claim(!(leaf(1, 0)->edx & 1U << 28) && leaf(0xb, 1)->eax == 0,
	      "cpuid: a single vCPU has no siblings");
}

static void test_hypervisor(void)
{
	adapt(0, 1, false, false);
	claim_number(leaf(0x40000000, 0)->ebx, 0x4b4d564b,
		     "cpuid: KVM says that it is KVM");

	adapt(0, 1, true, false);
	claim(!memcmp(&leaf(0x40000000, 0)->ebx, "Micr", 4) &&
	      !memcmp(&leaf(0x40000000, 0)->ecx, "osof", 4) &&
	      !memcmp(&leaf(0x40000000, 0)->edx, "t Hv", 4),
	      "cpuid: for hyperv, that it is Microsoft Hv");
	claim(leaf(0x40000000, 0)->eax >= 0x40000005,
	      "cpuid: with all the leaves that Linux wants");
	claim(!memcmp(&leaf(0x40000001, 0)->eax, "Hv#1", 4),
	      "cpuid: and the interface's name");
	claim_number(leaf(0x40000003, 0)->eax & 0x60, 0x60,
		     "cpuid: hypercall and VP index MSRs");
	claim_number(leaf(0x40000003, 0)->edx & 1U << 10, 1U << 10,
		     "cpuid: crash MSRs");
	claim_number(leaf(0x40000100, 0)->function, 0,
		     "cpuid: KVM's leaves are gone");

	adapt(0, 1, true, true);
	claim(leaf(0x40000003, 0)->edx == 1U << 10 &&
	      !leaf(0x40000003, 0)->eax,
	      "cpuid: where there is no more of Hyper-V, crash MSRs alone");
}

void test_cpuid(void)
{
	test_topology();
	test_hypervisor();
}
