/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a core goes: a new file that gets its name when it is whole, or a
 * descriptor.  Several threads may write at once, but not to a stream.
 */
#ifndef DUMP_OUT_H
#define DUMP_OUT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fs.h"
#include "base/out.h"

/*
 * Where to: @fd, or, if that is negative, the file @name in the directory @dir.
 *
 * A file: nothing ever stands under @name but a whole core; until then it is
 * called @name.partial-XXXXXXXX, and locked.  @dir is open for reading (not O_PATH), since
 * it is synced; @name is without a slash, and stays valid as @dir does.  Only a
 * regular file is ever replaced, and none of @held (or NULL).
 *
 * @fd: a regular file is cut off at its position and has holes behind it;
 * anything else is written to from begin to end, zeros too.  Stays open.
 */
struct dump_target {
	int dir;
	const char *name;
	int fd;
	const struct fs_held *held;
};

struct dump_out {
	struct dump_target target;
	int fd;
	bool is_stream;		/* no holes, nothing out of turn */
	struct out stream;
	int stop;		/* readable: wait for a slow reader no longer */
	const char *refused;	/* why the name cannot be used, or NULL */
	uint64_t begin;		/* of the core in a file that was passed */
	char partial[NAME_MAX + 1];
};

/* Why a core must not get that name, as a text to follow it; or NULL. */
const char *dump_out_refuses(const struct dump_target *target);

/* Remove partial cores of this name that a killed panicvm left. */
void dump_out_clean(const struct dump_target *target);

/* All of these: 0 or -errno; -EEXIST with ->refused said. */
int dump_out_open(struct dump_out *out, const struct dump_target *target,
		  int stop);
int dump_out_write(const struct dump_out *out, uint64_t at, const void *bytes,
		   size_t len);

/* Bytes that the file system has room for; UINT64_MAX where that is unknown. */
uint64_t dump_out_room(const struct dump_out *out);

/* The core is @size bytes and complete: on the disk, under its name. */
int dump_out_finish(struct dump_out *out, uint64_t size);

/* It is not to be: leave nothing behind. */
void dump_out_abandon(struct dump_out *out);

#endif /* DUMP_OUT_H */
