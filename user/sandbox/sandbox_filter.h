/* SPDX-License-Identifier: GPL-2.0-only */
/* The system calls of a panicvm whose guest runs, as a seccomp filter. */
#ifndef SANDBOX_FILTER_H
#define SANDBOX_FILTER_H

#include <stdbool.h>

/*
 * With what a core in @core_dir, if that is not -1, and a monitor need.  Needs
 * no_new_privs.  0 or -errno.
 */
int sandbox_filter_load(int core_dir, bool monitor);

#endif /* SANDBOX_FILTER_H */
