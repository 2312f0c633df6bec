// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "qmp/client_fds.h"

void client_fds_init(struct client_fds *fds)
{
	size_t i;

	fds->newest = -1;
	for (i = 0; i < CLIENT_FDS_MAX; i++)
		fds->named[i].fd = -1;
}

static void replace(int *place, int fd)
{
	if (*place >= 0)
		close(*place);
	*place = fd;
}

void client_fds_close(struct client_fds *fds)
{
	size_t i;

	replace(&fds->newest, -1);
	for (i = 0; i < CLIENT_FDS_MAX; i++)
		replace(&fds->named[i].fd, -1);
}

void client_fds_receive(struct client_fds *fds, struct msghdr *msg)
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
			replace(&fds->newest, fd);
		}
	}
}

static int find(const struct client_fds *fds, const char *name)
{
	int i;

	for (i = 0; i < CLIENT_FDS_MAX; i++)
		if (fds->named[i].fd >= 0 &&
		    !strcmp(fds->named[i].name, name))
			return i;
	return -1;
}

static int find_free(const struct client_fds *fds)
{
	int i;

	for (i = 0; i < CLIENT_FDS_MAX; i++)
		if (fds->named[i].fd < 0)
			return i;
	return -1;
}

int client_fds_name(struct client_fds *fds, const char *name)
{
	int i = find(fds, name);

	if (fds->newest < 0)
		return -EBADF;
	if (i < 0)
		i = find_free(fds);
	if (i < 0)
		return -ENOSPC;
	replace(&fds->named[i].fd, fds->newest);
	fds->newest = -1;
	memcpy(fds->named[i].name, name, strlen(name) + 1);
	return 0;
}

int client_fds_take(struct client_fds *fds, const char *name)
{
	int i = find(fds, name);
	int fd;

	if (i < 0)
		return -1;
	fd = fds->named[i].fd;
	fds->named[i].fd = -1;
	return fd;
}
