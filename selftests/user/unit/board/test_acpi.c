// SPDX-License-Identifier: GPL-2.0-only
/* The tables as a guest walks them: from the RSDP, by their own addresses. */
#include <stddef.h>
#include <string.h>

#include "board/acpi.h"
#include "tap.h"

#define HEADER		36
#define LAPIC		0
#define MADT_ENTRIES	44

static struct mem mem;

static uint32_t get32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static uint64_t get64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static bool adds_up(const uint8_t *table, size_t len)
{
	uint8_t sum = 0;

	while (len--)
		sum += *table++;
	return !sum;
}

/* The @i-th table of the XSDT, or NULL. */
static const uint8_t *root_table(const uint8_t *xsdt, unsigned int i)
{
	if (HEADER + 8 * (i + 1) > get32(xsdt + 4))
		return NULL;
	return mem_at(&mem, get64(xsdt + HEADER + 8 * i), HEADER);
}

static const uint8_t *find(const uint8_t *xsdt, const char *signature)
{
	const uint8_t *table;
	unsigned int i;

	for (i = 0; (table = root_table(xsdt, i)); i++)
		if (!memcmp(table, signature, 4))
			return table;
	return NULL;
}

static const uint8_t *place(unsigned int cpus, const struct models *models,
			    bool com2)
{
	const uint8_t *rsdp;

	memset(mem_at(&mem, 0, MIB), 0, MIB);
	rsdp = mem_at(&mem, acpi_place(&mem, cpus, models, com2),
		      HEADER);
	claim(!memcmp(rsdp, "RSD PTR ", 8) && adds_up(rsdp, 20) &&
	      adds_up(rsdp, 36), "acpi: the RSDP adds up, both ways");
	return mem_at(&mem, get64(rsdp + 24), HEADER);
}

static unsigned int count_cpus(const uint8_t *madt)
{
	uint32_t at, count = 0;

	for (at = MADT_ENTRIES; at < get32(madt + 4); at += madt[at + 1])
		count += madt[at] == LAPIC;
	return count;
}

static bool has_port(const uint8_t *ssdt, uint16_t port)
{
	const uint8_t io[] = { 0x47, 1, port & 0xff, port >> 8, port & 0xff,
			       port >> 8, 1, 1 };

	return memmem(ssdt, get32(ssdt + 4), io, sizeof(io));
}

/* A QWord memory descriptor of one byte at @gpa. */
static bool has_address(const uint8_t *ssdt, uint64_t gpa)
{
	const uint8_t head[] = { 0x8a, 0x2b, 0, 0 };
	const uint64_t range[] = { 0, gpa, gpa, 0, 1 };
	const uint8_t *at = memmem(ssdt, get32(ssdt + 4), head, sizeof(head));

	return at && !memcmp(at + 6, range, sizeof(range));
}

/* Eight ports from 0x2f8 on, and interrupt 3. */
static bool has_com2(const uint8_t *ssdt)
{
	const uint8_t crs[] = { 0x47, 1, 0xf8, 2, 0xf8, 2, 1, 8, 0x22, 8, 0 };

	return memmem(ssdt, get32(ssdt + 4), crs, sizeof(crs));
}

static void test_both(void)
{
	const struct models both = {
		.isa = true, .isa_port = 0x1234,
		.mmio = true, .mmio_addr = 0xabcdef123456,
	};
	const uint8_t *xsdt = place(1, &both, true);
	const uint8_t *isa = root_table(xsdt, 2), *mmio = root_table(xsdt, 3);

	const uint8_t *com2 = root_table(xsdt, 4);

	claim(isa && has_port(isa, 0x1234), "acpi: both kinds of pvpanic");
	claim(mmio && !memcmp(mmio, "SSDT", 4) && adds_up(mmio, get32(mmio + 4)),
	      "acpi: the second in a table that adds up");
	claim(mmio && has_address(mmio, 0xabcdef123456),
	      "acpi: at the address asked for");
	claim(isa && mmio && memcmp(isa + 16, mmio + 16, 8),
	      "acpi: their tables have different names");
	claim(com2 && adds_up(com2, get32(com2 + 4)) && has_com2(com2),
	      "acpi: and COM2, with its ports and interrupt, if it is there");
}

static void test_fadt(const uint8_t *fadt)
{
	const uint8_t *dsdt = mem_at(&mem, get64(fadt + 140), HEADER);

	claim(adds_up(fadt, get32(fadt + 4)), "acpi: the FADT adds up");
	claim(get32(fadt + 40) == get64(fadt + 140),
	      "acpi: both its addresses of the DSDT agree");
	claim(!memcmp(dsdt, "DSDT", 4) && adds_up(dsdt, get32(dsdt + 4)),
	      "acpi: the DSDT is there and adds up");
	claim(!memcmp(mem_at(&mem, get32(fadt + 36), 64), "FACS", 4) &&
	      !(get32(fadt + 36) % 64), "acpi: the FACS is there, aligned");
}

void test_acpi(void)
{
	const struct models none = { 0 };
	const struct models isa = { .isa = true, .isa_port = 0x1234 };
	const uint8_t *xsdt, *madt, *ssdt;

	if (mem_alloc(&mem, MIB)) {
		claim(false, "acpi: memory for the test");
		return;
	}
	xsdt = place(3, &none, false);
	claim(adds_up(xsdt, get32(xsdt + 4)), "acpi: the XSDT adds up");
	test_fadt(find(xsdt, "FACP"));
	madt = find(xsdt, "APIC");
	claim(adds_up(madt, get32(madt + 4)), "acpi: the MADT adds up");
	claim_number(count_cpus(madt), 3, "acpi: with one APIC for each vCPU");
	claim(!find(xsdt, "SSDT"), "acpi: no pvpanic and no COM2 unless asked for");

	xsdt = place(8, &isa, false);
	claim_number(count_cpus(find(xsdt, "APIC")), 8, "acpi: up to eight");
	ssdt = find(xsdt, "SSDT");
	claim(ssdt && adds_up(ssdt, get32(ssdt + 4)),
	      "acpi: pvpanic when asked for, and it adds up");
	claim(ssdt && has_port(ssdt, 0x1234) && !has_port(ssdt, 0x505),
	      "acpi: at the port asked for");
	test_both();
	mem_free(&mem);
}
