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

#include "base/log.h"
#include "kvm/exit_decode.h"
#include "vmm/cores.h"
#include "vmm/evidence.h"
#include "vmm/incident.h"
#include "vmm/qmp_events.h"

/*
 * machine->record is the panic that is acted on.  Notices, and what other vCPUs
 * report beside it, are written from here: they must not replace it, since its
 * core and its second line are yet to come.
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

/* Of the panic, or the end, that machine->record tells of. */
static void add_core(struct machine *m)
{
	m->core_due = core_is_due(m, m->record.action);
	if (m->core_due)
		core_name(m, &m->record.core);
}

/* A signal or quit asks for the end at once: do not write a core first. */
static bool is_at_once(enum end end)
{
	return end == END_SIGNAL || end == END_QUIT;
}

/* What query-guest-panic answers is the JSON of machine->record. */
static void init_json(struct machine *m, const struct record *r,
		      struct buf *json)
{
	static char text[REPORT_MAX];

	buf_init(json, r == &m->record ? m->json : text, REPORT_MAX);
	console_end_line(&m->shared->console);
}

static void write_record(struct machine *m, const struct record *r)
{
	struct buf json;

	init_json(m, r, &json);
	report_write(&m->shared->report, r, &json);
}

/* Whoever hears of it on the monitor can read it already. */
static void publish(struct machine *m, const struct record *r)
{
	write_record(m, r);
	qmp_event_report(&m->server, r);
}

/* A panic is counted, whether it came as such or was waited for. */
static void count_panic(struct machine *m)
{
	m->panics++;
	m->panics_ever++;
	m->waits = false;
}

/* What else announces the dump does not give it more time. */
static void wait_for_dump(struct machine *m, const struct record *r)
{
	const struct itimerspec when = {
		.it_value.tv_sec = m->conf->dump_timeout,
	};

	if (m->waits)
		return;
	m->waits = true;
	m->wait_record = *r;
	/* It fails for no value that conf.c lets through. */
	timerfd_settime(m->dump_timeout.fd, 0, &when, NULL);
}

/* Every panic is, and a notice that begins the wait for a crash kernel. */
static bool is_recorded(struct machine *m, enum panic_action action)
{
	struct timespec now;

	if (panic_counts(action) ||
	    (action == PANIC_WAIT && !m->waits))
		return true;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return report_admits(&m->shared->rate, evidence_ns(&now));
}

/* The panic, or the dump, that this boot has told of last; or NULL. */
static struct record *newest(struct machine *m)
{
	if (m->waits)
		return &m->wait_record;
	return m->panics ? &m->record : NULL;
}

/*
 * A kernel panics once, and reports that by each model that it has.  A model
 * that has reported it already tells of another panic.
 */
static bool is_same_panic(const struct machine *m, const struct record *r,
			  const struct guest_event *ev,
			  enum panic_action action)
{
	unsigned int i;

	if (r->nr_reports == RECORD_REPORTS ||
	    !(m->waits ? action == PANIC_WAIT : panic_counts(action)))
		return false;
	for (i = 0; i < r->nr_reports; i++)
		if (r->reports[i].model == ev->model)
			return false;
	return r->nr_reports;
}

/* Nothing new follows from it; but it may have brought the text. */
static void add_report(struct machine *m, struct record *r,
		       const struct guest_event *ev)
{
	struct buf json;

	r->reports[r->nr_reports++] = *ev;
	evidence_add_text(m, r, ev);
	init_json(m, r, &json);
	report_update(&m->shared->report, r, &json);
	log_say("the guest reports its panic by model %s, too",
		model_name(ev->model));
}

static void record_event(struct machine *m, struct record *r,
			 const struct guest_event *ev, enum panic_action action)
{
	evidence_collect(m, r, action);
	r->reports[r->nr_reports++] = *ev;
	r->time = evidence_time(ev);
	r->frozen = m->backend.freezes && panic_stops(ev);
	evidence_read(m, r);
}

/* @earlier: the action of those that were reported beside it. */
static enum panic_action handle_event(struct machine *m,
				      const struct guest_event *ev,
				      enum panic_action earlier, enum end asked)
{
	const struct panic_policy policy = machine_policy(m);
	enum panic_action action = panic_decide(&policy, ev, m->waits);
	bool is_first = panic_counts(action) && !panic_halts(earlier);
	struct record *r = newest(m);

	if (r && is_same_panic(m, r, ev, action)) {
		add_report(m, r, ev);
		return PANIC_RUN;
	}
	if (!is_recorded(m, action)) {
		m->shared->left_out++;
		return action;
	}
	r = is_first ? &m->record : &other;
	record_event(m, r, ev, action);
	if (is_first && !is_at_once(asked))
		add_core(m);
	publish(m, r);
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

/* The crash kernel is through, or was too slow: now the panic counts. */
static enum panic_action end_dump(struct machine *m, enum end end)
{
	enum panic_action action = machine_policy(m).on_panic;
	struct record *r = &m->record;

	/* What is read now may be the crash kernel's. */
	*r = m->wait_record;
	r->kind = RECORD_DUMPED;
	r->end = end;
	r->action = action;
	evidence_renew(m, r);
	add_core(m);
	publish(m, r);
	count_panic(m);
	return action;
}

/*
 * The boot ended, and no report tells why.  Its log may: then it has panicked.
 * PANIC_RUN: it has not.
 */
static enum panic_action explain_end(struct machine *m, enum end end)
{
	struct record *r = &other;
	bool is_new;

	evidence_collect(m, r, PANIC_DESTROY);
	r->kind = RECORD_END;
	r->end = end;
	if (m->vcpus.end == end)
		r->ender = (int)m->vcpus.ender;
	evidence_read(m, r);
	is_new = r->kmsg.panicked && !m->panics;
	if (!is_new && (end == END_POWER_OFF || end == END_EXIT))
		return PANIC_RUN;
	if (is_new)
		r->action = machine_policy(m).on_panic;
	m->record = *r;
	add_core(m);
	if (!is_new) {
		write_record(m, &m->record);
		return PANIC_RUN;
	}
	publish(m, &m->record);
	count_panic(m);
	return m->record.action;
}

static struct verdict judge_end(struct machine *m, enum end end)
{
	enum panic_action action = PANIC_RUN;

	/* It has its record, and a client has continued the VM since. */
	if (m->end_told)
		return (struct verdict){ .end = end };
	m->end_told = true;
	if (m->waits && panic_ends_dump(end))
		action = end_dump(m, end);
	else if (panic_records_end(end, m->panics))
		action = explain_end(m, end);
	/* --timeout ends panicvm, whatever the action is. */
	if (end == END_TIMEOUT || !panic_halts(action))
		return (struct verdict){ .end = end };
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
	enum panic_action action;
	enum end end;
	bool late;

	machine->core_due = false;
	action = handle_events(machine, asked);
	end = find_end(machine, asked);
	late = machine->dump_late && machine->waits;
	machine->dump_late = false;
	if (panic_halts(action) && !is_at_once(end))
		return (struct verdict){ .action = action };
	if (end != END_NONE)
		return judge_end(machine, end);
	if (late)
		action = end_dump(machine, END_DUMP_TIMEOUT);
	return (struct verdict){ .action = action };
}
