// SPDX-License-Identifier: GPL-2.0-only
/*
 * In: a VM whose vCPUs are parked.  Out: what a record says of it.  Nothing here
 * decides anything, and all that is read of the guest may be forged: the readers
 * of guest/ check it.
 */
#include <string.h>
#include <time.h>

#include "guest/kallsyms.h"
#include "vmm/evidence.h"

#define NSEC_PER_SEC	UINT64_C(1000000000)

/* Main's alone; empty where the log is not known. */
static char own_text[KMSG_OWN_MAX];

static const struct record_core no_core = { .state = "none" };

uint64_t evidence_ns(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * NSEC_PER_SEC + (uint64_t)time->tv_nsec;
}

struct timespec evidence_time(const struct guest_event *ev)
{
	struct timespec boot, real;
	uint64_t ns;

	clock_gettime(CLOCK_BOOTTIME, &boot);
	clock_gettime(CLOCK_REALTIME, &real);
	if (!ev->time || ev->time > evidence_ns(&boot))
		return real;
	ns = evidence_ns(&real) - (evidence_ns(&boot) - ev->time);
	return (struct timespec){ .tv_sec = (time_t)(ns / NSEC_PER_SEC),
				  .tv_nsec = (long)(ns % NSEC_PER_SEC) };
}

void evidence_renew(struct machine *machine, struct record *record)
{
	struct shared *s = machine->shared;

	clock_gettime(CLOCK_REALTIME, &record->time);
	report_unwritten(&s->report, record);
	record->unwritten.console = s->console.sink.dropped;
	record->unwritten.results = s->results.dropped;
	record->left_out = s->left_out;
	s->left_out = 0;
}

void evidence_collect(struct machine *machine, struct record *record,
		      enum panic_action action)
{
	unsigned int i;

	memset(record, 0, sizeof(*record));
	evidence_renew(machine, record);
	record->vm = machine->conf->name;
	record->backend = backend_name(machine->backend.kind);
	record->action = action;
	record->restarts = machine->shared->restarts;
	record->core = no_core;
	record->ender = -1;
	record->injected_nmi = machine->injected_nmi;
	record->nr_vcpus = machine->conf->smp;
	for (i = 0; i < record->nr_vcpus; i++)
		record->vcpus[i] = &machine->vcpu[i].regs;
}

static const enum signature_end signature_ends[] = {
	[END_NONE] = SIGNATURE_PANIC,
	[END_POWER_OFF] = SIGNATURE_POWER_OFF,
	[END_EXIT] = SIGNATURE_POWER_OFF,
	[END_RESET] = SIGNATURE_RESET,
	[END_FAULT] = SIGNATURE_TRIPLE_FAULT,
	[END_KVM_ERROR] = SIGNATURE_KVM_ERROR,
	[END_HOST] = SIGNATURE_HOST,
	[END_HALTED] = SIGNATURE_HALTED,
	[END_TIMEOUT] = SIGNATURE_HANG,
	[END_SILENCE] = SIGNATURE_HANG,
	[END_DUMP_TIMEOUT] = SIGNATURE_PANIC,
};

/* Of several reports Hyper-V's says most. */
static const struct guest_event *best_report(const struct record *r)
{
	unsigned int i;

	for (i = 0; i < r->nr_reports; i++)
		if (r->reports[i].model == MODEL_HYPERV)
			return &r->reports[i];
	return r->nr_reports ? &r->reports[0] : NULL;
}

/* In long mode, at the privilege of programs. */
static bool is_user(const struct regs *regs)
{
	return regs->cs & 3;
}

/* What tells which kernel a vCPU runs. */
static void list_tables(const struct machine *m, const struct record *r,
			const struct regs *tables[MAX_VCPUS])
{
	unsigned int i;

	for (i = 0; i < r->nr_vcpus; i++)
		tables[i] = paging_is_on(r->vcpus[i]) ? r->vcpus[i] :
							&m->vcpu[i].seen;
}

/* Where the vCPUs are: what names a hang, or a fault, without a trace. */
static void find_places(struct machine *m, const struct record *r,
			struct signature_input *input)
{
	uint64_t left = GUEST_STEP_COST;
	struct guest_reader reader;
	const struct regs *tables[MAX_VCPUS];
	struct guest_kernel kernel;
	unsigned int i;

	list_tables(m, r, tables);

	guest_reader_of_mem(&reader, &m->vm.mem, &left);
	if (!kmsg_find_kernel(&m->kmsg, &reader, tables, r->nr_vcpus,
			      &kernel))
		return;
	for (i = 0; i < r->nr_vcpus; i++) {
		struct signature_place *place = &input->places[i];

		place->is_user = is_user(r->vcpus[i]);
		if (!place->is_user)
			kallsyms_name(&kernel, r->vcpus[i]->rip, place->symbol,
				      sizeof(place->symbol));
	}
}

static void name(struct machine *m, struct record *r)
{
	const struct guest_event *ev = best_report(r);
	struct signature_input input = {
		.end = r->nr_reports ? SIGNATURE_PANIC : signature_ends[r->end],
		.text = *own_text ? own_text : r->kmsg.text,
		.event = ev,
		.nr_places = r->nr_vcpus,
		.vcpu = r->ender < 0 ? r->nr_vcpus : (unsigned int)r->ender,
	};
	struct decoded decoded;

	if (ev) {
		decoded = decode_event(ev);
		input.decoded = &decoded;
	} else {
		find_places(m, r, &input);
	}
	signature_make(&r->signature, &input);
}

/* The page is the one that @ev hands over, if that does. */
static void read_log(struct machine *m, const struct record *r,
		     const struct guest_event *ev, struct kmsg *kmsg)
{
	const struct kmsg_page page = ev ? decode_page(ev) :
					   (struct kmsg_page){ 0 };
	const struct regs *tables[MAX_VCPUS];

	list_tables(m, r, tables);
	kmsg_read(&m->kmsg, &m->vm.mem, &page, tables, r->nr_vcpus, kmsg,
		  own_text);
}

void evidence_read(struct machine *machine, struct record *record)
{
	read_log(machine, record, best_report(record), &record->kmsg);
	/* The guest's own notices need no name. */
	if (record_is_panic(record) || record->kind == RECORD_END ||
	    record->action == PANIC_WAIT)
		name(machine, record);
}

void evidence_add_text(struct machine *machine, struct record *record,
		       const struct guest_event *ev)
{
	static struct kmsg kmsg;

	read_log(machine, record, ev, &kmsg);
	if (!*kmsg.text || (record->kmsg.panicked && !kmsg.panicked))
		return;
	record->kmsg = kmsg;
	name(machine, record);
}
