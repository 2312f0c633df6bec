/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A Unix socket's name in the file system: it appears listening and with mode
 * 0600, never replaces anything that is alive, and goes when its owner does.
 */
#ifndef MONITOR_PATH_H
#define MONITOR_PATH_H

#include <sys/types.h>
#include <sys/un.h>

struct monitor_path {
	char name[sizeof(((struct sockaddr_un *)0)->sun_path)];
	dev_t dev;	/* of the socket: another one of that name is not ours */
	ino_t ino;
};

/*
 * Sentences begin with the path, and are valid until the next call.
 *
 * A socket that listens at @name, nonblocking; or -1 and *@why.
 */
int monitor_path_listen(struct monitor_path *path, const char *name,
			const char **why);

/*
 * 0; or -errno, and nothing has changed: -EEXIST if anything has that name,
 * dead or alive.
 */
int monitor_path_move(struct monitor_path *path, const char *name);

void monitor_path_remove(const struct monitor_path *path);

#endif /* MONITOR_PATH_H */
