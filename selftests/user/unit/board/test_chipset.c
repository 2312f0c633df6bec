// SPDX-License-Identifier: GPL-2.0-only
/* Which device answers at a port, and what ends a VM. */
#include "board/chipset.h"
#include "board/sink.h"
#include "kvm/vm.h"
#include "tap.h"

#define EXIT_PORT	0xf4
#define COM2		0x2f8

static const struct vm no_vm = { .fd = -1 };
static struct chipset chipset;

static enum end write_port(uint16_t port, uint8_t value)
{
	const struct vcpu_access access = { port, 1, true };

	return chipset_access(&chipset, &access, &value);
}

static uint8_t read_port(uint16_t port)
{
	const struct vcpu_access access = { port, 1, false };
	uint8_t value = 0;

	chipset_access(&chipset, &access, &value);
	return value;
}

static void test_exit(void)
{
	struct chipset_ends ends = { .emptied = -1, .exit_port = -1 };

	chipset_init(&chipset, &no_vm, &ends);
	claim_number(write_port(EXIT_PORT, 3), END_NONE,
		     "chipset: no port ends a VM that was given none");
	ends.exit_port = EXIT_PORT;
	chipset_init(&chipset, &no_vm, &ends);
	claim(chipset.exit_value < 0, "chipset: nothing has been written there");
	claim_number(read_port(EXIT_PORT), 0xff,
		     "chipset: reading the exit port is no end");
	claim_number(write_port(EXIT_PORT, 0), END_EXIT,
		     "chipset: writing it is one, also of 0");
	claim_number(write_port(EXIT_PORT, 3), END_EXIT,
		     "chipset: another vCPU may do so at the same time");
	claim_number((uint64_t)chipset.exit_value, 0,
		     "chipset: the first one's value counts");
}

static void test_com2(void)
{
	struct chipset_ends ends = { .emptied = -1, .exit_port = -1 };
	struct sink results = { 0 };

	chipset_init(&chipset, &no_vm, &ends);
	claim_number(read_port(COM2 + 5), 0xff, "chipset: no COM2");
	ends.results = &results;
	chipset_init(&chipset, &no_vm, &ends);
	claim_number(read_port(COM2 + 5), 0x60,
		     "chipset: COM2, when there is a place for its bytes");
	claim(chipset_is_com2(COM2 + 7) && !chipset_is_com2(COM2 + 8) &&
	      !chipset_is_com2(COM2 - 1), "chipset: at eight ports");
}

void test_chipset(void)
{
	test_exit();
	test_com2();
}
