// SPDX-License-Identifier: GPL-2.0-only
/*
 * In: the events that the vCPUs left before they parked, the end that one asked
 * for, and the one that the host asks for.  Out: a record each, written and on
 * the monitor, and a verdict.  It must not act on that: session.c does,
 * when nothing else uses the VM.
 */
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>

#include "kvm/exit_decode.h"
#include "vmm/cores.h"
#include "vmm/incident.h"
#include "vmm/qmp_events.h"

#define NSEC_PER_SEC	UINT64_C(1000000000)

static const struct record_core no_core = { .state = "none" };

/*
 * machine->record is the panic that is acted on.  Notices, hangs and what other
 * vCPUs report beside it are written from here: they must not replace it, since
 * its core and its second line are yet to come.
 */
static struct record other;

/* Of the events that vCPUs have left, the one with the lowest seq. */
static struct vcpu *next_reporter(struct machine *m)
{
	struct vcpu *first = NULL;
	unsigned int i;

	for (i = 0; i < m->conf->smp; i++) {
		struct vcpu *v = &m->vcpu[i];

		if (v->has_event && (!first || v->event.seq < first->event.seq))
			first = v;
	}
	return first;
}

static uint64_t nanoseconds(const struct timespec *t)
{
	return (uint64_t)t->tv_sec * NSEC_PER_SEC + (uint64_t)t->tv_nsec;
}

/* When the guest reported @ev; now, if that is not known. */
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

static void fill_record(struct machine *m, struct record *r,
			enum record_kind kind, const struct guest_event *ev,
			enum panic_action action)
{
	const struct kmsg_page page = decode_page(ev);
	static struct kmsg kmsg;
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
	r->restarts = m->shared->restarts;
	r->core = no_core;
	report_unwritten(&m->shared->report, r);
	r->unwritten.console = m->shared->console.sink.dropped;
	r->unwritten.results = m->shared->results.dropped;
	r->left_out = m->shared->left_out;
	m->shared->left_out = 0;
	r->nr_vcpus = m->conf->smp;
	for (i = 0; i < r->nr_vcpus; i++)
		r->vcpus[i] = &m->vcpu[i].regs;
	kmsg_read(&m->kmsg, &m->vm.mem, &page, r->vcpus, r->nr_vcpus, &kmsg);
	memcpy(r->text, kmsg.text, sizeof(r->text));
	r->text_source = kmsg.source;
}

/* Of the panic that is acted on, if its action takes one. */
static void add_core(struct machine *m, enum panic_action action)
{
	if (core_is_due(m, action))
		core_name(m, &m->record.core);
}

/* A signal or quit asks for the end at once: do not write a core first. */
static bool is_at_once(enum end end)
{
	return end == END_SIGNAL || end == END_QUIT;
}

static void write_record(struct machine *m, const struct record *r)
{
	static char text[REPORT_MAX];
	struct buf json;

	buf_init(&json, r == &m->record ? m->json : text, REPORT_MAX);
	console_end_line(&m->shared->console);
	report_write(&m->shared->report, r, &json);
}

/* A panic is counted, whether it came as such or was waited for. */
static void count_panic(struct machine *m)
{
	m->panics++;
	m->panics_ever++;
	m->has_crashload = false;
}

/* What else the crash kernel reports does not give it more time. */
static void wait_for_dump(struct machine *m, const struct record *r)
{
	const struct itimerspec when = {
		.it_value.tv_sec = m->conf->dump_timeout,
	};

	if (m->has_crashload)
		return;
	m->crashload = r->event;
	m->has_crashload = true;
	/* Later the crash kernel's log is what is found. */
	memcpy(m->crash_text, r->text, sizeof(m->crash_text));
	m->crash_text_source = r->text_source;
	/* It fails for no value that conf.c lets through. */
	timerfd_settime(m->dump_timeout.fd, 0, &when, NULL);
}

/* Every panic is, and a notice that begins the wait for a crash kernel. */
static bool is_recorded(struct machine *m, enum panic_action action)
{
	struct timespec now;

	if (panic_counts(action) ||
	    (action == PANIC_WAIT && !m->has_crashload))
		return true;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return report_admits(&m->shared->rate, nanoseconds(&now));
}

/* @earlier: the action of those that were reported beside it. */
static enum panic_action handle_event(struct machine *m,
				      const struct guest_event *ev,
				      enum panic_action earlier, enum end asked)
{
	enum panic_action action = panic_decide(&m->conf->policy, ev);
	bool is_first = panic_counts(action) && !panic_halts(earlier);
	struct record *r = is_first ? &m->record : &other;

	if (!is_recorded(m, action)) {
		m->shared->left_out++;
		return action;
	}
	fill_record(m, r, RECORD_EVENT, ev, action);
	if (is_first && !is_at_once(asked))
		add_core(m, action);
	r->frozen = m->backend.freezes && panic_stops(ev);
	write_record(m, r);
	qmp_event_report(&m->server, r);
	if (panic_counts(action))
		count_panic(m);
	else if (action == PANIC_WAIT)
		wait_for_dump(m, r);
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

	if (exit_latched(&m->backend, m->vcpu, &latched) &&
	    (!vcpu || latched.seq < vcpu->event.seq)) {
		*ev = latched;
		return true;
	}
	if (vcpu)
		*ev = vcpu->event;
	return vcpu;
}

/* Only after the record: until then the latch still has the event. */
static void acknowledge(struct machine *m, const struct guest_event *ev)
{
	struct vcpu *vcpu = &m->vcpu[ev->vcpu];

	if (vcpu->event.seq == ev->seq)
		vcpu->has_event = false;
	if (panic_stops(ev))
		backend_resume(&m->backend, ev->seq);
}

static enum panic_action handle_events(struct machine *m, enum end asked)
{
	enum panic_action action = PANIC_RUN;
	struct guest_event ev;

	while (next_event(m, &ev)) {
		action = stronger(action, handle_event(m, &ev, action,
						       asked));
		acknowledge(m, &ev);
	}
	return action;
}

static bool is_hang(enum end end)
{
	return end == END_TIMEOUT || end == END_SILENCE;
}

/* The crash kernel is through, or was too slow: now the panic counts. */
static enum panic_action attribute(struct machine *m, enum end end)
{
	enum panic_action action = m->conf->policy.on_panic;

	fill_record(m, &m->record, RECORD_DUMPED, &m->crashload, action);
	m->record.end = panic_end_name(end);
	if (m->crash_text[0]) {
		memcpy(m->record.text, m->crash_text, sizeof(m->crash_text));
		m->record.text_source = m->crash_text_source;
	}
	if (!is_hang(end))
		add_core(m, action);
	write_record(m, &m->record);
	qmp_event_report(&m->server, &m->record);
	count_panic(m);
	return action;
}

static void report_hang(struct machine *m)
{
	static const struct guest_event none;

	fill_record(m, &other, RECORD_TIMEOUT, &none, PANIC_DESTROY);
	write_record(m, &other);
}

static struct verdict judge_end(struct machine *m, enum end end)
{
	enum panic_action action = PANIC_RUN;

	if (m->has_crashload && panic_ends_dump(end))
		action = attribute(m, end);
	else if (is_hang(end))
		report_hang(m);
	/* --timeout and --silence end panicvm, whatever the action is. */
	if (is_hang(end) || !panic_halts(action))
		return (struct verdict){ .end = end };
	/* The end has become the panic that it belongs to. */
	m->vcpus.end = END_NONE;
	return (struct verdict){ .action = action };
}

/* The guest's own end is the older one, but some ask to stop at once. */
static enum end find_end(struct machine *m, enum end asked)
{
	if (is_at_once(asked) || m->vcpus.end == END_NONE)
		return asked;
	return m->vcpus.end;
}

struct verdict incident_handle(struct machine *machine, enum end asked)
{
	enum panic_action action = handle_events(machine, asked);
	enum end end = find_end(machine, asked);
	bool late = machine->dump_late && machine->has_crashload;

	machine->dump_late = false;
	if (panic_halts(action) && !is_at_once(end))
		return (struct verdict){ .action = action };
	if (end != END_NONE)
		return judge_end(machine, end);
	if (late)
		action = attribute(machine, END_DUMP_TIMEOUT);
	return (struct verdict){ .action = action };
}
