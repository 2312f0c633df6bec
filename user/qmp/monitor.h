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
#include "qmp/client.h"
#include "qmp/monitor_path.h"

struct machine;

#define MONITOR_CLIENTS	8

/* One of zeros is closed: opening is all that can be done with it, and events. */
struct monitor {
	struct machine *machine;
	struct loop *loop;		/* NULL: it is closed */
	struct loop_source listener;
	struct monitor_path path;
	int spare;			/* to be able to turn a client away */
	int dump_fd;			/* that a dump under way writes to */
	struct client clients[MONITOR_CLIENTS];
};

/*
 * Listen at @path, mode 0600.  A socket that a dead process left there is
 * replaced.  NULL; or a sentence that begins with the path and is valid until
 * the next call, and the monitor is closed.
 */
const char *monitor_open(struct monitor *monitor, struct loop *loop,
			 struct machine *machine, const char *path);

/* The path goes, clients are hung up on; what was sent to them arrives. */
void monitor_close(struct monitor *monitor);

/* Clients stay connected.  0; or -EEXIST or another -errno: then it stays. */
int monitor_rename(struct monitor *monitor, const char *path);

/* To every client that is ready.  @data: a JSON object, or NULL. */
void monitor_event(struct monitor *monitor, const char *name,
		   const char *data);

/*
 * The dump that control_dump() began is over: sends DUMP_COMPLETED with what
 * control_last_dump() has, and answers the client that waits for it.
 */
void monitor_dump_done(struct monitor *monitor);

#endif /* MONITOR_H */
