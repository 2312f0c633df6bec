// SPDX-License-Identifier: GPL-2.0-only
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
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

static int open_out(const char *path, int flags)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY |
		      O_CLOEXEC | flags, 0666);

	return fd < 0 ? -errno : fd;
}

int fs_open_out(const char *path, int flags, int *hold)
{
	int fd = open_out(path, flags);
	struct stat st;

	*hold = -1;
	/* That is also what a socket says, or a device that is not there. */
	if (fd != -ENXIO || stat(path, &st) < 0 || !S_ISFIFO(st.st_mode))
		return fd;
	*hold = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	fd = open_out(path, flags);
	if (fd < 0 && *hold >= 0) {
		close(*hold);
		*hold = -1;
	}
	return fd;
}

bool fs_release_out(int fd, int *hold)
{
	struct pollfd end = { .fd = fd };

	if (*hold < 0)
		return true;
	close(*hold);
	*hold = -1;
	/* When the last process closes a FIFO, unread bytes in it are lost. */
	return poll(&end, 1, 0) != 1 || !(end.revents & POLLERR);
}

size_t fs_dir_len(const char *path)
{
	return (size_t)(fs_name(path) - path);
}

const char *fs_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int fs_open_dir(const char *path, int flags)
{
	size_t len = fs_dir_len(path);
	char dir[PATH_MAX] = ".";
	int fd;

	if (len >= sizeof(dir))
		return -ENAMETOOLONG;
	if (len) {
		memcpy(dir, path, len);
		dir[len] = '\0';
	}
	fd = open(dir, flags | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int fs_read(int fd, uint64_t at, void *to, uint64_t len)
{
	uint8_t *bytes = to;

	while (len) {
		ssize_t n = pread(fd, bytes, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -ENODATA;
		bytes += n;
		at += (uint64_t)n;
		len -= (uint64_t)n;
	}
	return 0;
}
