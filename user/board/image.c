// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/log.h"
#include "board/image.h"

void image_open(struct image *image, const char *option, const char *path)
{
	struct stat st;

	image->option = option;
	image->path = path;
	/* NONBLOCK: opening a FIFO should not wait for its writer. */
	image->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (image->fd < 0 || fstat(image->fd, &st) < 0)
		log_die(STATUS_USAGE, "%s %s: cannot open it: %s; name a file that you can read",
			option, path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		log_die(STATUS_USAGE, "%s %s: is not a regular file; name the image itself",
			option, path);
	if (st.st_size == 0)
		log_die(STATUS_USAGE, "%s %s: is empty; was it written completely?",
			option, path);
	image->size = (uint64_t)st.st_size;
}

enum status image_read(const struct image *image, uint64_t offset, void *to,
		       uint64_t len)
{
	int err = fs_read(image->fd, offset, to, len);

	if (err == -ENODATA)
		return log_fail(STATUS_HOST, "%s %s: ended early: it was shortened after panicvm had opened it; try again",
				image->option, image->path);
	if (err)
		return log_fail(STATUS_HOST, "%s %s: cannot read it: %s",
				image->option, image->path, strerror(-err));
	return 0;
}
