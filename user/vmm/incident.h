/* SPDX-License-Identifier: GPL-2.0-only */
/* What happened in a VM that has been stopped, and what is to follow. */
#ifndef INCIDENT_H
#define INCIDENT_H

#include "vmm/machine.h"

/*
 * With every vCPU parked: report each event, in the order of seq, and say what
 * follows.  @asked: the end that the host wants, or END_NONE.
 */
struct verdict incident_handle(struct machine *machine, enum end asked);

#endif /* INCIDENT_H */
