// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fleet/copy.h"

static int write_all(int fd, const char *bytes, size_t len, off_t at)
{
	while (len) {
		ssize_t n = pwrite(fd, bytes, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		bytes += n;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

/* From @at to @end there is no hole. */
static int copy_data(int in, int out, off_t at, off_t end)
{
	static char buf[64 * 1024];

	while (at < end) {
		size_t want = sizeof(buf);
		ssize_t n;
		int err;

		if (end - at < (off_t)want)
			want = (size_t)(end - at);
		n = pread(in, buf, want, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -ENODATA;
		err = write_all(out, buf, (size_t)n, at);
		if (err)
			return err;
		at += n;
	}
	return 0;
}

static int copy_all(int in, int out)
{
	struct stat st;
	off_t at = 0, end;
	int err;

	if (fstat(in, &st) < 0)
		return -errno;
	while (at < st.st_size) {
		at = lseek(in, at, SEEK_DATA);
		/* The rest is a hole. */
		if (at < 0 && errno == ENXIO)
			break;
		end = at < 0 ? -1 : lseek(in, at, SEEK_HOLE);
		if (end < 0)
			return -errno;
		err = copy_data(in, out, at, end);
		if (err)
			return err;
		at = end;
	}
	if (ftruncate(out, st.st_size) < 0 || fsync(out) < 0)
		return -errno;
	return 0;
}

int copy_file(int from, int to, const char *name)
{
	int in, out, err;

	in = openat(from, name, O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return errno == ENOENT ? 0 : -errno;
	out = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	err = out < 0 ? -errno : copy_all(in, out);
	if (out >= 0 && close(out) < 0 && !err)
		err = -errno;
	close(in);
	return err;
}
