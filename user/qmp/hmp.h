/* SPDX-License-Identifier: GPL-2.0-only */
/* QEMU's human monitor, as far as it goes here: a line in, text out. */
#ifndef HMP_H
#define HMP_H

#include "base/buf.h"
#include "qmp/hmp_parse.h"
#include "qmp/qmp_ops.h"

/* Room for all that a line may have shown. */
#define HMP_OUT_MAX	(48 * 1024)

/* Whose registers are shown if the line does not say: @cpu's.  In turn only. */
void hmp_run(const struct qmp_ops *ops, struct machine *machine,
	     unsigned int cpu, const char *line, struct buf *out);

#endif /* HMP_H */
