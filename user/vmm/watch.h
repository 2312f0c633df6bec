/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest that runs and gets nowhere.  In: a VM that runs, looked at once a
 * second.  Out: that it has halted for good, or was silent for too long; for
 * session.c to act on.
 */
#ifndef WATCH_H
#define WATCH_H

#include "vmm/machine.h"

/* How soon to call watch_is_due() again, in ms; -1: not by itself. */
int watch_ms(struct machine *machine);

/* Is there a reason to park the vCPUs, and call watch_end()? */
bool watch_is_due(struct machine *machine);

/* Then: END_HALTED, END_SILENCE, or END_NONE if the VM is to go on. */
enum end watch_end(struct machine *machine);

#endif /* WATCH_H */
