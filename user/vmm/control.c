// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/version.h"
#include "vmm/control.h"
#include "vmm/cores.h"
#include "vmm/machine.h"
#include "vmm/qmp_events.h"
#include "vmm/qmp_regs.h"

_Static_assert(REPORT_MAX <= QMP_RECORD_MAX, "QMP takes any record");

static const char dumping[] = "There is a dump in process, please wait.";
static const char is_preserved[] =
	"The VM is preserved as its panic left it: it can be dumped or quit, not continued";
static const char is_kept[] =
	"The VM is kept as its panic left it, beside the one that runs: it cannot be reset";
static const char cannot_boot[] =
	"The VM cannot boot again, and is shut down; panicvm's stderr says why";
static const char stopped_itself[] =
	"The VM has stopped by itself; see query-status";
static const char boxed_in[] =
	"In the sandbox a core can only go to the directory of --core, or to a descriptor";

static const char no_memory[] =
	"dump: no guest memory to dump: 'begin' and 'length' have to be in one piece of RAM";

static struct qmp_facts facts(const struct machine *m)
{
	return (struct qmp_facts){
		.version = VERSION,
		.name = m->conf->name,
		.state = machine_state_name(m->state),
		.running = m->state == MACHINE_RUNNING,
		.panicked = m->state == MACHINE_PANICKED ||
			    m->state == MACHINE_PRESERVED ||
			    m->state == MACHINE_KEPT,
		.panics = m->panics_ever,
		.record = m->panics_ever ? m->json : NULL,
		.cpus = m->conf->smp,
	};
}

static int thread_id(const struct machine *m, unsigned int cpu)
{
	return m->vcpu[cpu].thread;
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
	if (!machine_may(m, MAY_ASK))
		return "The VM is shutting down";
	return dump_is_busy(&m->dump) ? dumping : NULL;
}

/* What a client does to a VM that waits for its restart is not undone by that. */
static void call_off_restart(struct machine *m)
{
	if (!m->restart_at)
		return;
	m->restart_at = 0;
	log_say("the guest is not booted again: a client of the monitor has taken over");
}

static const char *stop(struct machine *machine)
{
	const char *why = busy(machine);

	if (why)
		return why;
	call_off_restart(machine);
	if (machine->state == MACHINE_RUNNING)
		machine_pause(machine, MACHINE_PAUSED);
	return NULL;
}

static const char *cont(struct machine *machine)
{
	const char *why = busy(machine);

	if (why)
		return why;
	if (!machine_may(machine, MAY_CONT))
		return is_preserved;
	/* Of a panic that is to be followed by a restart the client knows nothing. */
	if (machine->restart_at && machine->stopped_itself)
		return stopped_itself;
	call_off_restart(machine);
	if (machine->state != MACHINE_RUNNING)
		machine_go(machine);
	return NULL;
}

static const char *reset(struct machine *machine)
{
	bool runs = machine->state == MACHINE_RUNNING;
	const char *why = busy(machine);

	if (why)
		return why;
	if (!machine_may(machine, MAY_RESET))
		return is_kept;
	if (machine->stopped_itself)
		return stopped_itself;
	call_off_restart(machine);
	if (!machine_reboot(machine))
		return cannot_boot;
	qmp_event_reset(&machine->server);
	if (runs)
		machine_run(machine);
	return NULL;
}

static const char *nmi(struct machine *machine, unsigned int cpu)
{
	const char *why = busy(machine);

	if (why)
		return why;
	if (vcpu_nmi(&machine->vcpu[cpu]))
		return "KVM does not take an NMI";
	machine->injected_nmi = true;
	return NULL;
}

static void quit(struct machine *machine)
{
	machine->quit = true;
}

static const void *memory(const struct machine *m, uint64_t gpa, uint64_t len)
{
	return mem_at(&m->vm.mem, gpa, len);
}

static bool ram(const struct machine *m, unsigned int piece,
		struct qmp_range *range)
{
	const struct mem *mem = &m->vm.mem;

	if (piece >= mem->nr)
		return false;
	*range = (struct qmp_range){
		mem->region[piece].gpa, mem->region[piece].size,
	};
	return true;
}

static void registers(const struct machine *m, unsigned int cpu,
		      struct buf *out)
{
	qmp_regs_put(&m->vcpu[cpu].regs, out);
}

static bool is_beside_core(const struct machine *m, const char *path)
{
	const char *core = m->conf->core;
	size_t len = fs_dir_len(path);

	return core && len == fs_dir_len(core) && !memcmp(core, path, len);
}

/* In the sandbox only the directory of --core can be written to. */
static const char *find_target(struct machine *machine, const char *path,
			       struct dump_target *target)
{
	const char *name = fs_name(path);

	if (!*name || strlen(name) > CONF_CORE_NAME_MAX)
		return "Not the name of a file";
	*target = (struct dump_target){
		.name = name, .fd = -1, .held = &machine->shared->held,
	};
	if (is_beside_core(machine, path)) {
		target->dir = machine->shared->core_dir;
		return NULL;
	}
	if (machine->conf->sandbox)
		return boxed_in;
	machine->dump_dir = fs_open_dir(path, O_RDONLY);
	target->dir = machine->dump_dir;
	return target->dir < 0 ? "Cannot open the directory of that file" : NULL;
}

/* The registers where they are, as they are when the vCPUs are parked. */
static void list_vcpus(const struct machine *m, const struct regs **list)
{
	unsigned int i;

	for (i = 0; i < m->conf->smp; i++)
		list[i] = &m->vcpu[i].regs;
}

/* The client's buffer has other uses while the dump goes on. */
static void keep_name(struct machine *m, struct dump_target *target)
{
	snprintf(m->core_base, sizeof(m->core_base), "%s", target->name);
	target->name = m->core_base;
}

/*
 * Searches of all RAM are rationed because guests can cause them.  A client's is
 * not, and takes nothing from the ration: the next record may need it.
 */
static struct qmp_log kernel_log(struct machine *machine)
{
	struct kmsg_memory memory = machine->kmsg;
	const struct regs *vcpus[MAX_VCPUS];
	const struct kmsg_page none = { 0 };
	static struct kmsg kmsg;

	list_vcpus(machine, vcpus);
	memory.not_before = 0;
	kmsg_read(&memory, &machine->vm.mem, &none, vcpus, machine->conf->smp,
		  &kmsg, NULL);
	memory.not_before = machine->kmsg.not_before;
	machine->kmsg = memory;
	if (!*kmsg.text)
		return (struct qmp_log){ 0 };
	return (struct qmp_log){ kmsg_source_name(kmsg.source), kmsg.text };
}

static const char *dump(struct machine *machine, const struct qmp_range *range,
			const char *path, int fd)
{
	struct dump_target target = { .dir = -1, .fd = fd };
	const struct regs *vcpus[MAX_VCPUS];
	bool runs = machine->state == MACHINE_RUNNING;
	const char *why = busy(machine);
	struct mem part;

	if (!why && range &&
	    !mem_part(&machine->vm.mem, range->begin, range->length, &part))
		why = no_memory;
	if (!why && path)
		why = find_target(machine, path, &target);
	if (why)
		return why;
	if (path)
		keep_name(machine, &target);
	list_vcpus(machine, vcpus);
	if (dump_start(&machine->dump, &target, &machine->vm.mem,
		       range ? &part : NULL, vcpus, machine->conf->smp)) {
		core_close_dir(machine);
		return machine->dump.work.error;
	}
	machine->after_dump = runs ? AFTER_GO : AFTER_STAY;
	if (runs)
		machine_pause(machine, MACHINE_PAUSED);
	return NULL;
}

const struct qmp_ops control_ops = {
	.facts = facts,
	.thread = thread_id,
	.ram = ram,
	.last_dump = last_dump,
	.stop = stop,
	.cont = cont,
	.reset = reset,
	.nmi = nmi,
	.quit = quit,
	.dump = dump,
	.log = kernel_log,
	.memory = memory,
	.registers = registers,
};
