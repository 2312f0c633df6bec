// SPDX-License-Identifier: GPL-2.0-only
/*
 * In: the events that the vCPUs left before they parked.  Out: a record each,
 * and then, only then, the action.
 */
#include <time.h>

#include "incident.h"

/* Of the events that are left, the one that was first. */
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

static void fill_record(struct record *r, const struct machine *m,
			const struct guest_event *ev)
{
	unsigned int i;

	clock_gettime(CLOCK_REALTIME, &r->time);
	r->vm = m->conf->name;
	r->event = *ev;
	r->decoded = decode_event(ev);
	r->backend = backend_name(m->backend.kind);
	r->frozen = m->backend.freezes && panic_stops(ev);
	r->action = panic_decide(m->conf->on_panic, ev);
	r->nr_vcpus = m->conf->smp;
	for (i = 0; i < r->nr_vcpus; i++)
		r->vcpus[i] = &m->vcpus[i].regs;
	kmsg_read_page(&m->vm.mem, ev, r->text);
}

/* Says whether the VM goes on. */
static bool handle_event(struct machine *m, const struct guest_event *ev)
{
	static struct record record;

	fill_record(&record, m, ev);
	console_end_line(&m->console);
	report_write(&m->report, &record);
	if (panic_stops(ev)) {
		m->panics++;
		m->recorded = ev->seq;
	}
	return record.action != PANIC_DESTROY;
}

/*
 * What the device still holds, in the order of seq: KVM_RUN may have come back
 * for another reason, and behind the latched event others may wait.
 */
static bool handle_latched(struct machine *m)
{
	struct guest_event ev;
	bool go_on = true;

	while (event_latched(&m->backend, m->vcpus, &ev)) {
		if (ev.seq > m->recorded)
			go_on &= handle_event(m, &ev);
		backend_resume(&m->backend);
	}
	return go_on;
}

enum end incident_handle(struct machine *machine)
{
	struct vcpu *vcpu;
	bool go_on = true;

	while ((vcpu = next_reporter(machine))) {
		go_on &= handle_event(machine, &vcpu->event);
		vcpu->has_event = false;
	}
	go_on &= handle_latched(machine);
	return go_on ? machine->crew.end : END_PANIC;
}
