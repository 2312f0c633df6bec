/* SPDX-License-Identifier: GPL-2.0-only */
/* What happens to a VM, as QEMU's events say it, to its monitor if it has one */
#ifndef ANNOUNCE_H
#define ANNOUNCE_H

#include "panic/panic.h"

struct machine;
struct record;

/* An event without data. */
void announce(struct machine *machine, const char *name);

/* GUEST_PANICKED, GUEST_CRASHLOADED or GUEST_PVSHUTDOWN. */
void announce_event(struct machine *machine, const struct record *record);

/* A RESET that a monitor asked for. */
void announce_reset(struct machine *machine);

/* @name is SHUTDOWN or RESET. */
void announce_end(struct machine *machine, const char *name, enum end end);

/* DUMP_COMPLETED, also of a dump that failed; who waits for it is answered. */
void announce_dump(struct machine *machine);

#endif /* ANNOUNCE_H */
