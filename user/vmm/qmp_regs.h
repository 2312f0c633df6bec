/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef QMP_REGS_H
#define QMP_REGS_H

#include "base/buf.h"
#include "guest/regs.h"

/* In the lines of QEMU's "info registers"; what is not in @regs is left out. */
void qmp_regs_put(const struct regs *regs, struct buf *out);

#endif /* QMP_REGS_H */
