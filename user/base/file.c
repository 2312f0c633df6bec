// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

size_t file_dir_len(const char *path)
{
	return (size_t)(file_name(path) - path);
}

const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int file_open_dir(const char *path, int flags)
{
	size_t len = file_dir_len(path);
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

int file_read(int fd, uint64_t at, void *to, uint64_t len)
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
