/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The monitor: a Unix stream socket whose clients speak QMP (qmp.h).  All of
 * it is in struct monitor, so what clients do cannot make panicvm grow; all of
 * it runs on the main thread and never waits, so what they do not do cannot
 * hold a vCPU up.
 */
#ifndef MONITOR_H
#define MONITOR_H

#include <sys/un.h>

#include "client.h"
#include "loop.h"

struct machine;

#define MONITOR_CLIENTS	8

struct monitor {
	struct machine *machine;
	struct loop *loop;
	struct loop_source listener;	/* fd is -1: it is not open */
	int spare;			/* to be able to turn a client away */
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	/* Of a dump under way that a client asked for; else -1 and "". */
	int dump_fd;
	char dump_path[4096];
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

/* Clients stay connected.  NULL or a sentence, valid until the next call. */
const char *monitor_rename(struct monitor *monitor, const char *path);

/* To every client that is ready.  @data: a JSON object, or NULL. */
void monitor_event(struct monitor *monitor, const char *name,
		   const char *data);

/*
 * The dump that control_dump() began is over: sends DUMP_COMPLETED with what
 * control_last_dump() has, and answers the client that waits for it.
 */
void monitor_dump_done(struct monitor *monitor);

#endif /* MONITOR_H */
