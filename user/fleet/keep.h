/* SPDX-License-Identifier: GPL-2.0-only */
/* Of a thousand cores of one bug, the first few: a directory that tasks share. */
#ifndef KEEP_H
#define KEEP_H

#include <stdbool.h>

#include "fleet/attempt.h"
#include "panic/signature.h"

struct keep {
	int dir;			/* -1: every attempt keeps its own core */
	const char *path;		/* of dir, absolute */
	unsigned int max;		/* of each signature */
	char name[SIGNATURE_ID_MAX + 8];	/* of the core that was kept, or "" */
};

/* Is there room for one more?  If not now, there will not be. */
bool keep_wants(const struct keep *keep, const char *id);

/*
 * The attempt's core gets a name of those that @id has, if one is free, which the
 * attempt's status tells, and loses the one that it had.  0 or -errno: it is
 * still there.
 */
int keep_core(struct keep *keep, struct attempt *attempt, const char *id);

/* Another attempt counts: the name is free again. */
void keep_undo(struct keep *keep);

#endif /* KEEP_H */
