/* SPDX-License-Identifier: GPL-2.0-only */
/* What a monitor may ask of a VM.  Main thread only. */
#ifndef CONTROL_H
#define CONTROL_H

#include "qmp/qmp_ops.h"

/* As QEMU's RunState has them. */
enum runstate {
	RUNSTATE_PRELAUNCH,
	RUNSTATE_RUNNING,
	RUNSTATE_PAUSED,
	RUNSTATE_GUEST_PANICKED,
	RUNSTATE_SHUTDOWN,
	RUNSTATE_NR,
};

const char *runstate_name(enum runstate state);

extern const struct qmp_ops control_ops;

#endif /* CONTROL_H */
