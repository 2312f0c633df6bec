/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM and what belongs to it through all of its boots.  All but the vCPU
 * threads' part is the main thread's.  Its callbacks only note what happened;
 * session.c acts on it, and lets the vCPUs run.
 *
 *	state      is                                     may become
 *	prelaunch  made or reset, and not started         running, prelaunch
 *	running    its vCPUs run, or will when session.c  paused, panicked,
 *	           is through with what it handles        prelaunch
 *	paused     stopped by a client, or for its dump   running, prelaunch
 *	panicked   stopped by a panic; a core may be      running, preserved,
 *	           under way, or a restart due later:     kept, prelaunch
 *	           the action comes after it
 *	preserved  as its panic left it                   prelaunch
 *	kept       the same, beside the VM that runs      -
 *	shutdown   over: session.c takes it away          -
 *
 * Any but shutdown may become shutdown.  What a client may ask for, while no
 * dump is under way:
 *
 *	stop, inject-nmi, dump-guest-memory, quit   any but shutdown
 *	cont                                        not preserved, kept
 *	system_reset                                not kept
 *
 * stop, cont and system_reset call off a restart that is due later.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <limits.h>

#include "base/text.h"
#include "board/chipset.h"
#include "core/dump.h"
#include "kvm/backend.h"
#include "kvm/vcpu.h"
#include "kvm/vcpus.h"
#include "kvm/vm.h"
#include "qmp/server.h"
#include "vmm/shared.h"

enum machine_state {
	MACHINE_PRELAUNCH,
	MACHINE_RUNNING,
	MACHINE_PAUSED,
	MACHINE_PANICKED,
	MACHINE_PRESERVED,
	MACHINE_KEPT,
	MACHINE_SHUTDOWN,
	MACHINE_NR,
};

/* What a client may ask for; the rest is as the table above says. */
#define MAY_ASK		1U
#define MAY_CONT	2U
#define MAY_RESET	4U

/* What follows an incident: an end, or the action of a panic. */
struct verdict {
	enum end end;			/* END_NONE: it does not end */
	enum panic_action action;	/* then: what the panic asks for */
};

/* What follows a dump. */
enum after_dump {
	AFTER_STAY,		/* a client's, of a VM that was stopped */
	AFTER_GO,		/* a client's, of one that was running */
	AFTER_ACTION,		/* --core: machine->verdict */
};

/* What watch.c knows of a boot. */
struct watch {
	uint64_t next;			/* when to look again, ms; 0: not now */
	bool is_due;			/* to park the vCPUs, and look at them */
	bool is_looked_at;		/* since they made so many exits: */
	uint64_t exits;
	unsigned int transmitted;	/* bytes, by all serial ports */
	unsigned int quiet;		/* seconds without one more */
};

struct machine {
	struct shared *shared;		/* NULL: the place is free */
	const struct conf *conf;
	enum machine_state state;
	enum end end;			/* why it is shut down */
	bool quit;			/* a client asked for that */
	struct server server;

	/* A core */
	struct dump dump;
	enum after_dump after_dump;
	int dump_dir;			/* to close after it, or -1 */
	/* Of --core: as the record names it, and without directory */
	char core_file[TEXT_CLEAN_MAX(CONF_CORE_MAX + 16)];
	char core_base[CONF_CORE_NAME_MAX + 16];
	struct event_source dumped;

	/* The newest panic, which a core is of: what query-guest-panic answers */
	struct record record;
	bool core_due;			/* --core asks for one of it */
	struct verdict verdict;		/* what follows it, and its core */
	char json[REPORT_MAX];
	unsigned int panics_ever;

	/* The rest is of one boot. */
	struct vm vm;
	struct entry entry;
	struct backend backend;
	struct chipset chipset;
	struct kmsg_memory kmsg;
	struct vcpus vcpus;
	struct vcpu_env env;
	struct vcpu vcpu[MAX_VCPUS];
	unsigned int nr_vcpus;		/* that are there to be closed */
	struct event_source wake;	/* a vCPU has something to say */
	uint64_t began, stopped;	/* when, in ms; the latter by a pause */
	uint64_t restart_at;		/* in ms; 0: no restart is due */
	unsigned int panics;
	bool end_told;			/* vcpus.end has its record */
	bool stopped_itself;		/* when it was stopped for a client */
	bool injected_nmi;		/* a client had one injected */
	bool waits;			/* the guest dumps; this announced it */
	struct record wait_record;
	bool dump_late;			/* it has had its time */
	struct event_source dump_timeout;
	struct watch watch;
};

/* As QEMU's RunState calls it. */
const char *machine_state_name(enum machine_state state);

/* Is that, one of MAY_*, allowed in the state that it is in? */
bool machine_may(const struct machine *machine, unsigned int what);

/* Assert that @state may follow; machine_*() below are what changes it. */
void machine_set_state(struct machine *machine, enum machine_state state);

/*
 * Once; what it needs of @shared is there.  @ops are for its monitor, at the
 * path @monitor or NULL.  0; or a status, as log_fail() returns it, and its place
 * is free.  After the first VM, one whose monitor cannot be opened has none.
 */
enum status machine_open(struct machine *machine, struct shared *shared,
			 const struct qmp_ops *ops, const char *monitor);

/* --on-panic and so on: no restart once there were as many as --restarts says. */
struct panic_policy machine_policy(const struct machine *machine);

static inline bool machine_has_monitor(const struct machine *machine)
{
	return machine->server.loop;
}

/*
 * The two halves of what is before the first instruction: guest memory, which
 * needs no KVM, and the rest.  0; or a status, as log_fail() returns it: then
 * machine_close() takes away what there is.
 */
enum status machine_load(struct machine *machine);
enum status machine_boot(struct machine *machine);

/*
 * From a boot that is parked to the next one, which is in prelaunch.  False: it
 * cannot be had, which has been said, and the machine is shut down: END_HOST.
 */
bool machine_reboot(struct machine *machine);

/* Every vCPU out of the guest, and parked. */
void machine_park(struct machine *machine);

/* Has a vCPU reported or ended something, or is it time for that? */
bool machine_is_due(const struct machine *machine);

/*
 * To running; machine_go() says so on the monitor, if it was not.  The vCPUs
 * run from machine_let_go() on, which does nothing if they do so already, or if
 * they are not to.
 */
void machine_run(struct machine *machine);
void machine_go(struct machine *machine);
void machine_let_go(struct machine *machine);

/* Into the state, with the event of QMP that tells of it if it is new. */
void machine_pause(struct machine *machine, enum machine_state state);
void machine_shut_down(struct machine *machine, enum end end);

/* Its vCPUs are parked, and it has no dump to finish. */
void machine_close(struct machine *machine);

#endif /* MACHINE_H */
