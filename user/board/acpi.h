/* SPDX-License-Identifier: GPL-2.0-only */
/* The ACPI tables: compiled by iasl from acpi/, finished and placed here. */
#ifndef ACPI_H
#define ACPI_H

#include <stdbool.h>
#include <stdint.h>

#include "guest/mem.h"
#include "guest/regs.h"
#include "panic/model.h"

/* The ports that the FADT names, for the code that emulates them. */
#define ACPI_PM1_EVENT	0x600
#define ACPI_PM1_ENABLE	0x602
#define ACPI_PM1_CONTROL	0x604
#define ACPI_RESET	0xcf9
#define ACPI_PM_END	0x606

/*
 * Place the tables of a guest with @cpus vCPUs and @models, and COM2 if @com2.
 * Returns the address of the RSDP, where a guest that is not told looks for it
 * too.
 */
uint64_t acpi_place(const struct mem *mem, unsigned int cpus,
		    const struct models *models, bool com2);

#endif /* ACPI_H */
