// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a VM, as the main thread drives it.  An event or an end stops the
 * crew; then, with every vCPU parked, incident.c reports and decides.
 *
 * Never wait for a vCPU thread but in crew_wait(), and only for a stopped crew.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/log.h"
#include "board/acpi.h"
#include "vmm/announce.h"
#include "vmm/core.h"
#include "vmm/incident.h"
#include "vmm/machine.h"
#include "vmm/session.h"

static void create_memory(struct mem *mem, uint64_t size)
{
	int err = mem_alloc(mem, size);

	if (err)
		log_die(STATUS_HOST, "--memory %" PRIu64
			"M: the host has no room: %s; give the guest less",
			size / MIB, strerror(-err));
}

static void add_source(struct machine *m, struct loop_source *source, int fd,
		       void (*ready)(struct loop_source *source, short revents))
{
	*source = (struct loop_source){
		.fd = fd,
		.events = POLLIN,
		.ready = ready,
	};
	if (fd < 0 || loop_add(&m->session->loop, source))
		log_die(STATUS_HOST, "cannot watch the VM: %s",
			strerror(errno));
}

static void drop_source(struct machine *m, struct loop_source *source)
{
	loop_remove(&m->session->loop, source);
	close(source->fd);
}

static void dump_ready(struct loop_source *source, short revents)
{
	(void)revents;
	incident_dumped(container_of(source, struct machine, dumped));
}

static void open_monitor(struct machine *m, const char *path)
{
	const char *why = monitor_open(&m->monitor, &m->session->loop,
				       &control_ops, m, path);

	if (why && !m->session->restarts)
		log_die(STATUS_USAGE, "--monitor %s", why);
	/* A VM that crashed is kept: not even for this may it be lost. */
	if (why)
		log_say("--monitor %s; the next VM runs without", why);
	m->has_monitor = !why;
}

void machine_open(struct machine *machine, struct session *session,
		  const char *monitor)
{
	int err;

	machine->session = session;
	machine->conf = session->conf;
	machine->console = &session->console;
	machine->kept = false;
	machine->dump_dir = -1;
	machine->action = PANIC_RUN;
	machine->panics_ever = 0;
	if (monitor)
		open_monitor(machine, monitor);
	err = dump_init(&machine->dump);
	if (err)
		log_die(STATUS_HOST, "cannot prepare for a core: %s",
			strerror(-err));
	add_source(machine, &machine->dumped, machine->dump.done, dump_ready);
}

static void crew_ready(struct loop_source *source, short revents)
{
	struct machine *m = container_of(source, struct machine, wake);
	uint64_t wakes;

	(void)revents;
	/* A wake-up may come late, after what it was for has been handled. */
	if (read(source->fd, &wakes, sizeof(wakes)) != sizeof(wakes) ||
	    !crew_stopping(&m->crew) || m->state != RUNSTATE_RUNNING)
		return;
	machine_stop(m);
	if (m->state == RUNSTATE_RUNNING)
		machine_run(m);
}

/* The crash kernel has had its time. */
static void dump_timed_out(struct loop_source *source, short revents)
{
	struct machine *m = container_of(source, struct machine, dump_timeout);
	uint64_t times;

	(void)revents;
	if (read(source->fd, &times, sizeof(times)) == sizeof(times) &&
	    m->has_crashload)
		crew_end(&m->crew, END_DUMP_TIMEOUT);
}

static void start_crew(struct machine *m)
{
	int err = crew_init(&m->crew);
	unsigned int i;

	for (i = 0; i < m->conf->smp && !err; i++)
		err = crew_add(&m->crew, vcpu_thread, &m->vcpus[i]);
	if (err)
		log_die(STATUS_HOST, "cannot start the vCPU threads: %s",
			strerror(-err));
	add_source(m, &m->wake, m->crew.wake, crew_ready);
}

static void clear_boot(struct machine *m)
{
	m->kmsg = (struct kmsg_memory){ 0 };
	m->preserved = false;
	m->panics = 0;
	m->has_crashload = false;
}

static void vcpu_io(struct vcpu *vcpu, const struct vcpu_access *access,
		    uint8_t *data)
{
	struct machine *m = vcpu->env->owner;
	enum end end = chipset_access(&m->chipset, access, data);

	if (end != END_NONE)
		crew_end(&m->crew, end);
}

/* Nothing answers outside RAM: reads give all ones, as on an empty bus. */
static void vcpu_mmio(struct vcpu *vcpu, const struct vcpu_access *access,
		      uint8_t *data)
{
	(void)vcpu;
	if (!access->write)
		memset(data, 0xff, access->size);
}

/* One place is enough: a stopped vCPU runs nothing that could report more. */
static void vcpu_report(struct vcpu *vcpu, const struct guest_event *ev)
{
	struct machine *m = vcpu->env->owner;

	vcpu->event = *ev;
	vcpu->has_event = true;
	crew_stop(&m->crew);
}

static void vcpu_end(struct vcpu *vcpu, enum end end)
{
	struct machine *m = vcpu->env->owner;

	crew_end(&m->crew, end);
}

static const struct vcpu_ops vcpu_ops = {
	.io = vcpu_io,
	.mmio = vcpu_mmio,
	.report = vcpu_report,
	.end = vcpu_end,
};

void machine_load(struct machine *machine)
{
	const struct conf *conf = machine->conf;
	struct mem *mem = &machine->vm.mem;
	uint64_t rsdp;

	clear_boot(machine);
	create_memory(mem, conf->memory);
	rsdp = acpi_place(mem, conf->smp, &conf->models);
	machine->entry = boot_load(&machine->session->images, mem, rsdp);
}

void machine_boot(struct machine *machine)
{
	const struct conf *conf = machine->conf;
	struct vm *vm = &machine->vm;
	unsigned int i;

	vm->kvm = machine->session->kvm;
	vm_create(vm, conf->irqchip);
	backend_attach(&machine->backend, vm, &conf->models, conf->backend);
	chipset_init(&machine->chipset, vm, machine->console);
	machine->env = (struct vcpu_env){
		.vm = vm,
		.backend = &machine->backend,
		.crew = &machine->crew,
		.ops = &vcpu_ops,
		.owner = machine,
		.cpus = conf->smp,
	};
	for (i = 0; i < conf->smp; i++)
		vcpu_create(&machine->vcpus[i], &machine->env, i,
			    &machine->entry);
	add_source(machine, &machine->dump_timeout,
		   timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
		   dump_timed_out);
	start_crew(machine);
	machine->state = RUNSTATE_PRELAUNCH;
}

/* The crew has stopped. */
static void end_boot(struct machine *m)
{
	unsigned int i;

	loop_remove(&m->session->loop, &m->wake);
	crew_quit(&m->crew);
	for (i = 0; i < m->conf->smp; i++)
		vcpu_close(&m->vcpus[i]);
	drop_source(m, &m->dump_timeout);
	backend_close(&m->backend);
	vm_close(&m->vm);
}

void machine_reboot(struct machine *machine)
{
	end_boot(machine);
	machine_load(machine);
	machine_boot(machine);
}

void machine_stop(struct machine *machine)
{
	crew_stop(&machine->crew);
	crew_wait(&machine->crew);
	incident_handle(machine);
}

void machine_run(struct machine *machine)
{
	machine->state = RUNSTATE_RUNNING;
	crew_go(&machine->crew);
}

void machine_go(struct machine *machine)
{
	if (machine->state == RUNSTATE_RUNNING)
		return;
	announce(machine, "RESUME");
	machine_run(machine);
}

void machine_pause(struct machine *machine, enum runstate state)
{
	if (machine->state == RUNSTATE_RUNNING)
		announce(machine, "STOP");
	machine->state = state;
}

void machine_shut_down(struct machine *machine, enum end end)
{
	announce_end(machine, "SHUTDOWN", end);
	machine->state = RUNSTATE_SHUTDOWN;
	machine->end = end;
}

void machine_close(struct machine *machine)
{
	if (dump_is_busy(&machine->dump)) {
		dump_cancel(&machine->dump);
		core_finish(machine);
	}
	end_boot(machine);
	loop_remove(&machine->session->loop, &machine->dumped);
	dump_close(&machine->dump);
	if (machine->has_monitor)
		monitor_close(&machine->monitor);
	machine->has_monitor = false;
	machine->session = NULL;
}
