/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FAULT_INJECT_H
#define FAULT_INJECT_H

#include <stdbool.h>

void inject_set_up(void);

/* The @n-th allocation that this thread makes from now on fails; 0: none does. */
void inject_nth(unsigned int n);

/* Whether one has failed since then. */
bool inject_has_failed(void);

/* All allocations of the kernel's workers fail, until the end. */
void inject_workers(void);
void inject_workers_end(void);

/* Whether one has failed since inject_workers(). */
bool inject_worker_has_failed(void);

#endif /* FAULT_INJECT_H */
