/* SPDX-License-Identifier: GPL-2.0-only */
/* A whole VM: built, run to its end, taken down. */
#ifndef MACHINE_H
#define MACHINE_H

#include "backend.h"
#include "chipset.h"
#include "conf.h"
#include "console.h"
#include "crew.h"
#include "report.h"
#include "serial.h"
#include "vcpu.h"
#include "vm.h"

_Static_assert(CONF_MAX_SMP <= CREW_MAX && CONF_MAX_SMP <= REPORT_MAX_VCPUS,
	       "every vCPU has its thread and its place in the report");

struct machine {
	const struct conf *conf;
	struct vm vm;
	struct backend backend;
	struct chipset chipset;
	struct serial serial;
	struct console console;
	struct report report;
	struct crew crew;
	struct vcpu vcpus[CONF_MAX_SMP];
	unsigned int panics;
	uint64_t recorded;	/* seq of the newest of them */
	int signal;		/* of END_SIGNAL */
};

/* Everything up to the first instruction; does not return when it fails. */
void machine_build(struct machine *machine, const struct conf *conf);

/* Until the VM's end: why it ended. */
enum end machine_run(struct machine *machine);

void machine_close(struct machine *machine);

#endif /* MACHINE_H */
