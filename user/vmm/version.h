/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VERSION_H
#define VERSION_H

#define VERSION	"0.1"

/* --version: what this is, and what the host can do, on stdout. */
void version_print(void);

#endif /* VERSION_H */
