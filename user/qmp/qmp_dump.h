/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef QMP_DUMP_H
#define QMP_DUMP_H

#include "qmp/monitor.h"

/*
 * The dump under way is over: DUMP_COMPLETED goes out, whoever waits for it
 * is answered, what it wrote to is closed.
 */
void qmp_dump_done(struct monitor *monitor);

#endif /* QMP_DUMP_H */
