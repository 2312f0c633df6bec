// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "vmm/announce.h"
#include "vmm/control.h"
#include "vmm/session.h"

static const char dumping[] = "There is a dump in process, please wait.";
static const char preserved[] =
	"The VM is preserved as its panic left it: it can be dumped or quit, not continued";
static const char kept[] =
	"The VM is kept as its panic left it, beside the one that runs: it cannot be reset";
static const char boxed_in[] =
	"In the sandbox a core can only go to the directory of --core, or to a descriptor";

const char *runstate_name(enum runstate state)
{
	static const char *const names[RUNSTATE_NR] = {
		[RUNSTATE_PRELAUNCH] = "prelaunch",
		[RUNSTATE_RUNNING] = "running",
		[RUNSTATE_PAUSED] = "paused",
		[RUNSTATE_GUEST_PANICKED] = "guest-panicked",
		[RUNSTATE_SHUTDOWN] = "shutdown",
	};

	return names[state];
}

enum runstate control_state(const struct machine *machine)
{
	return machine->state;
}

const char *control_name(const struct machine *machine)
{
	return machine->conf->name;
}

unsigned int control_cpus(const struct machine *machine)
{
	return machine->conf->smp;
}

int control_thread(const struct machine *machine, unsigned int cpu)
{
	return machine->vcpus[cpu].thread;
}

/* Why nothing can be asked of it now, or NULL. */
static const char *busy(const struct machine *m)
{
	if (m->state == RUNSTATE_SHUTDOWN)
		return "The VM is shutting down";
	return m->dump.state == DUMP_ACTIVE ? dumping : NULL;
}

const char *control_stop(struct machine *machine)
{
	const char *why = busy(machine);

	if (why || machine->state != RUNSTATE_RUNNING)
		return why;
	machine_stop(machine);
	if (machine->state == RUNSTATE_RUNNING)
		machine_pause(machine, RUNSTATE_PAUSED);
	return NULL;
}

const char *control_cont(struct machine *machine)
{
	const char *why = busy(machine);

	if (why)
		return why;
	if (machine->preserved)
		return preserved;
	machine_go(machine);
	return NULL;
}

const char *control_reset(struct machine *machine)
{
	const char *why = busy(machine);
	bool go = machine->state == RUNSTATE_RUNNING;
	bool runs;

	if (why)
		return why;
	if (machine->kept)
		return kept;
	if (go)
		machine_stop(machine);
	/* It may have panicked or ended just now. */
	runs = machine->state == RUNSTATE_RUNNING;
	if (busy(machine) || go != runs)
		return "The VM has stopped by itself; see query-status";
	announce_reset(machine);
	machine_reboot(machine);
	if (go)
		machine_run(machine);
	return NULL;
}

const char *control_nmi(struct machine *machine)
{
	const char *why = busy(machine);
	bool go = machine->state == RUNSTATE_RUNNING;
	int err;

	if (why)
		return why;
	if (go)
		machine_stop(machine);
	if (busy(machine))
		return busy(machine);
	err = vcpu_nmi(&machine->vcpus[0]);
	if (go && machine->state == RUNSTATE_RUNNING)
		machine_run(machine);
	return err ? "KVM does not take an NMI" : NULL;
}

void control_quit(struct machine *machine)
{
	if (machine->state == RUNSTATE_RUNNING)
		crew_end(&machine->crew, END_QUIT);
	else if (machine->state != RUNSTATE_SHUTDOWN)
		machine_shut_down(machine, END_QUIT);
}

/* The directory part, up to and with its last slash. */
static size_t dir_len(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

static int open_dir(const char *path)
{
	char dir[PATH_MAX];
	size_t len = dir_len(path);

	if (!len)
		return open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (len >= sizeof(dir))
		return -1;
	memcpy(dir, path, len);
	dir[len] = '\0';
	return open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool is_beside_core(const struct machine *m, const char *path)
{
	const char *core = m->conf->core;
	size_t len = dir_len(path);

	return core && len == dir_len(core) && !memcmp(core, path, len);
}

const char *control_dump_target(struct machine *machine, const char *path,
				struct dump_target *target)
{
	const char *why = busy(machine);
	const char *name = path + dir_len(path);

	if (why)
		return why;
	if (!*name || strlen(name) > CONF_CORE_NAME_MAX)
		return "Not the name of a file";
	*target = (struct dump_target){ .name = name, .fd = -1 };
	if (is_beside_core(machine, path)) {
		target->dir = machine->session->core_dir;
		return NULL;
	}
	if (machine->conf->sandbox)
		return boxed_in;
	machine->dump_dir = open_dir(path);
	target->dir = machine->dump_dir;
	return target->dir < 0 ? "Cannot open the directory of that file" : NULL;
}

/* The registers where they are, as they are when the vCPUs are parked. */
static void list_vcpus(const struct machine *m, const struct regs **list)
{
	unsigned int i;

	for (i = 0; i < m->conf->smp; i++)
		list[i] = &m->vcpus[i].regs;
}

const char *control_dump(struct machine *machine,
			 const struct dump_target *target)
{
	const struct regs *vcpus[CONF_MAX_SMP];
	const char *why = busy(machine);
	struct dump_target own;

	if (why)
		return why;
	machine->go_after_dump = machine->state == RUNSTATE_RUNNING;
	if (machine->go_after_dump) {
		machine_stop(machine);
		if (busy(machine))
			return busy(machine);
		if (machine->state == RUNSTATE_RUNNING)
			machine_pause(machine, RUNSTATE_PAUSED);
		else
			machine->go_after_dump = false;
	}
	list_vcpus(machine, vcpus);
	own = *target;
	/* The client's buffer has other uses while the dump goes on. */
	if (target->fd < 0) {
		snprintf(machine->core_base, sizeof(machine->core_base), "%s",
			 target->name);
		own.name = machine->core_base;
	}
	if (!dump_start(&machine->dump, &own, &machine->vm.mem, vcpus,
			machine->conf->smp))
		return NULL;
	if (machine->go_after_dump)
		machine_go(machine);
	return machine->dump.error;
}

const struct dump *control_last_dump(const struct machine *machine)
{
	return &machine->dump;
}

const char *control_panic(const struct machine *machine)
{
	return machine->panics_ever ? machine->json : NULL;
}

unsigned int control_panics(const struct machine *machine)
{
	return machine->panics_ever;
}
