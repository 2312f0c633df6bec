/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM and what belongs to it through all of its boots.  All but the vCPU
 * threads' part is the main thread's.
 *
 * States: prelaunch (a reset while it was stopped) -> running <-> paused;
 * running -> guest-panicked, by an action that stops it, and -> running by
 * cont; any -> shutdown, which is for good.  Only in running does the crew go.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <limits.h>

#include "base/loop.h"
#include "board/boot.h"
#include "board/chipset.h"
#include "board/console.h"
#include "core/dump.h"
#include "kvm/backend.h"
#include "kvm/crew.h"
#include "kvm/vcpu.h"
#include "kvm/vcpu_run.h"
#include "kvm/vm.h"
#include "panic/report.h"
#include "qmp/monitor.h"
#include "vmm/conf.h"
#include "vmm/control.h"

_Static_assert(CONF_MAX_SMP <= CREW_MAX && CONF_MAX_SMP <= REPORT_MAX_VCPUS &&
	       CONF_MAX_SMP <= CORE_HEAD_MAX_VCPUS,
	       "every vCPU has its thread and its place in report and core");

struct session;

struct machine {
	struct session *session;
	const struct conf *conf;
	struct console *console;	/* of the session */
	enum runstate state;
	enum end end;			/* why it is shut down */
	bool kept;			/* crashed, beside the one that runs */
	struct monitor monitor;
	bool has_monitor;

	/* A core */
	struct dump dump;
	int dump_dir;			/* to close after it, or -1 */
	char core_file[PATH_MAX];	/* of --core: as the record names it */
	char core_base[CONF_CORE_NAME_MAX + 16];	/* without directory */
	enum panic_action action;	/* due after it, or PANIC_RUN */
	bool go_after_dump;
	struct loop_source dumped;

	/* The newest panic: what query-guest-panic answers */
	char json[REPORT_MAX];
	unsigned int panics_ever;

	/* The rest is of one boot. */
	struct vm vm;
	struct entry entry;
	struct backend backend;
	struct chipset chipset;
	struct kmsg_memory kmsg;
	struct crew crew;
	struct vcpu_env env;
	struct vcpu vcpus[CONF_MAX_SMP];
	struct loop_source wake;	/* of the crew */
	bool preserved;			/* no cont */
	unsigned int panics;
	struct record record;		/* the newest event; its core may come */
	struct guest_event crashload;	/* a crash kernel dumps, since this */
	bool has_crashload;
	char crash_text[KMSG_MAX];	/* the last words from before it */
	enum kmsg_source crash_text_source;
	struct loop_source dump_timeout;
};

/* Once; what it needs of @session is there.  Does not return when it fails. */
void machine_open(struct machine *machine, struct session *session,
		  const char *monitor);

/*
 * The two halves of what is before the first instruction: guest memory, which
 * needs no KVM, and the rest.  Neither returns when it fails.
 */
void machine_load(struct machine *machine);
void machine_boot(struct machine *machine);

/* From a boot that is stopped to the next one, stopped. */
void machine_reboot(struct machine *machine);

/* Every vCPU out of the guest, and what it had to say handled. */
void machine_stop(struct machine *machine);

/* Out of any state but shutdown; machine_go() says so on the monitor. */
void machine_run(struct machine *machine);
void machine_go(struct machine *machine);

/* Into the state, with the event of QMP that tells of it if it is new. */
void machine_pause(struct machine *machine, enum runstate state);
void machine_shut_down(struct machine *machine, enum end end);

void machine_close(struct machine *machine);

#endif /* MACHINE_H */
