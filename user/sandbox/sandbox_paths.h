/* SPDX-License-Identifier: GPL-2.0-only */
/* A seccomp filter sees numbers and no paths: those are Landlock's business. */
#ifndef SANDBOX_PATHS_H
#define SANDBOX_PATHS_H

#include "sandbox/sandbox.h"

/*
 * Files can be made and removed in the directories of @sandbox only, and opened
 * in that of the core only.  Needs no_new_privs.  0, also where the kernel has
 * no Landlock (it is one wall of two); or -errno.
 */
int sandbox_paths_limit(const struct sandbox *sandbox);

#endif /* SANDBOX_PATHS_H */
