// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "qmp/passed.h"

void passed_init(struct passed *passed)
{
	size_t i;

	passed->newest = -1;
	for (i = 0; i < PASSED_MAX; i++)
		passed->named[i].fd = -1;
}

static void replace(int *place, int fd)
{
	if (*place >= 0)
		close(*place);
	*place = fd;
}

void passed_close(struct passed *passed)
{
	size_t i;

	replace(&passed->newest, -1);
	for (i = 0; i < PASSED_MAX; i++)
		replace(&passed->named[i].fd, -1);
}

void passed_receive(struct passed *passed, struct msghdr *msg)
{
	struct cmsghdr *c;
	size_t i;
	int fd;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (i = 0; CMSG_LEN((i + 1) * sizeof(fd)) <= c->cmsg_len;
		     i++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(fd), sizeof(fd));
			replace(&passed->newest, fd);
		}
	}
}

static int find(const struct passed *passed, const char *name)
{
	int i;

	for (i = 0; i < PASSED_MAX; i++)
		if (passed->named[i].fd >= 0 &&
		    !strcmp(passed->named[i].name, name))
			return i;
	return -1;
}

static int find_free(const struct passed *passed)
{
	int i;

	for (i = 0; i < PASSED_MAX; i++)
		if (passed->named[i].fd < 0)
			return i;
	return -1;
}

int passed_name(struct passed *passed, const char *name)
{
	int i = find(passed, name);

	if (passed->newest < 0)
		return -EBADF;
	if (i < 0)
		i = find_free(passed);
	if (i < 0)
		return -ENOSPC;
	replace(&passed->named[i].fd, passed->newest);
	passed->newest = -1;
	memcpy(passed->named[i].name, name, strlen(name) + 1);
	return 0;
}

int passed_take(struct passed *passed, const char *name)
{
	int i = find(passed, name);
	int fd;

	if (i < 0)
		return -1;
	fd = passed->named[i].fd;
	passed->named[i].fd = -1;
	return fd;
}
