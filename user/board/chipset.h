/* SPDX-License-Identifier: GPL-2.0-only */
/* The I/O ports: who answers at which, and what power-off and reset are. */
#ifndef CHIPSET_H
#define CHIPSET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "panic/panic.h"

struct machine;

struct chipset_access {
	uint16_t port;
	uint8_t size;	/* bytes: 1, 2 or 4 */
	bool in;	/* the guest reads */
};

/* PM1_EN: no fixed event ever comes, but a guest checks that it enabled one. */
struct chipset {
	atomic_uchar pm1_enable[2];
};

/* Does a device of the VM, KVM's own ones included, answer at @port? */
bool chipset_owns(uint16_t port);

/* The same for a guest physical address outside RAM. */
bool chipset_owns_mmio(uint64_t gpa);

/*
 * One access; @data is what is written, or where to put what is read.  Says
 * END_POWER_OFF or END_RESET when that is what the guest asked for.
 */
enum end chipset_access(struct machine *machine,
			const struct chipset_access *access, uint8_t *data);

#endif /* CHIPSET_H */
