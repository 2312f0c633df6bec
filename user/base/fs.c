// SPDX-License-Identifier: GPL-2.0-only
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fs.h"

int fs_open_standard(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* It takes the lowest number that is free: this one. */
		if (open("/dev/null", O_RDWR) < 0)
			return -errno;
	}
	return 0;
}

void fs_hold(struct fs_held *held, int fd)
{
	assert(held->nr < FS_HELD_MAX);
	held->fd[held->nr++] = fd;
}

bool fs_is_held(const struct fs_held *held, const struct stat *st)
{
	struct stat other;
	unsigned int i;

	for (i = 0; i < held->nr; i++)
		if (!fstat(held->fd[i], &other) &&
		    other.st_dev == st->st_dev && other.st_ino == st->st_ino)
			return true;
	return false;
}
