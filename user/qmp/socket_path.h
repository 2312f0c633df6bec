/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A Unix socket's name in the file system: it appears listening and with mode
 * 0600, never replaces anything that is alive, and goes when its owner does.
 */
#ifndef SOCKET_PATH_H
#define SOCKET_PATH_H

#include <sys/types.h>
#include <sys/un.h>

struct socket_path {
	char name[sizeof(((struct sockaddr_un *)0)->sun_path)];
	struct socket_path *next;	/* in the list of those to remove */
	dev_t dev;	/* of the socket: another one of that name is not ours */
	ino_t ino;
};

/*
 * Sentences begin with the path, and are valid until the next call.
 *
 * A socket that listens at @name, nonblocking; or -1 and *@why.
 */
int socket_path_listen(struct socket_path *path, const char *name,
		       const char **why);

/*
 * 0; or -errno, and nothing has changed: -EEXIST if anything has that name,
 * dead or alive.
 */
int socket_path_move(struct socket_path *path, const char *name);

/* exit() removes all that are left. */
void socket_path_remove(struct socket_path *path);

#endif /* SOCKET_PATH_H */
