/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a monitor may ask of a VM.  Main thread only.  Who returns a sentence
 * returns NULL when it did what was asked.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include <stdbool.h>

struct dump;
struct dump_target;
struct machine;

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
enum runstate control_state(const struct machine *machine);

const char *control_name(const struct machine *machine);
unsigned int control_cpus(const struct machine *machine);
/* The thread of a vCPU, as gettid() says; 0 as long as there is none. */
int control_thread(const struct machine *machine, unsigned int cpu);

const char *control_stop(struct machine *machine);
const char *control_cont(struct machine *machine);
const char *control_reset(struct machine *machine);

/* An NMI to vCPU 0, whose local APIC takes those of the board. */
const char *control_nmi(struct machine *machine);

/* The VM ends when the caller has gone back to the loop. */
void control_quit(struct machine *machine);

/*
 * Where "file:@path" of dump-guest-memory goes.  In the sandbox only the
 * directory of --core can be written to.
 */
const char *control_dump_target(struct machine *machine, const char *path,
				struct dump_target *target);

/*
 * Start to write a core; the guest stands still meanwhile.  When it is done,
 * the monitor's monitor_dump_done() is called.  The last one, for query-dump:
 */
const char *control_dump(struct machine *machine,
			 const struct dump_target *target);
const struct dump *control_last_dump(const struct machine *machine);

/*
 * The record of the newest panic, as a JSON object, or NULL; and how many there
 * were, in all boots.  It is outstanding while the state is guest-panicked.
 */
const char *control_panic(const struct machine *machine);
unsigned int control_panics(const struct machine *machine);

#endif /* CONTROL_H */
