// SPDX-License-Identifier: GPL-2.0-only
/*
 * Behind KVM's interrupt controllers and timer there is little: COM1, COM2 if
 * its bytes are wanted, the time, enough of ACPI's fixed hardware to power off, two
 * ways to reset, and a port to end by if it is wanted.  A wider access is one access
 * to each byte, as on the ISA bus.  All else reads as ones: that is how a guest finds
 * out that there is no PCI and no VGA.
 */
#include <string.h>
#include <time.h>

#include "board/acpi.h"
#include "board/chipset.h"
#include "board/console.h"
#include "board/rtc.h"
#include "kvm/vm.h"

#define COM1			0x3f8
#define COM1_IRQ		4
#define COM2			0x2f8
#define COM2_IRQ		3
#define COM_REGS		8

#define KEYBOARD_STATUS		0x64
#define KEYBOARD_RESET		0xfe
#define RESET_CPU		0x04

/* High byte of PM1_CNT: SLP_EN, and SLP_TYP of \_S5 in dsdt.asl, which is 0 */
#define SLP_EN			0x20
#define SLP_TYP			0x1c
#define SCI_EN			0x01

#define IOAPIC			0xfec00000
#define LAPIC			0xfee00000

struct range {
	uint64_t first;
	uint64_t last;
};

static const struct range ports[] = {
	{ 0x20, 0x21 }, { 0xa0, 0xa1 }, { 0x4d0, 0x4d1 },	/* KVM's PIC */
	{ 0x40, 0x43 }, { 0x61, 0x61 },				/* KVM's PIT */
	{ KEYBOARD_STATUS, KEYBOARD_STATUS },
	{ RTC_INDEX, RTC_DATA },
	{ COM1, COM1 + COM_REGS - 1 },
	{ ACPI_PM1_EVENT, ACPI_PM_END - 1 },
	{ ACPI_RESET, ACPI_RESET },
};

/* Whole pages: a guest maps no less of them. */
static const struct range mmio[] = {
	{ IOAPIC, IOAPIC + PAGE_SIZE - 1 },			/* KVM's */
	{ LAPIC, LAPIC + PAGE_SIZE - 1 },
	{ VM_REAL_MODE_AT, VM_REAL_MODE_AT + VM_REAL_MODE_SIZE - 1 },
};

static bool is_in(const struct range *ranges, size_t nr, uint64_t at)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (at >= ranges[i].first && at <= ranges[i].last)
			return true;
	return false;
}

bool chipset_owns(uint16_t port)
{
	return is_in(ports, sizeof(ports) / sizeof(ports[0]), port);
}

bool chipset_owns_mmio(uint64_t gpa)
{
	return is_in(mmio, sizeof(mmio) / sizeof(mmio[0]), gpa);
}

static bool is_com1(uint16_t port)
{
	return port >= COM1 && port < COM1 + COM_REGS;
}

bool chipset_is_com2(uint16_t port)
{
	return port >= COM2 && port < COM2 + COM_REGS;
}

static bool is_com2(const struct chipset *c, uint16_t port)
{
	return c->ends.results && chipset_is_com2(port);
}

static bool is_pm1_enable(uint16_t port)
{
	return port >= ACPI_PM1_ENABLE && port < ACPI_PM1_CONTROL;
}

static uint8_t read_clock(const struct chipset *c)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return rtc_read(c->rtc_index, now.tv_sec);
}

static uint8_t read_byte(struct chipset *c, uint16_t port)
{
	if (is_com1(port))
		return serial_read(&c->serial, port - COM1);
	if (is_com2(c, port))
		return serial_read(&c->com2, port - COM2);
	if (port == RTC_DATA)
		return read_clock(c);
	/* ACPI mode is on from the start: there is no SMI to turn it on. */
	if (port == ACPI_PM1_CONTROL)
		return SCI_EN;
	if (is_pm1_enable(port))
		return c->pm1_enable[port - ACPI_PM1_ENABLE];
	if (port >= ACPI_PM1_EVENT && port < ACPI_PM_END)
		return 0;
	/* Nothing in the way of a command: a guest waits for that. */
	if (port == KEYBOARD_STATUS)
		return 0;
	return 0xff;
}

/* Of several vCPUs the first one counts. */
static enum end exit_with(struct chipset *c, uint8_t value)
{
	int none = -1;

	atomic_compare_exchange_strong(&c->exit_value, &none, value);
	return END_EXIT;
}

/* Counted first: its reader may keep the vCPU waiting. */
static void write_com1(struct chipset *c, unsigned int reg, uint8_t value)
{
	if (!serial_write(&c->serial, reg, value))
		return;
	c->transmitted++;
	console_put(c->ends.console, value);
}

static void write_com2(struct chipset *c, unsigned int reg, uint8_t value)
{
	if (!serial_write(&c->com2, reg, value))
		return;
	c->transmitted++;
	sink_put(c->ends.results, value);
}

static enum end write_byte(struct chipset *c, uint16_t port, uint8_t value)
{
	if (is_com1(port)) {
		write_com1(c, port - COM1, value);
	} else if (is_com2(c, port)) {
		write_com2(c, port - COM2, value);
	} else if (port == RTC_INDEX) {
		c->rtc_index = value;
	} else if (is_pm1_enable(port)) {
		c->pm1_enable[port - ACPI_PM1_ENABLE] = value;
	} else if (port == ACPI_PM1_CONTROL + 1) {
		if ((value & (SLP_EN | SLP_TYP)) == SLP_EN)
			return END_POWER_OFF;
	} else if (port == KEYBOARD_STATUS && value == KEYBOARD_RESET) {
		return END_RESET;
	} else if (port == c->ends.exit_port) {
		return exit_with(c, value);
	}
	return END_NONE;
}

/* Only alone: it lies within PCI's address port, which is four bytes wide. */
static bool is_reset(const struct vcpu_access *access, uint8_t value)
{
	return access->at == ACPI_RESET && access->size == 1 &&
	       access->write && value & RESET_CPU;
}

void chipset_init(struct chipset *chipset, const struct vm *vm,
		  const struct chipset_ends *ends)
{
	memset(chipset, 0, sizeof(*chipset));
	chipset->ends = *ends;
	chipset->exit_value = -1;
	serial_init(&chipset->serial, vm, COM1_IRQ, ends->emptied);
	serial_init(&chipset->com2, vm, COM2_IRQ, -1);
}

enum end chipset_access(struct chipset *chipset,
			const struct vcpu_access *access, uint8_t *data)
{
	unsigned int i;

	if (is_reset(access, *data))
		return END_RESET;
	for (i = 0; i < access->size; i++) {
		uint16_t port = (uint16_t)(access->at + i);
		enum end end;

		if (!access->write) {
			data[i] = read_byte(chipset, port);
			continue;
		}
		end = write_byte(chipset, port, data[i]);
		if (end != END_NONE)
			return end;
	}
	return END_NONE;
}
