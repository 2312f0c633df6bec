/* SPDX-License-Identifier: GPL-2.0-only */
/* Files: where they are, and all of what is in them. */
#ifndef FILE_H
#define FILE_H

#include <stddef.h>
#include <stdint.h>

/* The directory part of @path, up to and with its last slash; or 0. */
size_t file_dir_len(const char *path);

/* What follows that. */
const char *file_name(const char *path);

/* The directory that @path lies in, open with @flags; or -errno. */
int file_open_dir(const char *path, int flags);

/* All of @len bytes from @at on: 0, -errno, or -ENODATA if it ends before. */
int file_read(int fd, uint64_t at, void *to, uint64_t len);

#endif /* FILE_H */
