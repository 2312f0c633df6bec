/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One attempt at a task: its directory, and how it becomes the one that counts.
 * Each step is safe against the end of this process, of the node, and against
 * another attempt at the same time.
 */
#ifndef ATTEMPT_H
#define ATTEMPT_H

#include <limits.h>
#include <stdbool.h>

#include "fleet/task_status.h"

struct attempt {
	int task;			/* the task's directory */
	int dir;			/* the attempt's own */
	int work;			/* where panicvm writes: that, or a local one */
	char path[PATH_MAX];		/* of work */
	bool is_local;
	struct task_status status;
};

/* Open the directory of a task; it is made if it is not there.  Or -errno. */
int attempt_open_task(const char *path);

/* How many attempts have begun, and the number of the last. */
unsigned int attempt_count(int task, unsigned int *last);

/*
 * Make a directory with a number of its own, from @number on, in @task, whose
 * path is @path, and note @node there.  @local: NULL, or a directory for panicvm
 * to work in.  0 or -errno.
 */
int attempt_begin(struct attempt *attempt, int task, const char *path,
		  unsigned int number, const char *node, const char *local);

/* All that panicvm has written is in the attempt's directory, and on disk. */
int attempt_bring_home(struct attempt *attempt, bool with_core);

/* What is left in a local directory goes. */
void attempt_clean_up(struct attempt *attempt);

/*
 * Write the status.  If it is a verdict, try to make it the task's: *@counts says
 * whether it is, or that of another attempt.  0 or -errno.
 */
int attempt_end(struct attempt *attempt, bool *counts);

#endif /* ATTEMPT_H */
