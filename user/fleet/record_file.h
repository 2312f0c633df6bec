/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The records of a file, each once.  panicvm writes a record again when its core
 * is complete or another model has reported the same panic, and one that waited
 * for a crash kernel's dump is followed by the record of that dump's end.  What
 * comes out is the last of these.  Several panicvm may have written to the file.
 */
#ifndef RECORD_FILE_H
#define RECORD_FILE_H

#include "fleet/record_read.h"

struct record_sink {
	void (*record)(void *context, const struct record_line *line);
	/* A line that is no record; @number counts from 1. */
	void (*bad)(void *context, unsigned int number, const char *why);
	void *context;
};

/* Read @fd to its end: 0 or -errno.  One thread at a time. */
int record_file_read(int fd, const struct record_sink *sink);

#endif /* RECORD_FILE_H */
