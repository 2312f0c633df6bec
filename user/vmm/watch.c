// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM has halted for good if every vCPU either executed HLT with interrupts off,
 * or waits to be started by another one; and no NMI, SMI or INIT is pending.  That
 * is seen when all are parked.  But an idle guest must not be parked again and
 * again: what KVM counts of a vCPU without stopping it tells whether it has left
 * the guest, and so can have changed its state, since it was looked at.
 *
 * CPU time would not tell: a periodic timer of the local APIC wakes the thread
 * of a halted vCPU even with interrupts off, and so does the parking itself.
 *
 * A vCPU that waits for the reader of a serial port is neither halted nor silent,
 * and to park it would lose the byte.
 */
#include "base/event_loop.h"
#include "vmm/watch.h"

#define WATCH_MS	1000

int watch_ms(struct machine *machine)
{
	struct watch *w = &machine->watch;
	uint64_t now;

	if (machine->state != MACHINE_RUNNING) {
		w->next = 0;
		return -1;
	}
	now = event_loop_now();
	if (!w->next)
		w->next = now + WATCH_MS;
	return w->next > now ? (int)(w->next - now) : 0;
}

/* False: this KVM does not tell. */
static bool count_exits(const struct machine *m, uint64_t *exits)
{
	unsigned int i;

	*exits = 0;
	for (i = 0; i < m->conf->smp; i++) {
		uint64_t one;

		if (!vcpu_exits(&m->vcpu[i], &one))
			return false;
		*exits += one;
	}
	return true;
}

static bool waits_for_reader(const struct machine *m)
{
	return m->shared->console.sink.waiting || m->shared->results.waiting;
}

/* Twice the same count: no vCPU has run for a second.  Look once, not again. */
static bool may_be_halted(struct machine *m)
{
	struct watch *w = &m->watch;
	uint64_t exits;

	if (!count_exits(m, &exits))
		return true;
	if (exits != w->exits)
		w->is_looked_at = false;
	else if (!w->is_looked_at)
		return true;
	w->exits = exits;
	return false;
}

static bool is_silent(const struct machine *m)
{
	return m->conf->silence && m->watch.quiet >= m->conf->silence;
}

static void count_quiet(struct machine *m)
{
	unsigned int transmitted = m->chipset.transmitted;
	struct watch *w = &m->watch;

	w->quiet++;
	if (transmitted != w->transmitted || waits_for_reader(m))
		w->quiet = 0;
	w->transmitted = transmitted;
}

bool watch_is_due(struct machine *machine)
{
	struct watch *w = &machine->watch;
	uint64_t now = event_loop_now();

	if (machine->state != MACHINE_RUNNING || !w->next || now < w->next)
		return false;
	w->next = now + WATCH_MS;
	count_quiet(machine);
	w->is_due = !waits_for_reader(machine) &&
		    (may_be_halted(machine) || is_silent(machine));
	return w->is_due;
}

static bool is_halted(const struct machine *m)
{
	unsigned int i;

	for (i = 0; i < m->conf->smp; i++)
		if (!vcpu_is_halted(&m->vcpu[i]))
			return false;
	return true;
}

enum end watch_end(struct machine *machine)
{
	struct watch *w = &machine->watch;

	if (!w->is_due)
		return END_NONE;
	w->is_due = false;
	/* To park them may have taken some out of the guest. */
	count_exits(machine, &w->exits);
	w->is_looked_at = true;
	if (is_halted(machine))
		return END_HALTED;
	return is_silent(machine) ? END_SILENCE : END_NONE;
}
