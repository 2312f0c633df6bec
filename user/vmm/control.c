// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/version.h"
#include "vmm/announce.h"
#include "vmm/control.h"
#include "vmm/session.h"

_Static_assert(REPORT_MAX <= QMP_RECORD_MAX, "QMP takes any record");

static const char dumping[] = "There is a dump in process, please wait.";
static const char is_preserved[] =
	"The VM is preserved as its panic left it: it can be dumped or quit, not continued";
static const char is_kept[] =
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

static struct qmp_facts facts(const struct machine *m)
{
	return (struct qmp_facts){
		.version = VERSION,
		.name = m->conf->name,
		.state = runstate_name(m->state),
		.running = m->state == RUNSTATE_RUNNING,
		.panicked = m->state == RUNSTATE_GUEST_PANICKED,
		.panics = m->panics_ever,
		.record = m->panics_ever ? m->json : NULL,
		.cpus = m->conf->smp,
	};
}

static int thread_id(const struct machine *m, unsigned int cpu)
{
	return m->vcpus[cpu].thread;
}

static struct qmp_dump last_dump(const struct machine *m)
{
	const struct dump *dump = &m->dump;

	return (struct qmp_dump){
		.status = dump_state_name(dump->state),
		.active = dump_is_busy(dump),
		.completed = atomic_load(&dump->work.completed),
		.total = dump->work.total,
		.error = dump->state == DUMP_FAILED ? dump->work.error : NULL,
	};
}

/* Why nothing can be asked of it now, or NULL. */
static const char *busy(const struct machine *m)
{
	if (m->state == RUNSTATE_SHUTDOWN)
		return "The VM is shutting down";
	return dump_is_busy(&m->dump) ? dumping : NULL;
}

static const char *stop(struct machine *machine)
{
	const char *why = busy(machine);

	if (why || machine->state != RUNSTATE_RUNNING)
		return why;
	machine_stop(machine);
	if (machine->state == RUNSTATE_RUNNING)
		machine_pause(machine, RUNSTATE_PAUSED);
	return NULL;
}

static const char *cont(struct machine *machine)
{
	const char *why = busy(machine);

	if (why)
		return why;
	if (machine->preserved)
		return is_preserved;
	machine_go(machine);
	return NULL;
}

static const char *reset(struct machine *machine)
{
	const char *why = busy(machine);
	bool go = machine->state == RUNSTATE_RUNNING;
	bool runs;

	if (why)
		return why;
	if (machine->kept)
		return is_kept;
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

static const char *nmi(struct machine *machine)
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

static void quit(struct machine *machine)
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

/* In the sandbox only the directory of --core can be written to. */
static const char *find_target(struct machine *machine, const char *path,
			       struct dump_target *target)
{
	const char *name = path + dir_len(path);

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

/* Stop it for a dump; whether it was running before that is kept. */
static const char *stop_for_dump(struct machine *m)
{
	m->go_after_dump = m->state == RUNSTATE_RUNNING;
	if (!m->go_after_dump)
		return NULL;
	machine_stop(m);
	if (busy(m))
		return busy(m);
	if (m->state == RUNSTATE_RUNNING)
		machine_pause(m, RUNSTATE_PAUSED);
	else
		m->go_after_dump = false;
	return NULL;
}

static const char *dump(struct machine *machine, const char *path, int fd)
{
	struct dump_target target = { .dir = -1, .fd = fd };
	const struct regs *vcpus[CONF_MAX_SMP];
	const char *why = busy(machine);

	if (!why && path)
		why = find_target(machine, path, &target);
	if (!why)
		why = stop_for_dump(machine);
	if (why)
		return why;
	list_vcpus(machine, vcpus);
	/* The client's buffer has other uses while the dump goes on. */
	if (path) {
		snprintf(machine->core_base, sizeof(machine->core_base), "%s",
			 target.name);
		target.name = machine->core_base;
	}
	if (!dump_start(&machine->dump, &target, &machine->vm.mem, vcpus,
			machine->conf->smp))
		return NULL;
	if (machine->go_after_dump)
		machine_go(machine);
	return machine->dump.work.error;
}

const struct qmp_ops control_ops = {
	.facts = facts,
	.thread = thread_id,
	.last_dump = last_dump,
	.stop = stop,
	.cont = cont,
	.reset = reset,
	.nmi = nmi,
	.quit = quit,
	.dump = dump,
};
