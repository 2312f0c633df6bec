/* SPDX-License-Identifier: GPL-2.0-only */
/* What happens to a VM, as events of QEMU's, to its monitor if it has one. */
#ifndef ANNOUNCE_H
#define ANNOUNCE_H

#include "panic/panic.h"

struct monitor;
struct record;

/* An event without data. */
void announce(struct monitor *monitor, const char *name);

/* GUEST_PANICKED, GUEST_CRASHLOADED or GUEST_PVSHUTDOWN. */
void announce_event(struct monitor *monitor, const struct record *record);

/* A RESET that a monitor asked for. */
void announce_reset(struct monitor *monitor);

/* @name is SHUTDOWN or RESET. */
void announce_end(struct monitor *monitor, const char *name, enum end end);

#endif /* ANNOUNCE_H */
