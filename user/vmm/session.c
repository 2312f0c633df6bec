// SPDX-License-Identifier: GPL-2.0-only
/*
 * The main thread.  Nothing here may wait, but in loop_wait(): a monitor's
 * client, the terminal and a panic are served by the same loop.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/log.h"
#include "sandbox/sandbox.h"
#include "vmm/core.h"
#include "vmm/session.h"

/* While COM1 is full its input stays where it is: look again in a moment. */
#define FULL_RETRY_MS	10

/* Its directory, now: later nothing can be opened by a path. */
static void open_core(struct session *s)
{
	const char *slash;
	char dir[PATH_MAX] = ".";

	s->core_dir = -1;
	if (!s->conf->core)
		return;
	slash = strrchr(s->conf->core, '/');
	s->core_name = slash ? slash + 1 : s->conf->core;
	if (slash)
		snprintf(dir, sizeof(dir), "%.*s",
			 (int)(slash - s->conf->core) + 1, s->conf->core);
	s->core_dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->core_dir < 0)
		log_die(STATUS_USAGE, "--core %s: cannot open its directory: %s; name a file in a directory of yours",
			s->conf->core, strerror(errno));
}

static void open_kvm(struct session *s)
{
	const char *why;

	s->kvm = vm_open_kvm(&why);
	if (s->kvm < 0)
		log_die(STATUS_HOST, "/dev/kvm %s", why);
}

static void stop_all(struct session *s, enum end end)
{
	struct machine *m = s->running;

	if (m && m->state == RUNSTATE_RUNNING)
		crew_end(&m->crew, end);
	else if (m)
		machine_shut_down(m, end);
}

static void take_signal(struct session *s, int sig)
{
	s->signal = sig;
	stop_all(s, END_SIGNAL);
}

static void signal_ready(struct loop_source *source, short revents)
{
	struct session *s = container_of(source, struct session, signals);
	struct signalfd_siginfo info;

	(void)revents;
	if (read(source->fd, &info, sizeof(info)) == sizeof(info))
		take_signal(s, (int)info.ssi_signo);
}

static void timeout_ready(struct loop_source *source, short revents)
{
	struct session *s = container_of(source, struct session, timeout);

	(void)revents;
	source->events = 0;
	s->timed_out = true;
	/* A core that is being written is not a hang: reap() ends it after. */
	if (s->running && s->running->state == RUNSTATE_RUNNING)
		stop_all(s, END_TIMEOUT);
}

static void input_ready(struct loop_source *source, short revents)
{
	struct session *s = container_of(source, struct session, input);
	struct serial *serial = &s->running->chipset.serial;
	uint8_t bytes[SERIAL_FIFO];
	int len = console_get(&s->console, bytes, serial_room(serial));

	(void)revents;
	if (len == -EINTR)
		take_signal(s, SIGINT);
	else
		serial_feed(serial, bytes, (size_t)len);
}

static int open_signals(void)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		sigaddset(&set, ends[i]);
		/* A parent may have it ignored: then main could not die by it. */
		signal(ends[i], SIG_DFL);
	}
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int open_timeout(unsigned int seconds)
{
	const struct itimerspec when = { .it_value.tv_sec = seconds };
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);

	/* 0 seconds disarm it: there is no time-out. */
	if (fd >= 0 && timerfd_settime(fd, 0, &when, NULL) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static void open_sources(struct session *s)
{
	s->signals = (struct loop_source){
		.fd = open_signals(), .events = POLLIN, .ready = signal_ready,
	};
	s->timeout = (struct loop_source){
		.fd = open_timeout(s->conf->timeout), .events = POLLIN,
		.ready = timeout_ready,
	};
	s->input = (struct loop_source){
		.fd = STDIN_FILENO, .ready = input_ready,
	};
	if (s->signals.fd < 0 || s->timeout.fd < 0 ||
	    loop_add(&s->loop, &s->signals) ||
	    loop_add(&s->loop, &s->timeout) || loop_add(&s->loop, &s->input))
		log_die(STATUS_HOST, "cannot watch signals and time: %s",
			strerror(errno));
}

static void enter_sandbox(const struct session *s)
{
	const struct sandbox sandbox = {
		.core_dir = s->core_dir,
		.monitor = s->conf->monitor,
	};

	if (s->conf->sandbox)
		sandbox_enter(&sandbox);
}

void session_open(struct session *session, const struct conf *conf)
{
	session->conf = conf;
	session->running = &session->machine[0];
	/* What was asked for is checked before what the host can do. */
	boot_open(&session->images, &conf->boot);
	report_open(&session->report, conf->report);
	open_core(session);
	mem_init();
	machine_open(session->running, session, conf->monitor);
	machine_load(session->running);
	open_kvm(session);
	crew_prepare();
	open_sources(session);
	enter_sandbox(session);
	machine_boot(session->running);
	backend_say(&session->running->backend);
}

void session_restart(struct session *session, struct machine *machine)
{
	session->restarts++;
	machine_reboot(machine);
	machine_go(machine);
}

static struct machine *free_place(struct session *s)
{
	unsigned int i;

	for (i = 0; i < 1 + SESSION_KEPT_MAX; i++)
		if (!s->machine[i].session)
			return &s->machine[i];
	return NULL;
}

static void rename_monitor(struct session *s, struct machine *m)
{
	char name[PATH_MAX];
	int err;

	if (!m->has_monitor)
		return;
	/* A panicvm that was killed may have left some of these behind. */
	do {
		snprintf(name, sizeof(name), "%s.crashed-%u", s->conf->monitor,
			 ++s->renamed);
		err = monitor_rename(&m->monitor, name);
	} while (err == -EEXIST);
	if (err)
		log_say("the VM that panicked is kept, but not under the name %s: %s",
			name, strerror(-err));
	else
		log_say("the VM that panicked is kept; its monitor is %s", name);
}

bool session_replace(struct session *session, struct machine *machine)
{
	struct machine *next = free_place(session);

	if (!next) {
		log_say("%d crashed VMs are kept already: there is no room for one more",
			SESSION_KEPT_MAX);
		return false;
	}
	machine->kept = true;
	rename_monitor(session, machine);
	session->restarts++;
	session->running = next;
	machine_open(next, session, session->conf->monitor);
	machine_load(next);
	machine_boot(next);
	machine_run(next);
	return true;
}

static unsigned int count_kept(const struct session *s)
{
	unsigned int i, kept = 0;

	for (i = 0; i < 1 + SESSION_KEPT_MAX; i++)
		if (s->machine[i].session && s->machine[i].kept)
			kept++;
	return kept;
}

/* The VM that ran is gone; those that are kept end with it only if asked to. */
static void end_running(struct session *s, const struct machine *m)
{
	unsigned int kept = count_kept(s);

	s->running = NULL;
	s->end = m->end;
	/* A panic that nothing has been attributed to is one all the same. */
	s->panics = m->panics + m->has_crashload;
	if (kept)
		log_say("the VM that ran has ended (%s); %u that panicked are kept until their monitors say quit",
			panic_end_name(s->end), kept);
}

/* What has shut down goes, and its monitor with it. */
static void reap(struct session *s)
{
	unsigned int i;

	if (s->timed_out && s->running &&
	    s->running->state != RUNSTATE_RUNNING &&
	    !dump_is_busy(&s->running->dump))
		stop_all(s, END_TIMEOUT);
	for (i = 0; i < 1 + SESSION_KEPT_MAX; i++) {
		struct machine *m = &s->machine[i];

		if (!m->session || m->state != RUNSTATE_SHUTDOWN)
			continue;
		if (m == s->running)
			end_running(s, m);
		machine_close(m);
	}
}

static bool is_over(const struct session *s)
{
	if (s->running)
		return false;
	return !count_kept(s) || s->timed_out || s->signal;
}

static int wait_once(struct session *s)
{
	bool full = s->running && !serial_room(&s->running->chipset.serial);
	int progress = s->running ? core_progress(s->running) : -1;

	s->input.events = s->running && !full && !s->console.closed ? POLLIN : 0;
	return loop_wait(&s->loop, full ? FULL_RETRY_MS : progress);
}

void session_run(struct session *session)
{
	console_open(&session->console,
		     session->report.fd == STDOUT_FILENO);
	machine_run(session->running);
	while (!is_over(session)) {
		if (wait_once(session) < 0)
			stop_all(session, END_HOST);
		reap(session);
	}
	console_restore();
}

/* Also of those that are kept: a core that is half written must go. */
void session_close(struct session *session)
{
	unsigned int i;

	for (i = 0; i < 1 + SESSION_KEPT_MAX; i++)
		if (session->machine[i].session)
			machine_close(&session->machine[i]);
	close(session->kvm);
}
