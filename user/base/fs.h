/* SPDX-License-Identifier: GPL-2.0-only */
/* Files and descriptors. */
#ifndef FS_H
#define FS_H

/*
 * First thing in main(): put /dev/null where stdin, stdout or stderr is
 * closed.  Else the next file that is opened gets that number, and the guest's
 * console is read from it or written to it.  0 or -errno.
 */
int fs_open_standard(void);

#endif /* FS_H */
