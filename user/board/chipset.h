/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Room board/: the hardware that KVM does not have.  In: images, and accesses of
 * the guest's, from any vCPU thread.  Out: memory to boot from, ACPI tables,
 * answers to accesses, bytes of the serial ports, and whether the guest asked for
 * its end.  Nothing here may wait for the outside, but the console,
 * and that only until the vCPU is kicked.
 *
 * The chipset: the I/O ports, and which device answers at each.
 */
#ifndef CHIPSET_H
#define CHIPSET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "board/serial.h"
#include "kvm/vcpu.h"
#include "panic/panic.h"

struct console;
struct sink;
struct vm;

/* What the guest's devices lead to. */
struct chipset_ends {
	struct console *console;	/* COM1 */
	int emptied;			/* of COM1, see serial_room(), or -1 */
	struct sink *results;		/* COM2, or NULL: it is not there */
	int exit_port;			/* ends the VM; -1: none does */
};

struct chipset {
	struct chipset_ends ends;
	struct serial serial;		/* COM1 */
	struct serial com2;
	atomic_uchar rtc_index;
	/* No fixed event ever comes, but a guest checks that it enabled one. */
	atomic_uchar pm1_enable[2];
	atomic_int exit_value;		/* what END_EXIT is by; -1: nothing */
	atomic_uint transmitted;	/* bytes, by COM1 and COM2 */
};

/* Does a device of every VM, KVM's own ones included, answer at @port? */
bool chipset_owns(uint16_t port);

/* Does COM2, which not every VM has? */
bool chipset_is_com2(uint16_t port);

/* The same for a guest physical address outside RAM. */
bool chipset_owns_mmio(uint64_t gpa);

/* As after a reset. */
void chipset_init(struct chipset *chipset, const struct vm *vm,
		  const struct chipset_ends *ends);

/*
 * One access to a port; @data is what is written, or where to put what is read.
 * Says END_POWER_OFF, END_RESET or END_EXIT when that is what the guest asked
 * for.
 */
enum end chipset_access(struct chipset *chipset,
			const struct vcpu_access *access, uint8_t *data);

#endif /* CHIPSET_H */
