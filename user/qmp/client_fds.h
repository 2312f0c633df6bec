/* SPDX-License-Identifier: GPL-2.0-only */
/* Descriptors that a client passed by SCM_RIGHTS, and the names of getfd. */
#ifndef CLIENT_FDS_H
#define CLIENT_FDS_H

#include <stddef.h>
#include <sys/socket.h>

#define CLIENT_FDS_MAX	8
#define CLIENT_FDS_NAME	64

struct client_fds {
	int newest;			/* without a name yet, or -1 */
	struct {
		int fd;			/* -1: the place is free */
		char name[CLIENT_FDS_NAME];
	} named[CLIENT_FDS_MAX];
};

/* Room for what one message may carry. */
#define CLIENT_FDS_ROOM	CMSG_SPACE(CLIENT_FDS_MAX * sizeof(int))

void client_fds_init(struct client_fds *fds);
void client_fds_close(struct client_fds *fds);

/* Keep the newest descriptor of @msg; close the others. */
void client_fds_receive(struct client_fds *fds, struct msghdr *msg);

/*
 * @name is shorter than CLIENT_FDS_NAME; a descriptor that has it already goes.
 * -EBADF: there is none to name; -ENOSPC: all places are taken.
 */
int client_fds_name(struct client_fds *fds, const char *name);

/* For the caller to close, and the name is gone; -1: there is none. */
int client_fds_take(struct client_fds *fds, const char *name);

#endif /* CLIENT_FDS_H */
