/* SPDX-License-Identifier: GPL-2.0-only */
/* A file that the guest is started from. */
#ifndef IMAGE_H
#define IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct image {
	const char *option;	/* which option named it, for messages */
	const char *path;
	int fd;
	uint64_t size;
};

/* A regular, readable file that is not empty; or panicvm ends. */
void image_open(struct image *image, const char *option, const char *path);

/* All of @len bytes from @offset: 0, or a status, as log_fail() returns it. */
enum status image_read(const struct image *image, uint64_t offset, void *to,
		       uint64_t len);

#endif /* IMAGE_H */
