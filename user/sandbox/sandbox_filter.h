/* SPDX-License-Identifier: GPL-2.0-only */
/* The system calls of a panicvm whose guest runs, as a seccomp filter. */
#ifndef SANDBOX_FILTER_H
#define SANDBOX_FILTER_H

#include "sandbox/sandbox.h"

/* Needs no_new_privs.  0 or -errno. */
int sandbox_filter_load(const struct sandbox *sandbox);

#endif /* SANDBOX_FILTER_H */
