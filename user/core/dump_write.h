/* SPDX-License-Identifier: GPL-2.0-only */
/* The work of a core, in its threads. */
#ifndef DUMP_WRITE_H
#define DUMP_WRITE_H

#include "core/dump.h"

/*
 * Two look for zeros in half the time that one takes; to write they take nine
 * tenths, since a file system lets one of them write to a file at a time.
 */
#define DUMP_MAX_WRITERS	4

/* All of it, to dump->out: 0, or -errno with dump->error said. */
int dump_write(struct dump *dump);

/* Say in dump->error what failed, why, and what would help; returns @err. */
int dump_fail(struct dump *dump, const char *what, int err);

#endif /* DUMP_WRITE_H */
