// SPDX-License-Identifier: GPL-2.0-only
/* The codes that people meet; Microsoft's reference has some hundreds more. */
#include <stddef.h>

#include "panic/bugcheck.h"

struct bugcheck {
	uint64_t code;
	const char *name;
};

static const struct bugcheck bugchecks[] = {
	{ 0x01, "APC_INDEX_MISMATCH" },
	{ 0x0a, "IRQL_NOT_LESS_OR_EQUAL" },
	{ 0x19, "BAD_POOL_HEADER" },
	{ 0x1a, "MEMORY_MANAGEMENT" },
	{ 0x1e, "KMODE_EXCEPTION_NOT_HANDLED" },
	{ 0x24, "NTFS_FILE_SYSTEM" },
	{ 0x3b, "SYSTEM_SERVICE_EXCEPTION" },
	{ 0x4e, "PFN_LIST_CORRUPT" },
	{ 0x50, "PAGE_FAULT_IN_NONPAGED_AREA" },
	{ 0x51, "REGISTRY_ERROR" },
	{ 0x5c, "HAL_INITIALIZATION_FAILED" },
	{ 0x74, "BAD_SYSTEM_CONFIG_INFO" },
	{ 0x77, "KERNEL_STACK_INPAGE_ERROR" },
	{ 0x7a, "KERNEL_DATA_INPAGE_ERROR" },
	{ 0x7b, "INACCESSIBLE_BOOT_DEVICE" },
	{ 0x7e, "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED" },
	{ 0x7f, "UNEXPECTED_KERNEL_MODE_TRAP" },
	{ 0x80, "NMI_HARDWARE_FAILURE" },
	{ 0x8e, "KERNEL_MODE_EXCEPTION_NOT_HANDLED" },
	{ 0x9f, "DRIVER_POWER_STATE_FAILURE" },
	{ 0xa5, "ACPI_BIOS_ERROR" },
	{ 0xbe, "ATTEMPTED_WRITE_TO_READONLY_MEMORY" },
	{ 0xc2, "BAD_POOL_CALLER" },
	{ 0xc4, "DRIVER_VERIFIER_DETECTED_VIOLATION" },
	{ 0xc5, "DRIVER_CORRUPTED_EXPOOL" },
	{ 0xd1, "DRIVER_IRQL_NOT_LESS_OR_EQUAL" },
	{ 0xe2, "MANUALLY_INITIATED_CRASH" },
	{ 0xe3, "RESOURCE_NOT_OWNED" },
	{ 0xef, "CRITICAL_PROCESS_DIED" },
	{ 0xf4, "CRITICAL_OBJECT_TERMINATION" },
	{ 0xf7, "DRIVER_OVERRAN_STACK_BUFFER" },
	{ 0xfc, "ATTEMPTED_EXECUTE_OF_NOEXECUTE_MEMORY" },
	{ 0x101, "CLOCK_WATCHDOG_TIMEOUT" },
	{ 0x109, "CRITICAL_STRUCTURE_CORRUPTION" },
	{ 0x124, "WHEA_UNCORRECTABLE_ERROR" },
	{ 0x133, "DPC_WATCHDOG_VIOLATION" },
	{ 0x139, "KERNEL_SECURITY_CHECK_FAILURE" },
	{ 0x13a, "KERNEL_MODE_HEAP_CORRUPTION" },
	{ 0x154, "UNEXPECTED_STORE_EXCEPTION" },
	{ 0x161, "LIVE_SYSTEM_DUMP" },
	{ 0xc000021a, "STATUS_SYSTEM_PROCESS_TERMINATED" },
};

const char *bugcheck_name(uint64_t code)
{
	size_t i;

	for (i = 0; i < sizeof(bugchecks) / sizeof(bugchecks[0]); i++)
		if (bugchecks[i].code == code)
			return bugchecks[i].name;
	return NULL;
}
