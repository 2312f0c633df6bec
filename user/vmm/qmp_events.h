/* SPDX-License-Identifier: GPL-2.0-only */
/* What happens to a VM, as events of QEMU's, to its monitor if it has one. */
#ifndef QMP_EVENTS_H
#define QMP_EVENTS_H

#include "panic/panic.h"

struct server;
struct record;

/* An event without data. */
void qmp_event_plain(struct server *server, const char *name);

/* GUEST_PANICKED, GUEST_CRASHLOADED or GUEST_PVSHUTDOWN. */
void qmp_event_report(struct server *server, const struct record *record);

/* A RESET that a monitor asked for. */
void qmp_event_reset(struct server *server);

/* @name is SHUTDOWN or RESET. */
void qmp_event_end(struct server *server, const char *name, enum end end);

#endif /* QMP_EVENTS_H */
