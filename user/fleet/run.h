/* SPDX-License-Identifier: GPL-2.0-only */
/* panicvm as a child of panicvm-task. */
#ifndef RUN_H
#define RUN_H

#include "fleet/attempt.h"

/* No scheduler's, no guest's, and none that a shell gives. */
#define RUN_NOT_STARTED	127

struct run {
	const char *program;
	char **options;		/* what to run, up to a NULL */
	bool core;
};

/*
 * Run it in the attempt's work directory.  A signal that asks this process to end
 * is handed on; panicvm ends, and so does this process, by the same signal, and
 * the attempt has no end.  Returns panicvm's status; of one that a signal ended,
 * 128 and that; or -errno.
 */
int run_panicvm(const struct run *run, const struct attempt *attempt);

#endif /* RUN_H */
