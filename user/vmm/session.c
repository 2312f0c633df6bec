// SPDX-License-Identifier: GPL-2.0-only
/*
 * The main thread.  It waits in one place, event_loop_wait(), for everything:
 * vCPUs, monitors, the terminal, signals, time, the end of a core.  What is
 * called from there notes what happened.  Then, for each VM, in this order:
 *
 *  1. a core that has ended is finished, and what was to follow it does; a
 *     restart that had to wait is carried out;
 *  2. if a vCPU reported or ended something, somebody asks for an end or for
 *     what needs a stopped VM, or watch.c wants to look at the vCPUs, they are
 *     parked, incident.c writes the records and gives its verdict, and that is
 *     carried out;
 *  3. the clients that wait for their turn have it;
 *
 * and last the vCPUs of every VM that is to run are let go.  Nothing else
 * restarts, replaces, ends or frees a VM, and nothing else lets vCPUs go.  So
 * none of these can happen while other code works with a stopped VM.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "vmm/control.h"
#include "vmm/cores.h"
#include "vmm/incident.h"
#include "vmm/qmp_events.h"
#include "vmm/session.h"
#include "vmm/watch.h"

/* Before a restart, if the boot was short. */
#define SHORT_BOOT_MS	1000
#define BACKOFF_MIN_MS	100
#define BACKOFF_MAX_MS	10000

static struct machine *free_place(struct session *s)
{
	unsigned int i;

	for (i = 0; i < 1 + SESSION_KEPT_MAX; i++)
		if (!s->machine[i].shared)
			return &s->machine[i];
	return NULL;
}

static void rename_monitor(struct session *s, struct machine *m)
{
	char name[PATH_MAX];
	int err;

	if (!machine_has_monitor(m))
		return;
	/* A panicvm that was killed may have left some of these behind. */
	do {
		snprintf(name, sizeof(name), "%s.crashed-%u",
			 s->shared.conf->monitor, ++s->renamed);
		err = server_rename(&m->server, name);
	} while (err == -EEXIST);
	if (err)
		log_say("the VM that panicked is kept, but not under the name %s: %s",
			name, strerror(-err));
	else
		log_say("the VM that panicked is kept; its monitor is %s", name);
}

/* Those that somebody can reach: PATH may have been lost to later VMs. */
static unsigned int count_kept(const struct session *s)
{
	unsigned int i, kept = 0;

	for (i = 0; i < 1 + SESSION_KEPT_MAX; i++)
		kept += s->machine[i].shared &&
			s->machine[i].state == MACHINE_KEPT &&
			machine_has_monitor(&s->machine[i]);
	return kept;
}

/* The VM that ran is gone; those that are kept end with it only if asked to. */
static void end_running(struct session *s, const struct machine *m,
			enum end end)
{
	unsigned int kept = count_kept(s);

	s->running = NULL;
	s->end = end;
	s->exit_value = (uint8_t)m->chipset.exit_value;
	/* A crash kernel that was still dumping: the guest has panicked. */
	s->panics = m->panics + m->waits;
	if (kept)
		log_say("the VM that ran has ended (%s); %u that panicked are kept until their monitors say quit",
			panic_end_name(s->end), kept);
}

/* Of a VM that cannot be had, nothing is left. */
static bool boot_next(struct session *s, struct machine *next)
{
	if (machine_open(next, &s->shared, &control_ops,
			 s->shared.conf->monitor))
		return false;
	if (machine_load(next) || machine_boot(next)) {
		machine_close(next);
		return false;
	}
	return true;
}

/* @m is kept, and another one boots in its place if it can; or @m ends. */
static void replace(struct session *s, struct machine *m)
{
	struct machine *next = free_place(s);

	if (!next) {
		log_say("%d crashed VMs are kept already: there is no room for one more",
			SESSION_KEPT_MAX);
		machine_shut_down(m, END_PANIC);
		return;
	}
	machine_set_state(m, MACHINE_KEPT);
	rename_monitor(s, m);
	s->shared.restarts++;
	if (!boot_next(s, next)) {
		log_say("no VM can boot in place of the one that panicked");
		end_running(s, m, END_PANIC);
		return;
	}
	s->running = next;
	machine_run(next);
}

static void restart(struct session *s, struct machine *m)
{
	s->shared.restarts++;
	if (!machine_reboot(m))
		return;
	qmp_event_end(&m->server, "RESET", END_PANIC);
	machine_go(m);
}

static void boot_again(struct session *s, struct machine *m,
		       enum panic_action action)
{
	m->restart_at = 0;
	if (action == PANIC_RESTART)
		restart(s, m);
	else
		replace(s, m);
}

/*
 * A guest that panics as soon as it boots would fill the disk with records and
 * cores: each time the next boot waits for longer.  In ms.
 */
static unsigned int back_off(struct session *s, const struct machine *m)
{
	if (m->stopped - m->began > SHORT_BOOT_MS)
		s->backoff = 0;
	else if (!s->backoff)
		s->backoff = BACKOFF_MIN_MS;
	else if (s->backoff < BACKOFF_MAX_MS / 2)
		s->backoff *= 2;
	else
		s->backoff = BACKOFF_MAX_MS;
	return s->backoff;
}

static void boot_later(struct session *s, struct machine *m,
		       enum panic_action action)
{
	unsigned int ms = back_off(s, m);

	if (!ms) {
		boot_again(s, m, action);
		return;
	}
	m->restart_at = event_loop_now() + ms;
	log_say("the guest panicked within a second of its boot; the next boot begins in %u.%u s",
		ms / 1000, ms % 1000 / 100);
}

/* After a dump, if a client has begun one meanwhile. */
static bool waits_for_boot(const struct machine *m)
{
	return m->restart_at && m->state == MACHINE_PANICKED &&
	       !dump_is_busy(&m->dump);
}

static int restart_ms(const struct machine *m)
{
	uint64_t now = event_loop_now();

	if (!waits_for_boot(m))
		return -1;
	return m->restart_at > now ? (int)(m->restart_at - now) : 0;
}

/* What the host wants of @m, whatever the guest does. */
static enum end asked_end(const struct session *s, const struct machine *m)
{
	if (m->quit)
		return END_QUIT;
	/* Those that are kept end with the session. */
	if (m != s->running)
		return END_NONE;
	if (s->signal)
		return END_SIGNAL;
	if (s->failed)
		return END_HOST;
	return s->timed_out ? END_TIMEOUT : END_NONE;
}

/* The action, with the core written or not to be had. */
static void take_action(struct session *s, struct machine *m,
			enum panic_action action)
{
	enum end asked = asked_end(s, m);

	switch (action) {
	case PANIC_RENAME_RESTART:
	case PANIC_RESTART:
		/* What would end at once does not begin. */
		if (asked != END_NONE)
			machine_shut_down(m, asked);
		else
			boot_later(s, m, action);
		break;
	case PANIC_PRESERVE:
		machine_set_state(m, MACHINE_PRESERVED);
		break;
	case PANIC_PAUSE:
		break;
	default:
		if (panic_restarts(m->conf->policy.on_panic))
			log_say("--restarts %u: there have been as many; the guest is not booted again",
				m->conf->restarts);
		machine_shut_down(m, END_PANIC);
		break;
	}
}

static void say_stopped(const struct machine *m, enum panic_action action)
{
	if (action != PANIC_PAUSE && action != PANIC_PRESERVE)
		return;
	if (machine_has_monitor(m))
		log_say("the guest is stopped; its monitor is %s",
			m->conf->monitor);
	else
		log_say("the guest is stopped, and there is no --monitor: only a signal or --timeout ends this");
}

static void carry_out(struct session *s, struct machine *m)
{
	if (m->verdict.end != END_NONE)
		machine_shut_down(m, m->verdict.end);
	else
		take_action(s, m, m->verdict.action);
}

static void act_on(struct session *s, struct machine *m)
{
	const struct verdict *verdict = &m->verdict;

	if (verdict->end == END_NONE && !panic_halts(verdict->action))
		return;
	if (verdict->end == END_NONE) {
		machine_pause(m, MACHINE_PANICKED);
		say_stopped(m, verdict->action);
	} else if (m->core_due) {
		machine_pause(m, MACHINE_PAUSED);
	}
	if (!m->core_due || !core_start(m))
		carry_out(s, m);
}

static void finish_dump(struct session *s, struct machine *m)
{
	core_finish(m);
	if (m->after_dump == AFTER_ACTION)
		carry_out(s, m);
	else if (m->after_dump == AFTER_GO)
		machine_go(m);
}

/* A core is not a hang; but a client may never read the dump that it wants. */
static bool waits_for_core(const struct machine *m, enum end asked)
{
	return asked == END_TIMEOUT && dump_is_busy(&m->dump) &&
	       m->after_dump == AFTER_ACTION;
}

static void handle_stop(struct session *s, struct machine *m)
{
	enum end asked = asked_end(s, m);

	if (m->state == MACHINE_RUNNING) {
		machine_park(m);
		if (asked == END_NONE)
			asked = watch_end(m);
		m->verdict = incident_handle(m, asked);
		act_on(s, m);
		m->stopped_itself = m->state != MACHINE_RUNNING &&
				    qmp_has_turns(&m->server.qmp);
	} else if (asked != END_NONE && m->state != MACHINE_SHUTDOWN &&
		   !waits_for_core(m, asked)) {
		machine_shut_down(m, asked);
	}
}

/* Run the commands that need a stopped VM; the boot may be a new one. */
static void take_turns(struct machine *m)
{
	if (!qmp_has_turns(&m->server.qmp))
		return;
	machine_park(m);
	qmp_take_turns(&m->server.qmp);
	m->stopped_itself = false;
}

/* Again if a client has just continued a VM that has an end pending. */
static void step(struct session *s, struct machine *m)
{
	if (m->dump.state == DUMP_ENDED)
		finish_dump(s, m);
	if (!restart_ms(m) && asked_end(s, m) == END_NONE)
		boot_again(s, m, m->record.action);
	do {
		if (machine_is_due(m) || asked_end(s, m) != END_NONE ||
		    qmp_has_turns(&m->server.qmp) || watch_is_due(m))
			handle_stop(s, m);
		take_turns(m);
	} while (machine_is_due(m));
}

static void close_machine(struct machine *m)
{
	if (dump_is_busy(&m->dump)) {
		dump_cancel(&m->dump);
		core_finish(m);
	}
	machine_close(m);
}

static void act(struct session *s)
{
	struct machine *m;
	unsigned int i;

	for (i = 0; i < 1 + SESSION_KEPT_MAX; i++) {
		m = &s->machine[i];
		if (m->shared)
			step(s, m);
		if (!m->shared || m->state != MACHINE_SHUTDOWN)
			continue;
		if (m == s->running)
			end_running(s, m, m->end);
		close_machine(m);
	}
	/* Last, so that a VM that has replaced another one goes, too. */
	for (i = 0; i < 1 + SESSION_KEPT_MAX; i++)
		if (s->machine[i].shared)
			machine_let_go(&s->machine[i]);
}

static bool is_over(const struct session *s)
{
	if (s->running)
		return false;
	return !count_kept(s) || s->timed_out || s->signal || s->failed;
}

/*
 * Give the guest what has been typed; returns how much room COM1 then has.  If it
 * has none, its input stays where it is until shared.emptied is signalled.
 */
static size_t feed(struct session *s)
{
	struct serial *serial = &s->running->chipset.serial;
	uint8_t bytes[SERIAL_FIFO];
	size_t len = console_take(&s->shared.console, bytes,
				  serial_room(serial));

	serial_feed(serial, bytes, len);
	return serial_room(serial);
}

/* The shorter of two times in ms, of which a negative one means none. */
static int sooner(int a, int b)
{
	if (a < 0 || b < 0)
		return a < 0 ? b : a;
	return a < b ? a : b;
}

static int wait_once(struct session *s)
{
	struct console *console = &s->shared.console;
	size_t room = s->running ? feed(s) : 0;
	int ms = s->running ? core_progress(s->running) : -1;

	console_check(console);
	/* Ctrl-A x is for those that are kept, too. */
	s->input.events = console_reads(console, room) ? POLLIN : 0;
	ms = sooner(ms, console_check_ms(console));
	if (s->running)
		ms = sooner(sooner(ms, watch_ms(s->running)),
			    restart_ms(s->running));
	return event_loop_wait(&s->shared.loop, ms);
}

void session_run(struct session *session)
{
	struct shared *shared = &session->shared;

	console_open(&shared->console, &shared->std_out,
		     shared->report.out == &shared->std_out);
	machine_run(session->running);
	while (!is_over(session)) {
		act(session);
		if (!is_over(session) && wait_once(session) < 0)
			session->failed = true;
	}
	console_restore();
}

/* Messages lost on stderr are told of by log.c. */
static void say_unwritten(const struct shared *s)
{
	unsigned int records = s->report.out ? s->report.out->lost : 0;

	if (records)
		log_say("--report %s: records missing there: %u",
			s->report.path, records);
	if (s->left_out)
		log_say("notices of the guest that no record tells of: %u",
			s->left_out);
	if (s->console.sink.dropped)
		log_say("the guest's console: bytes not put out: %u",
			s->console.sink.dropped);
	if (s->results.dropped)
		log_say("--results %s: bytes missing there: %u",
			s->conf->results, s->results.dropped);
}

static void close_results(struct shared *s)
{
	if (s->conf->results &&
	    !fs_release_out(s->results_file.fd, &s->results_hold))
		log_say("--results %s: nobody has opened it to read: what the guest wrote is lost",
			s->conf->results);
}

/* Also of those that are kept: a core that is half written must go. */
void session_close(struct session *session)
{
	unsigned int i;

	for (i = 0; i < 1 + SESSION_KEPT_MAX; i++)
		if (session->machine[i].shared)
			close_machine(&session->machine[i]);
	close(session->shared.kvm);
	report_close(&session->shared.report);
	close_results(&session->shared);
	say_unwritten(&session->shared);
}
