/* SPDX-License-Identifier: GPL-2.0-only */
/* Descriptors that a client passed by SCM_RIGHTS, and the names of getfd. */
#ifndef PASSED_H
#define PASSED_H

#include <stddef.h>
#include <sys/socket.h>

#define PASSED_MAX	8
#define PASSED_NAME	64

struct passed {
	int newest;			/* without a name yet, or -1 */
	struct {
		int fd;			/* -1: the place is free */
		char name[PASSED_NAME];
	} named[PASSED_MAX];
};

/* Room for what one message may carry. */
#define PASSED_ROOM	CMSG_SPACE(PASSED_MAX * sizeof(int))

void passed_init(struct passed *passed);
void passed_close(struct passed *passed);

/* Keep the newest descriptor of @msg; close the others. */
void passed_receive(struct passed *passed, struct msghdr *msg);

/*
 * @name is shorter than PASSED_NAME; a descriptor that has it already goes.
 * -EBADF: there is none to name; -ENOSPC: all places are taken.
 */
int passed_name(struct passed *passed, const char *name);

/* For the caller to close, and the name is gone; -1: there is none. */
int passed_take(struct passed *passed, const char *name);

#endif /* PASSED_H */
