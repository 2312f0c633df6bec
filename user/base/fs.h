/* SPDX-License-Identifier: GPL-2.0-only */
/* Files: where they are, what is in them, and which are in use. */
#ifndef FS_H
#define FS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* stdin, stdout, stderr, kernel, initrd, report, results; and one more */
#define FS_HELD_MAX	8

/* Descriptors of the files that panicvm reads or writes, while it runs. */
struct fs_held {
	int fd[FS_HELD_MAX];
	unsigned int nr;
};

void fs_hold(struct fs_held *held, int fd);

/* Is @st that of one of them, whatever its name is? */
bool fs_is_held(const struct fs_held *held, const struct stat *st);

/*
 * First thing in main(): put /dev/null where stdin, stdout or stderr is
 * closed.  Else the next file that is opened gets that number, and the guest's
 * console is read from it or written to it.  0 or -errno.
 */
int fs_open_standard(void);

/*
 * A file to write to, which is made if it is not there; it does not block.
 * @flags: more for open().  Of a FIFO that nobody reads yet, *@hold is the other
 * end, so that its reader can come later; else -1.  A descriptor or -errno.
 */
int fs_open_out(const char *path, int flags, int *hold);

/*
 * At the end: close *@hold.  False: nobody has opened that FIFO, and what was
 * written is lost.
 */
bool fs_release_out(int fd, int *hold);

/* The directory part of @path, up to and with its last slash; or 0. */
size_t fs_dir_len(const char *path);

/* What follows that. */
const char *fs_name(const char *path);

/* The directory that @path lies in, open with @flags; or -errno. */
int fs_open_dir(const char *path, int flags);

/* All of @len bytes from @at on: 0, -errno, or -ENODATA if it ends before. */
int fs_read(int fd, uint64_t at, void *to, uint64_t len);

#endif /* FS_H */
