/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The monitor: a Unix stream socket whose clients speak QMP (qmp.h).  All of
 * it is in struct monitor, so what clients do cannot make panicvm grow; all of
 * it runs on the main thread and never waits, so what they do not do cannot
 * hold a vCPU up.
 */
#ifndef MONITOR_H
#define MONITOR_H

#include "base/loop.h"
#include "qmp/monitor_path.h"
#include "qmp/qmp.h"

/* One of zeros is closed: opening is all that can be done with it, and events. */
struct monitor {
	struct loop *loop;		/* NULL: it is closed */
	struct loop_source listener;
	struct monitor_path path;
	int spare;			/* to be able to turn a client away */
	struct qmp qmp;
};

/*
 * Listen at @path, mode 0600.  A socket that a dead process left there is
 * replaced.  NULL; or a sentence that begins with the path and is valid until
 * the next call, and the monitor is closed.
 */
const char *monitor_open(struct monitor *monitor, struct loop *loop,
			 const struct qmp_ops *ops, struct machine *machine,
			 const char *path);

/* The path goes, clients are hung up on; what was sent to them arrives. */
void monitor_close(struct monitor *monitor);

/* Clients stay connected.  0; or -EEXIST or another -errno: then it stays. */
int monitor_rename(struct monitor *monitor, const char *path);

#endif /* MONITOR_H */
