/* SPDX-License-Identifier: GPL-2.0-only */
/* A seccomp filter sees numbers and no paths: those are Landlock's business. */
#ifndef SANDBOX_PATHS_H
#define SANDBOX_PATHS_H

/*
 * Files can be made and removed in @core_dir, if that is not -1, and beside the
 * socket @monitor, if that is not NULL; and opened in @core_dir only.  Needs
 * no_new_privs.  0, also where the kernel has no Landlock (it is one wall of
 * two), which is said; or -errno.
 */
int sandbox_paths_limit(int core_dir, const char *monitor);

#endif /* SANDBOX_PATHS_H */
