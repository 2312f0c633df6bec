// SPDX-License-Identifier: GPL-2.0-only
/*
 * In: the events that the vCPUs left before they parked, or the end that one
 * asked for.  Out, in this order and no other: a record each, the event on the
 * monitor, the core, the record again with what became of the core, the action.
 */
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "kvm/exit_decode.h"
#include "vmm/announce.h"
#include "vmm/core.h"
#include "vmm/incident.h"
#include "vmm/session.h"

#define NSEC_PER_SEC	UINT64_C(1000000000)

static const struct record_core no_core = { .state = "none" };

/* Of the events that vCPUs have left, the one with the lowest seq. */
static struct vcpu *next_reporter(struct machine *m)
{
	struct vcpu *first = NULL;
	unsigned int i;

	for (i = 0; i < m->conf->smp; i++) {
		struct vcpu *v = &m->vcpus[i];

		if (v->has_event && (!first || v->event.seq < first->event.seq))
			first = v;
	}
	return first;
}

static uint64_t nanoseconds(const struct timespec *t)
{
	return (uint64_t)t->tv_sec * NSEC_PER_SEC + (uint64_t)t->tv_nsec;
}

/* When the guest reported @ev; now, if nobody noted it. */
static struct timespec report_time(const struct guest_event *ev)
{
	struct timespec boot, real;
	uint64_t ns;

	clock_gettime(CLOCK_BOOTTIME, &boot);
	clock_gettime(CLOCK_REALTIME, &real);
	if (!ev->time || ev->time > nanoseconds(&boot))
		return real;
	ns = nanoseconds(&real) - (nanoseconds(&boot) - ev->time);
	return (struct timespec){ .tv_sec = (time_t)(ns / NSEC_PER_SEC),
				  .tv_nsec = (long)(ns % NSEC_PER_SEC) };
}

static void fill_record(struct machine *m, enum record_kind kind,
			const struct guest_event *ev, enum panic_action action)
{
	const struct kmsg_page page = decode_page(ev);
	struct record *r = &m->record;
	unsigned int i;

	memset(r, 0, sizeof(*r));
	r->kind = kind;
	if (kind == RECORD_EVENT)
		r->time = report_time(ev);
	else
		clock_gettime(CLOCK_REALTIME, &r->time);
	r->vm = m->conf->name;
	r->event = *ev;
	r->decoded = decode_event(ev);
	r->backend = backend_name(m->backend.kind);
	r->action = action;
	r->restarts = m->session->restarts;
	r->core = no_core;
	if (core_is_due(m, action))
		core_name(m, &r->core);
	r->nr_vcpus = m->conf->smp;
	for (i = 0; i < r->nr_vcpus; i++)
		r->vcpus[i] = &m->vcpus[i].regs;
	r->text_source = kmsg_read(&m->kmsg, &m->vm.mem, &page, r->vcpus,
				   r->nr_vcpus, r->text);
}

/* Later ones that are no panic do not cost a monitor's client the last one. */
static void write_record(struct machine *m)
{
	static char other[REPORT_MAX];
	bool panic = m->record.kind != RECORD_TIMEOUT &&
		     panic_counts(m->record.action);
	struct buf json;

	buf_init(&json, panic ? m->json : other, REPORT_MAX);
	console_end_line(&m->session->console);
	report_write(&m->session->report, &m->record, &json);
}

/* A panic is counted, whether it came as such or was waited for. */
static void count_panic(struct machine *m)
{
	m->panics++;
	m->panics_ever++;
	m->has_crashload = false;
}

static void wait_for_dump(struct machine *m, const struct guest_event *ev)
{
	const struct itimerspec when = {
		.it_value.tv_sec = m->conf->dump_timeout,
	};

	m->crashload = *ev;
	m->has_crashload = true;
	/* Later the crash kernel's log is what is found. */
	memcpy(m->crash_text, m->record.text, sizeof(m->crash_text));
	m->crash_text_source = m->record.text_source;
	/* It fails for no value that conf.c lets through. */
	timerfd_settime(m->dump_timeout.fd, 0, &when, NULL);
}

static enum panic_action handle_event(struct machine *m,
				      const struct guest_event *ev)
{
	enum panic_action action = panic_decide(&m->conf->policy, ev);

	fill_record(m, RECORD_EVENT, ev, action);
	m->record.frozen = m->backend.freezes && panic_stops(ev);
	write_record(m);
	announce_event(m, &m->record);
	if (panic_counts(action))
		count_panic(m);
	else if (action == PANIC_WAIT)
		wait_for_dump(m, ev);
	return action;
}

static enum panic_action stronger(enum panic_action a, enum panic_action b)
{
	return a > b ? a : b;
}

/*
 * The next event to handle, in the order of seq: one that a vCPU has left, or
 * the one that the device has latched, which KVM_RUN may not have returned yet.
 * Most often these are the same.
 */
static bool next_event(struct machine *m, struct guest_event *ev)
{
	const struct vcpu *vcpu = next_reporter(m);
	struct guest_event latched;

	if (exit_latched(&m->backend, m->vcpus, &latched) &&
	    (!vcpu || latched.seq < vcpu->event.seq)) {
		*ev = latched;
		return true;
	}
	if (vcpu)
		*ev = vcpu->event;
	return vcpu;
}

/* Only now, so that whoever reads the latch until then finds the event. */
static void acknowledge(struct machine *m, const struct guest_event *ev)
{
	struct vcpu *vcpu = &m->vcpus[ev->vcpu];

	if (vcpu->event.seq == ev->seq)
		vcpu->has_event = false;
	if (panic_stops(ev))
		backend_resume(&m->backend, ev->seq);
}

static enum panic_action handle_events(struct machine *m)
{
	enum panic_action action = PANIC_RUN;
	struct guest_event ev;

	while (next_event(m, &ev)) {
		action = stronger(action, handle_event(m, &ev));
		acknowledge(m, &ev);
	}
	return action;
}

/* The action, with the core written or not to be had. */
static void carry_out(struct machine *m, enum panic_action action)
{
	switch (action) {
	case PANIC_RENAME_RESTART:
		m->preserved = true;
		if (session_replace(m->session, m))
			break;
		machine_shut_down(m, END_PANIC);
		break;
	case PANIC_RESTART:
		announce_end(m, "RESET", END_PANIC);
		session_restart(m->session, m);
		break;
	case PANIC_PRESERVE:
		m->preserved = true;
		break;
	case PANIC_PAUSE:
		break;
	default:
		machine_shut_down(m, END_PANIC);
		break;
	}
}

static void say_stopped(const struct machine *m, enum panic_action action)
{
	if (action != PANIC_PAUSE && action != PANIC_PRESERVE)
		return;
	if (m->has_monitor)
		log_say("the guest is stopped; its monitor is %s",
			m->conf->monitor);
	else
		log_say("the guest is stopped, and there is no --monitor: only a signal or --timeout ends this");
}

static void halt(struct machine *m, enum panic_action action)
{
	machine_pause(m, RUNSTATE_GUEST_PANICKED);
	say_stopped(m, action);
	m->action = action;
	if (m->record.core.file && core_start(m))
		return;
	m->action = PANIC_RUN;
	carry_out(m, action);
}

/* The crash kernel is through, or was too slow: now the panic counts. */
static enum panic_action attribute(struct machine *m, enum end end)
{
	enum panic_action action = m->conf->policy.on_panic;

	fill_record(m, RECORD_DUMPED, &m->crashload, action);
	m->record.end = panic_end_name(end);
	if (m->crash_text[0]) {
		memcpy(m->record.text, m->crash_text, sizeof(m->crash_text));
		m->record.text_source = m->crash_text_source;
	}
	if (end == END_TIMEOUT)
		m->record.core = no_core;
	write_record(m);
	announce_event(m, &m->record);
	count_panic(m);
	return action;
}

static void report_hang(struct machine *m)
{
	static const struct guest_event none;

	fill_record(m, RECORD_TIMEOUT, &none, PANIC_DESTROY);
	m->record.core = no_core;
	write_record(m);
}

static void handle_end(struct machine *m, enum end end)
{
	enum panic_action action = PANIC_RUN;

	if (m->has_crashload && panic_ends_dump(end))
		action = attribute(m, end);
	else if (end == END_TIMEOUT)
		report_hang(m);
	/* A time-out of --timeout ends panicvm, whatever the action is. */
	if (panic_halts(action) && end != END_TIMEOUT) {
		m->crew.end = END_NONE;
		halt(m, action);
	} else if (end == END_DUMP_TIMEOUT) {
		m->crew.end = END_NONE;
	} else {
		machine_shut_down(m, end);
	}
}

void incident_handle(struct machine *machine)
{
	enum panic_action action = handle_events(machine);
	enum end end = machine->crew.end;

	/* Who was told to stop at once does not wait for a core. */
	if (panic_halts(action) && end != END_SIGNAL && end != END_QUIT)
		halt(machine, action);
	else if (end != END_NONE)
		handle_end(machine, end);
}

void incident_dumped(struct machine *machine)
{
	enum panic_action action = machine->action;

	core_finish(machine);
	machine->action = PANIC_RUN;
	if (action != PANIC_RUN)
		carry_out(machine, action);
	else if (machine->go_after_dump)
		machine_go(machine);
}
