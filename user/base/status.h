/* SPDX-License-Identifier: GPL-2.0-only */
/* How panicvm ends: what its exit status says to a script. */
#ifndef STATUS_H
#define STATUS_H

enum status {
	STATUS_POWER_OFF = 0,	/* the guest powered off */
	STATUS_HOST = 1,	/* the host failed: try elsewhere, or again */
	STATUS_USAGE = 2,	/* what was asked for cannot be: mend it */
	STATUS_PANIC = 3,	/* the guest panicked */
	STATUS_FAULT = 4,	/* triple fault, or KVM gave up on the guest */
	STATUS_RESET = 5,	/* the guest asked for a reset */
	STATUS_HALTED = 6,	/* it halted for good */
	STATUS_EXIT = 16,	/* and more: it wrote that to --exit-port */
	STATUS_EXIT_MAX = 63,
	/* --timeout or --silence passed; timeout(1) says the same */
	STATUS_TIMEOUT = 124,
};

#endif /* STATUS_H */
