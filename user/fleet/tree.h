/* SPDX-License-Identifier: GPL-2.0-only */
/* From directories to a sum: each task once, and each record of its attempt. */
#ifndef TREE_H
#define TREE_H

#include "fleet/sum.h"

/*
 * @path is a task, a directory of tasks, or a file of records.  Entries whose
 * name begins with a dot are left out.  What cannot be read is said and counted.
 */
void tree_add(struct sum *sum, const char *path);

#endif /* TREE_H */
