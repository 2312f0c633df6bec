/* SPDX-License-Identifier: GPL-2.0-only */
/* Cores of a VM: that of --core, and those that a monitor asks for. */
#ifndef CORES_H
#define CORES_H

#include <stdbool.h>

#include "vmm/machine.h"

/* Does a panic with this action take one? */
bool core_is_due(const struct machine *machine, enum panic_action action);

/* Name the next one of --core in the record, which is yet to be written. */
void core_name(struct machine *machine, struct record_core *core);

/* False: it failed at once, which the record then says. */
bool core_start(struct machine *machine);

/*
 * If stderr is a terminal, show how far a core of --core is.  Returns when to
 * call this again, in ms, or -1.
 */
int core_progress(const struct machine *machine);

/* machine->dump has ended, or was cancelled: tell whom it concerns. */
void core_finish(struct machine *machine);

/* The directory that a client's dump goes to, if it is another than --core's. */
void core_close_dir(struct machine *machine);

#endif /* CORES_H */
