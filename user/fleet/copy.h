/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COPY_H
#define COPY_H

/*
 * @name of the directory @from into @to, where it is new: on disk when this
 * returns, with the holes that it has.  One that is not there is no error.  0 or
 * -errno.
 */
int copy_file(int from, int to, const char *name);

#endif /* COPY_H */
