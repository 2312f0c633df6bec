// SPDX-License-Identifier: GPL-2.0-only
/* The table of states: what it allows, and that nothing else is done. */
#include "kvm/vcpus.h"
#include "vmm/machine.h"
#include "tap.h"

static struct machine machine;

static void continue_preserved(void)
{
	machine.state = MACHINE_PRESERVED;
	machine_run(&machine);
}

static void revive(void)
{
	machine.state = MACHINE_SHUTDOWN;
	machine_pause(&machine, MACHINE_PRELAUNCH);
}

static void end_twice(void)
{
	machine.state = MACHINE_SHUTDOWN;
	machine_shut_down(&machine, END_QUIT);
}

/* It would clear a stop that a vCPU asked for in between. */
static void let_go_twice(void)
{
	struct vcpus vcpus;

	vcpus_init(&vcpus);
	vcpus_go(&vcpus);
	vcpus_go(&vcpus);
}

/* The threads that it waits for would never end. */
static void quit_running(void)
{
	struct vcpus vcpus;

	vcpus_init(&vcpus);
	vcpus_go(&vcpus);
	vcpus_quit(&vcpus);
}

void test_machine(void)
{
	machine.state = MACHINE_PRELAUNCH;
	machine_run(&machine);
	machine_pause(&machine, MACHINE_PANICKED);
	claim_string(machine_state_name(machine.state), "guest-panicked",
		     "machine: a panic stops it");
	claim(machine_may(&machine, MAY_CONT), "machine: it may go on");
	machine_set_state(&machine, MACHINE_PRESERVED);
	claim(!machine_may(&machine, MAY_CONT) &&
	      machine_may(&machine, MAY_RESET),
	      "machine: preserved, it may only be reset");
	machine.state = MACHINE_KEPT;
	claim(!machine_may(&machine, MAY_CONT | MAY_RESET) &&
	      machine_may(&machine, MAY_ASK),
	      "machine: kept, it may only be asked");
	machine_shut_down(&machine, END_QUIT);
	claim(!machine_may(&machine, MAY_ASK),
	      "machine: shut down, it may not even be asked");

	claim(aborts(continue_preserved),
	      "machine: one that is preserved never runs");
	claim(aborts(revive), "machine: one that is shut down never comes back");
	claim(aborts(end_twice), "machine: nor does it end again");
	claim(aborts(let_go_twice), "machine: vCPUs that run are not let go");
	claim(aborts(quit_running), "machine: nor waited for");
}
