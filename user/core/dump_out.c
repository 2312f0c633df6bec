// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "core/dump_out.h"

const char *dump_out_refuses(const struct dump_target *target)
{
	struct stat st;

	/* Any error but ENOENT comes again, and is said, at openat(). */
	if (fstatat(target->dir, target->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return NULL;
	switch (st.st_mode & S_IFMT) {
	case S_IFREG:
		return target->held && fs_is_held(target->held, &st) ?
		       "is a file that panicvm reads or writes otherwise; name another" :
		       NULL;
	case S_IFDIR:
		return "is a directory; name a file in it";
	case S_IFLNK:
		return "is a symbolic link, which a core would replace; name the file itself";
	case S_IFIFO:
		return "is a FIFO, and a core replaces a regular file only; name another";
	case S_IFSOCK:
		return "is a socket, and a core replaces a regular file only; name another";
	default:
		return "is a device, and a core replaces a regular file only; name another";
	}
}

#define PARTIAL		".partial-"
#define PARTIAL_DIGITS	8

/* Is @file a partial of @name, or of @name.N, which is a later core's? */
static bool is_partial(const char *file, const char *name)
{
	size_t len = strlen(name), digits;

	if (strncmp(file, name, len))
		return false;
	file += len;
	digits = *file == '.' ? strspn(file + 1, "0123456789") : 0;
	if (digits)
		file += 1 + digits;
	if (strncmp(file, PARTIAL, strlen(PARTIAL)))
		return false;
	file += strlen(PARTIAL);
	return strlen(file) == PARTIAL_DIGITS &&
	       strspn(file, "0123456789abcdef") == PARTIAL_DIGITS;
}

/* A process that still writes to @file has it locked. */
static void remove_stale(int dir, const char *file)
{
	int fd = openat(dir, file, O_WRONLY | O_NONBLOCK | O_NOFOLLOW |
			O_CLOEXEC);

	if (fd < 0)
		return;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		unlinkat(dir, file, 0);
	close(fd);
}

/* readdir() would need system calls that the sandbox does not allow. */
void dump_out_clean(const struct dump_target *target)
{
	char bytes[4096] __attribute__((aligned(sizeof(uint64_t))));
	ssize_t len, at;

	lseek(target->dir, 0, SEEK_SET);
	while ((len = getdents64(target->dir, bytes, sizeof(bytes))) > 0) {
		for (at = 0; at < len;) {
			const struct dirent64 *entry = (void *)(bytes + at);

			if (is_partial(entry->d_name, target->name))
				remove_stale(target->dir, entry->d_name);
			at += entry->d_reclen;
		}
	}
}

/* Under a new name: one core may follow another. */
static int create(struct dump_out *out)
{
	struct timespec now;
	int len;

	clock_gettime(CLOCK_REALTIME, &now);
	len = snprintf(out->partial, sizeof(out->partial), "%s" PARTIAL "%0*x",
		       out->target.name, PARTIAL_DIGITS,
		       (unsigned int)now.tv_nsec);
	if (len < 0 || (size_t)len >= sizeof(out->partial))
		return -ENAMETOOLONG;
	/* The guest's memory is its user's business alone. */
	out->fd = openat(out->target.dir, out->partial,
			 O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return out->fd < 0 ? -errno : 0;
}

/* False if another panicvm was faster, and removes the file as stale. */
static bool lock(const struct dump_out *out)
{
	struct stat st;

	/* A file system may have no locks; then nothing is taken for stale. */
	if (flock(out->fd, LOCK_EX | LOCK_NB) < 0)
		return errno != EWOULDBLOCK;
	return fstat(out->fd, &st) < 0 || st.st_nlink;
}

static int create_locked(struct dump_out *out)
{
	int err;

	out->refused = dump_out_refuses(&out->target);
	if (out->refused)
		return -EEXIST;
	dump_out_clean(&out->target);
	while (!(err = create(out)) && !lock(out))
		close(out->fd);
	return err;
}

static bool is_own(const struct dump_out *out)
{
	return out->target.fd < 0;
}

/* Holes need a file, and that its end may be moved. */
static int take_fd(struct dump_out *out)
{
	int flags = fcntl(out->fd, F_GETFL);
	struct stat st;
	off_t at;

	if (flags < 0 || fstat(out->fd, &st) < 0)
		return -errno;
	out->is_stream = !S_ISREG(st.st_mode) || (flags & O_APPEND);
	out_init(&out->stream, out->fd);
	if (out->is_stream)
		return 0;
	at = lseek(out->fd, 0, SEEK_CUR);
	if (at < 0 || ftruncate(out->fd, at) < 0)
		return -errno;
	out->begin = (uint64_t)at;
	return 0;
}

int dump_out_open(struct dump_out *out, const struct dump_target *target,
		  int stop)
{
	*out = (struct dump_out){
		.target = *target, .fd = target->fd, .stop = stop,
	};
	return is_own(out) ? create_locked(out) : take_fd(out);
}

/* Until it takes something: a reader may be slow, and never come back. */
static int wait_for_reader(const struct dump_out *out)
{
	struct pollfd fds[] = {
		{ .fd = out->fd, .events = POLLOUT },
		{ .fd = out->stop, .events = POLLIN },
	};

	if (poll(fds, 2, -1) < 0 && errno != EINTR)
		return -errno;
	return fds[1].revents ? -ECANCELED : 0;
}

static int write_stream(const struct dump_out *out, const uint8_t *bytes,
			size_t len)
{
	while (len) {
		int err = wait_for_reader(out);
		ssize_t n = err ? err : out_some(&out->stream, bytes, len);

		if (n < 0)
			return (int)n;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

static int write_file(const struct dump_out *out, uint64_t at,
		      const uint8_t *bytes, size_t len)
{
	while (len) {
		ssize_t n = pwrite(out->fd, bytes, len,
				   (off_t)(out->begin + at));

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			bytes += n;
			at += (uint64_t)n;
			len -= (size_t)n;
		}
	}
	return 0;
}

int dump_out_write(const struct dump_out *out, uint64_t at, const void *bytes,
		   size_t len)
{
	return out->is_stream ? write_stream(out, bytes, len) :
				write_file(out, at, bytes, len);
}

uint64_t dump_out_room(const struct dump_out *out)
{
	struct statfs fs;

	/* Some file systems that do not know their size say 0 of 0. */
	if (out->is_stream || fstatfs(out->fd, &fs) < 0 || !fs.f_blocks)
		return UINT64_MAX;
	return (uint64_t)fs.f_bavail * (uint64_t)fs.f_bsize;
}

static int finish_fd(const struct dump_out *out, uint64_t size)
{
	off_t end = (off_t)(out->begin + size);

	if (out->is_stream)
		return 0;
	if (ftruncate(out->fd, end) < 0 || lseek(out->fd, end, SEEK_SET) < 0 ||
	    fsync(out->fd) < 0)
		return -errno;
	return 0;
}

int dump_out_finish(struct dump_out *out, uint64_t size)
{
	int err = finish_fd(out, size);

	if (err || !is_own(out))
		return err;
	/* Again: it may have taken minutes. */
	out->refused = dump_out_refuses(&out->target);
	if (out->refused)
		return -EEXIST;
	/* Rename it while it is locked: another panicvm removes it else. */
	if (renameat(out->target.dir, out->partial, out->target.dir,
		     out->target.name) < 0)
		return -errno;
	close(out->fd);
	out->fd = -1;
	/*
	 * From here on it is there, and whole.  If this fails, a power cut may
	 * yet cost it: no reason to remove it now.
	 */
	fsync(out->target.dir);
	return 0;
}

void dump_out_abandon(struct dump_out *out)
{
	if (is_own(out)) {
		if (out->fd >= 0)
			close(out->fd);
		unlinkat(out->target.dir, out->partial, 0);
	} else if (!out->is_stream && ftruncate(out->fd,
						(off_t)out->begin) < 0) {
		/* The client that passed it is told of the failure. */
		return;
	}
}
