// SPDX-License-Identifier: GPL-2.0-only
/*
 * In: what the vCPUs, the crash kernel's timer and the dump have to say.  Out:
 * that it is noted, and the steps of a VM's life, for session.c to take.
 *
 * Never wait for a vCPU thread but in machine_park(), and never take a step of
 * another VM's, or of this one's from a callback.
 */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/states.h"
#include "board/acpi.h"
#include "kvm/vcpu_run.h"
#include "vmm/machine.h"
#include "vmm/qmp_events.h"

#define MAY_ALL	(MAY_ASK | MAY_CONT | MAY_RESET)

/* The table of machine.h. */
static const struct {
	const char *name;
	unsigned int may;
} rules[MACHINE_NR] = {
	[MACHINE_PRELAUNCH] = { "prelaunch", MAY_ALL },
	[MACHINE_RUNNING] = { "running", MAY_ALL },
	[MACHINE_PAUSED] = { "paused", MAY_ALL },
	[MACHINE_PANICKED] = { "guest-panicked", MAY_ALL },
	[MACHINE_PRESERVED] = { "guest-panicked", MAY_ASK | MAY_RESET },
	[MACHINE_KEPT] = { "guest-panicked", MAY_ASK },
	[MACHINE_SHUTDOWN] = { "shutdown", 0 },
};

static const unsigned int next_states[MACHINE_NR] = {
	[MACHINE_PRELAUNCH] = STATE(MACHINE_PRELAUNCH) |
			      STATE(MACHINE_RUNNING) | STATE(MACHINE_SHUTDOWN),
	[MACHINE_RUNNING] = STATE(MACHINE_PAUSED) | STATE(MACHINE_PANICKED) |
			    STATE(MACHINE_PRELAUNCH) | STATE(MACHINE_SHUTDOWN),
	[MACHINE_PAUSED] = STATE(MACHINE_RUNNING) | STATE(MACHINE_PRELAUNCH) |
			   STATE(MACHINE_SHUTDOWN),
	[MACHINE_PANICKED] = STATE(MACHINE_RUNNING) | STATE(MACHINE_PRESERVED) |
			     STATE(MACHINE_KEPT) | STATE(MACHINE_PRELAUNCH) |
			     STATE(MACHINE_SHUTDOWN),
	[MACHINE_PRESERVED] = STATE(MACHINE_PRELAUNCH) |
			      STATE(MACHINE_SHUTDOWN),
	[MACHINE_KEPT] = STATE(MACHINE_SHUTDOWN),
};

const char *machine_state_name(enum machine_state state)
{
	return rules[state].name;
}

bool machine_may(const struct machine *machine, unsigned int what)
{
	return rules[machine->state].may & what;
}

void machine_set_state(struct machine *machine, enum machine_state state)
{
	assert(state_may_follow(next_states, machine->state, state));
	machine->state = state;
}

struct panic_policy machine_policy(const struct machine *machine)
{
	struct panic_policy policy = machine->conf->policy;

	if (panic_restarts(policy.on_panic) &&
	    machine->shared->restarts >= machine->conf->restarts)
		policy.on_panic = PANIC_DESTROY;
	return policy;
}

static enum status create_memory(struct mem *mem, uint64_t size)
{
	int err = mem_alloc(mem, size);

	if (err)
		return log_fail(STATUS_HOST, "--memory %" PRIu64
				"M: the host has no room: %s; give the guest less",
				size / MIB, strerror(-err));
	return 0;
}

/* @fd: right after the call that made it, or failed to. */
static enum status add_source(struct machine *m, struct event_source *source,
			      int fd,
			      void (*ready)(struct event_source *source,
					    short revents))
{
	int err = fd < 0 ? -errno : 0;

	*source = (struct event_source){
		.fd = fd,
		.events = POLLIN,
		.ready = ready,
	};
	if (!err)
		err = event_loop_add(&m->shared->loop, source);
	if (err)
		return log_fail(STATUS_HOST, "cannot watch the VM: %s",
				strerror(-err));
	return 0;
}

static void drop_source(struct machine *m, struct event_source *source)
{
	event_loop_remove(&m->shared->loop, source);
	if (source->fd >= 0)
		close(source->fd);
	source->fd = -1;
}

static void dump_ready(struct event_source *source, short revents)
{
	(void)revents;
	dump_end(&container_of(source, struct machine, dumped)->dump);
}

static enum status open_monitor(struct machine *m, const struct qmp_ops *ops,
				const char *path)
{
	const char *why = server_open(&m->server, &m->shared->loop, ops, m,
				      path);

	if (why && !m->shared->restarts)
		return log_fail(STATUS_USAGE, "--monitor %s", why);
	if (why)
		log_say("--monitor %s; the next VM runs without", why);
	return 0;
}

/* What end_boot() finds if there has been none. */
static void init_boot(struct machine *m)
{
	m->vm.fd = -1;
	m->backend.device = -1;
	m->dump_timeout.fd = -1;
	m->vcpus.wake = -1;
}

enum status machine_open(struct machine *machine, struct shared *shared,
			 const struct qmp_ops *ops, const char *monitor)
{
	int err = dump_init(&machine->dump);
	enum status status;

	if (err)
		return log_fail(STATUS_HOST, "cannot prepare for a core: %s",
				strerror(-err));
	machine->shared = shared;
	machine->conf = shared->conf;
	machine->state = MACHINE_PRELAUNCH;
	machine->quit = false;
	machine->dump_dir = -1;
	machine->panics_ever = 0;
	init_boot(machine);
	status = add_source(machine, &machine->dumped, machine->dump.done,
			    dump_ready);
	if (monitor && !status)
		status = open_monitor(machine, ops, monitor);
	if (status)
		machine_close(machine);
	return status;
}

/* What woke main is in vcpus->stop. */
static void wake_ready(struct event_source *source, short revents)
{
	(void)revents;
	event_reset(source->fd);
}

/* The crash kernel has had its time. */
static void dump_timed_out(struct event_source *source, short revents)
{
	struct machine *m = container_of(source, struct machine, dump_timeout);
	uint64_t times;

	(void)revents;
	if (read(source->fd, &times, sizeof(times)) == sizeof(times))
		m->dump_late = m->waits;
}

static enum status start_threads(struct machine *m)
{
	int err = vcpus_init(&m->vcpus);
	unsigned int i;

	for (i = 0; i < m->conf->smp && !err; i++)
		err = vcpus_add(&m->vcpus, vcpu_thread, &m->vcpu[i]);
	if (err)
		return log_fail(STATUS_HOST, "cannot start the vCPU threads: %s",
				strerror(-err));
	return add_source(m, &m->wake, m->vcpus.wake, wake_ready);
}

static void clear_boot(struct machine *m)
{
	m->kmsg = (struct kmsg_memory){ 0 };
	m->panics = 0;
	m->restart_at = 0;
	m->end_told = false;
	m->stopped_itself = false;
	m->injected_nmi = false;
	m->waits = false;
	m->dump_late = false;
	m->watch = (struct watch){ 0 };
}

static void vcpu_io(struct vcpu *vcpu, const struct vcpu_access *access,
		    uint8_t *data)
{
	struct machine *m = vcpu->env->owner;
	enum end end = chipset_access(&m->chipset, access, data);

	if (end != END_NONE)
		vcpus_end(&m->vcpus, vcpu->id, end);
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
	vcpus_stop(&m->vcpus);
}

static void vcpu_end(struct vcpu *vcpu, enum end end)
{
	struct machine *m = vcpu->env->owner;

	vcpus_end(&m->vcpus, vcpu->id, end);
}

static const struct vcpu_ops vcpu_ops = {
	.io = vcpu_io,
	.mmio = vcpu_mmio,
	.report = vcpu_report,
	.end = vcpu_end,
};

enum status machine_load(struct machine *machine)
{
	const struct conf *conf = machine->conf;
	struct mem *mem = &machine->vm.mem;
	enum status status;
	uint64_t rsdp;

	clear_boot(machine);
	status = create_memory(mem, conf->memory);
	if (status)
		return status;
	rsdp = acpi_place(mem, conf->smp, &conf->models, conf->results);
	return boot_load(&machine->shared->images, mem, rsdp, &machine->entry);
}

static enum status create_vcpus(struct machine *m)
{
	const struct conf *conf = m->conf;
	enum status status = 0;

	m->env = (struct vcpu_env){
		.vm = &m->vm,
		.backend = &m->backend,
		.vcpus = &m->vcpus,
		.ops = &vcpu_ops,
		.owner = m,
		.cpus = conf->smp,
	};
	while (m->nr_vcpus < conf->smp && !status) {
		status = vcpu_create(&m->vcpu[m->nr_vcpus], &m->env,
				     m->nr_vcpus, &m->entry);
		m->nr_vcpus += !status;
	}
	return status;
}

static enum status open_dump_timeout(struct machine *m)
{
	return add_source(m, &m->dump_timeout,
			  timerfd_create(CLOCK_MONOTONIC,
					 TFD_CLOEXEC | TFD_NONBLOCK),
			  dump_timed_out);
}

enum status machine_boot(struct machine *machine)
{
	const struct conf *conf = machine->conf;
	struct vm *vm = &machine->vm;
	const struct chipset_ends ends = {
		.console = &machine->shared->console,
		.emptied = machine->shared->emptied.fd,
		.results = conf->results ? &machine->shared->results : NULL,
		.exit_port = conf->exit_port,
	};
	enum status status;

	vm->kvm = machine->shared->kvm;
	chipset_init(&machine->chipset, vm, &ends);
	status = vm_create(vm, conf->irqchip);
	if (!status)
		status = backend_attach(&machine->backend, vm, &conf->models,
					conf->backend);
	if (!status)
		status = create_vcpus(machine);
	if (!status)
		status = open_dump_timeout(machine);
	return status ? status : start_threads(machine);
}

/* The vCPUs are parked.  Takes away what there is, also of half a boot. */
static void end_boot(struct machine *m)
{
	event_loop_remove(&m->shared->loop, &m->wake);
	vcpus_quit(&m->vcpus);
	drop_source(m, &m->dump_timeout);
	while (m->nr_vcpus)
		vcpu_close(&m->vcpu[--m->nr_vcpus]);
	backend_close(&m->backend);
	vm_close(&m->vm);
}

void machine_park(struct machine *machine)
{
	vcpus_stop(&machine->vcpus);
	vcpus_wait(&machine->vcpus);
}

bool machine_reboot(struct machine *machine)
{
	end_boot(machine);
	if (machine_load(machine) || machine_boot(machine)) {
		log_say("the guest cannot boot again");
		machine_shut_down(machine, END_HOST);
		return false;
	}
	/* The next client in turn may want its registers. */
	machine_park(machine);
	machine_set_state(machine, MACHINE_PRELAUNCH);
	return true;
}

bool machine_is_due(const struct machine *machine)
{
	const struct vcpus *vcpus = &machine->vcpus;

	if (machine->state != MACHINE_RUNNING)
		return false;
	if (machine->dump_late)
		return true;
	return vcpus->state == VCPUS_RUNNING ? vcpus_stopping(vcpus) :
					     vcpus->end != END_NONE;
}

void machine_run(struct machine *machine)
{
	if (machine->state == MACHINE_PRELAUNCH)
		machine->began = event_loop_now();
	machine_set_state(machine, MACHINE_RUNNING);
}

void machine_go(struct machine *machine)
{
	qmp_event_plain(&machine->server, "RESUME");
	machine_run(machine);
}

void machine_let_go(struct machine *machine)
{
	if (machine->state == MACHINE_RUNNING &&
	    machine->vcpus.state != VCPUS_RUNNING)
		vcpus_go(&machine->vcpus);
}

void machine_pause(struct machine *machine, enum machine_state state)
{
	if (machine->state == MACHINE_RUNNING)
		qmp_event_plain(&machine->server, "STOP");
	machine->stopped = event_loop_now();
	machine_set_state(machine, state);
}

void machine_shut_down(struct machine *machine, enum end end)
{
	qmp_event_end(&machine->server, "SHUTDOWN", end);
	machine_set_state(machine, MACHINE_SHUTDOWN);
	machine->end = end;
}

void machine_close(struct machine *machine)
{
	end_boot(machine);
	event_loop_remove(&machine->shared->loop, &machine->dumped);
	dump_close(&machine->dump);
	if (machine_has_monitor(machine))
		server_close(&machine->server);
	machine->shared = NULL;
}
