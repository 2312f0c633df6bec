/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How an attempt ended, in one line of JSON.  A file that is there is whole: it
 * is renamed into place when the disk has it.
 */
#ifndef TASK_STATUS_H
#define TASK_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

#define TASK_STATUS_VERSION	1
#define TASK_NODE_MAX		68
#define TASK_ERROR_MAX		256
#define TASK_CORE_MAX		1200

struct task_status {
	unsigned int attempt;
	unsigned int status;		/* panicvm's exit status */
	char node[TASK_NODE_MAX];
	uint64_t began, ended;
	char error[TASK_ERROR_MAX];	/* of the host's, or "" */
	char core[TASK_CORE_MAX];	/* beside the task, or absolute; or "" */
};

/* Does panicvm's @status tell of the guest?  Else the host failed, or it did. */
static inline bool task_is_verdict(unsigned int status)
{
	return status == STATUS_POWER_OFF || status == STATUS_TIMEOUT ||
	       (status >= STATUS_PANIC && status <= STATUS_HALTED) ||
	       (status >= STATUS_EXIT && status <= STATUS_EXIT_MAX);
}

/* A power-off leaves no record, nor does --exit-port; all else does. */
static inline bool task_leaves_record(unsigned int status)
{
	return task_is_verdict(status) && status != STATUS_POWER_OFF &&
	       (status < STATUS_EXIT || status > STATUS_EXIT_MAX);
}

/*
 * Into @name in the directory @dir, by a temporary file beside it.  0 or -errno,
 * and nothing of it is there.
 */
int task_status_write(int dir, const char *name,
		      const struct task_status *status);

/* NULL, or what is wrong with it; "" if there is no such file. */
const char *task_status_read(int dir, const char *name,
			     struct task_status *status);

#endif /* TASK_STATUS_H */
