/* SPDX-License-Identifier: GPL-2.0-only */
/* --kmsg: the kernel's log out of a core, for people. */
#ifndef KMSG_SHOW_H
#define KMSG_SHOW_H

/* To stdout, cleaned; does not return when there is none to be had. */
void kmsg_show(const char *path);

#endif /* KMSG_SHOW_H */
