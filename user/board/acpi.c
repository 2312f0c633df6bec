// SPDX-License-Identifier: GPL-2.0-only
/*
 * What cannot be known when iasl runs is written here: addresses, the number
 * of vCPUs, where pvpanic is, and the checksums that this upsets.
 */
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "board/acpi.h"
#include "board/acpi/apic.hex"
#include "board/acpi/com2.hex"
#include "board/acpi/dsdt.hex"
#include "board/acpi/facp.hex"
#include "board/acpi/facs.hex"
#include "board/acpi/pvpanic_isa.hex"
#include "board/acpi/pvpanic_mmio.hex"
#include "board/acpi/rsdp.hex"
#include "board/acpi/xsdt.hex"

#define TABLES_AT	0xe0000
#define TABLES_END	0x100000
#define ALIGN		64	/* the FACS wants it */

#define HEADER_LENGTH	4
#define HEADER_CHECKSUM	9
#define HEADER_SIZE	36
#define FADT_X_FACS	132
#define FADT_X_DSDT	140
#define FADT_FACS	36
#define FADT_DSDT	40
#define RSDP_CHECKSUM	8
#define RSDP_V1_SIZE	20
#define RSDP_XSDT	24
#define RSDP_X_CHECKSUM	32
#define MADT_LAPIC_SIZE	8

struct tables {
	const struct mem *mem;
	uint64_t next;			/* free from here on */
	uint64_t root[5];		/* what the XSDT lists */
	unsigned int nr;
};

static void put32(uint8_t *at, uint32_t value)
{
	memcpy(at, &value, sizeof(value));
}

static void put64(uint8_t *at, uint64_t value)
{
	memcpy(at, &value, sizeof(value));
}

/* All bytes of a table add up to 0. */
static void seal(uint8_t *table, size_t len, size_t checksum_at)
{
	uint8_t sum = 0;
	size_t i;

	table[checksum_at] = 0;
	for (i = 0; i < len; i++)
		sum += table[i];
	table[checksum_at] = (uint8_t)-sum;
}

static uint8_t *place(struct tables *t, const uint8_t *aml, size_t len,
		      uint64_t *at)
{
	uint8_t *to;

	*at = t->next;
	assert(*at + len <= TABLES_END);
	to = mem_at(t->mem, *at, len);
	memcpy(to, aml, len);
	t->next += (len + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	return to;
}

static void place_fadt(struct tables *t)
{
	uint64_t facs, dsdt;
	uint8_t *fadt;

	place(t, facs_aml_code, sizeof(facs_aml_code), &facs);
	place(t, dsdt_aml_code, sizeof(dsdt_aml_code), &dsdt);
	fadt = place(t, facp_aml_code, sizeof(facp_aml_code),
		     &t->root[t->nr++]);
	put32(fadt + FADT_FACS, (uint32_t)facs);
	put32(fadt + FADT_DSDT, (uint32_t)dsdt);
	put64(fadt + FADT_X_FACS, 0);
	put64(fadt + FADT_X_DSDT, dsdt);
	seal(fadt, sizeof(facp_aml_code), HEADER_CHECKSUM);
}

/* The local APICs stand at the end of the table: drop those without a vCPU. */
static void place_madt(struct tables *t, unsigned int cpus)
{
	size_t len = sizeof(apic_aml_code) -
		     (MAX_VCPUS - cpus) * MADT_LAPIC_SIZE;
	uint8_t *madt = place(t, apic_aml_code, len, &t->root[t->nr++]);

	put32(madt + HEADER_LENGTH, (uint32_t)len);
	seal(madt, len, HEADER_CHECKSUM);
}

/* With the @size bytes at @to in place of those of a default, @from. */
static void place_ssdt(struct tables *t, const uint8_t *aml, size_t len,
		       const uint8_t *from, const uint8_t *to, size_t size)
{
	uint8_t *ssdt = place(t, aml, len, &t->root[t->nr++]);
	uint8_t *at = memmem(ssdt, len, from, size);

	assert(at);
	memcpy(at, to, size);
	seal(ssdt, len, HEADER_CHECKSUM);
}

/* An IO descriptor of _CRS, as iasl writes one: 16-bit decode, one port. */
static void io_descriptor(uint8_t out[8], uint16_t port)
{
	const uint8_t lo = port & 0xff, hi = port >> 8;
	const uint8_t bytes[8] = { 0x47, 0x01, lo, hi, lo, hi, 0x01, 0x01 };

	memcpy(out, bytes, sizeof(bytes));
}

static void place_isa(struct tables *t, uint16_t port)
{
	uint8_t from[8], to[8];

	io_descriptor(from, PVPANIC_ISA_PORT);
	io_descriptor(to, port);
	place_ssdt(t, pvpanic_isa_aml_code, sizeof(pvpanic_isa_aml_code),
		   from, to, sizeof(to));
}

/* The range of a QWord memory descriptor: one address, first and last. */
static void mmio_range(uint8_t out[16], uint64_t gpa)
{
	put64(out, gpa);
	put64(out + 8, gpa);
}

static void place_mmio(struct tables *t, uint64_t gpa)
{
	uint8_t from[16], to[16];

	mmio_range(from, PVPANIC_MMIO_ADDR);
	mmio_range(to, gpa);
	place_ssdt(t, pvpanic_mmio_aml_code, sizeof(pvpanic_mmio_aml_code),
		   from, to, sizeof(to));
}

static uint64_t place_xsdt(struct tables *t)
{
	size_t len = HEADER_SIZE + t->nr * sizeof(uint64_t);
	uint64_t at;
	uint8_t *xsdt;

	assert(len <= sizeof(xsdt_aml_code));
	xsdt = place(t, xsdt_aml_code, len, &at);
	put32(xsdt + HEADER_LENGTH, (uint32_t)len);
	memcpy(xsdt + HEADER_SIZE, t->root, t->nr * sizeof(uint64_t));
	seal(xsdt, len, HEADER_CHECKSUM);
	return at;
}

uint64_t acpi_place(const struct mem *mem, unsigned int cpus,
		    const struct models *models, bool com2)
{
	struct tables t = { .mem = mem, .next = TABLES_AT };
	uint8_t *rsdp;
	uint64_t at;

	/* First, and on 16 bytes: a guest that is not told scans for it. */
	rsdp = place(&t, rsdp_aml_code, sizeof(rsdp_aml_code), &at);
	place_fadt(&t);
	place_madt(&t, cpus);
	if (models->isa)
		place_isa(&t, models->isa_port);
	if (models->mmio)
		place_mmio(&t, models->mmio_addr);
	if (com2)
		place(&t, com2_aml_code, sizeof(com2_aml_code),
		      &t.root[t.nr++]);
	put64(rsdp + RSDP_XSDT, place_xsdt(&t));
	seal(rsdp, RSDP_V1_SIZE, RSDP_CHECKSUM);
	seal(rsdp, sizeof(rsdp_aml_code), RSDP_X_CHECKSUM);
	return at;
}
