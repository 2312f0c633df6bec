/* SPDX-License-Identifier: GPL-2.0-only */
/* The crew has stopped: what happened, who hears of it, how it goes on. */
#ifndef INCIDENT_H
#define INCIDENT_H

#include "vmm/machine.h"

/*
 * With every vCPU parked: report each event, in the order of seq, and carry
 * the policy out.  If the VM is to go on its state is still running.
 */
void incident_handle(struct machine *machine);

/* machine->dump is done. */
void incident_dumped(struct machine *machine);

#endif /* INCIDENT_H */
