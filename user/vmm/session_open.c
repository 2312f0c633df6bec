// SPDX-License-Identifier: GPL-2.0-only
/*
 * In: the command line.  Out: a session with all that it will ever need open,
 * in the sandbox, with a guest before its first instruction.  Whatever cannot
 * be had ends panicvm here with a sentence.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/log.h"
#include "sandbox/sandbox.h"
#include "vmm/control.h"
#include "vmm/session.h"

/* Its directory, now: later nothing can be opened by a path. */
static void open_core(struct shared *s)
{
	s->core_dir = -1;
	if (!s->conf->core)
		return;
	s->core_name = fs_name(s->conf->core);
	s->core_dir = fs_open_dir(s->conf->core, O_RDONLY);
	if (s->core_dir < 0)
		log_die(STATUS_USAGE, "--core %s: cannot open its directory: %s; name a file in a directory of yours",
			s->conf->core, strerror(-s->core_dir));
}

/* The names of later cores are checked when these are written. */
static void check_core(const struct shared *s)
{
	const struct dump_target target = {
		.dir = s->core_dir, .name = s->core_name, .held = &s->held,
	};
	const char *why;

	if (!s->conf->core)
		return;
	why = dump_out_refuses(&target);
	if (why)
		log_die(STATUS_USAGE, "--core %s: %s", s->conf->core, why);
	dump_out_clean(&target);
}

static void open_images(struct shared *s)
{
	boot_open(&s->images, &s->conf->boot);
	fs_hold(&s->held, s->images.kernel.fd);
	if (s->conf->boot.initrd)
		fs_hold(&s->held, s->images.initrd.fd);
}

static void open_report(struct shared *s)
{
	struct stat st;

	out_init_shared(&s->std_out, STDOUT_FILENO);
	report_open(&s->report, s->conf->report, &s->std_out);
	if (s->report.out != &s->report.file)
		return;
	if (!fstat(s->report.file.fd, &st) && fs_is_held(&s->held, &st))
		log_die(STATUS_USAGE, "--report %s: is an image that the guest boots from; name another file",
			s->conf->report);
	fs_hold(&s->held, s->report.file.fd);
}

/* Empty, whatever an earlier run left; but no file that has another use. */
static void open_results(struct shared *s)
{
	const char *path = s->conf->results;
	struct stat st;
	int fd;

	if (!path)
		return;
	fd = fs_open_out(path, 0, &s->results_hold);
	if (fd < 0 || fstat(fd, &st) < 0)
		log_die(STATUS_USAGE, "--results %s: cannot write to it: %s; name a file in a directory of yours",
			path, strerror(fd < 0 ? -fd : errno));
	if (S_ISREG(st.st_mode)) {
		if (fs_is_held(&s->held, &st))
			log_die(STATUS_USAGE, "--results %s: is a file that panicvm reads or writes otherwise; name another",
				path);
		if (ftruncate(fd, 0) < 0)
			log_die(STATUS_USAGE, "--results %s: cannot be emptied: %s; name another file",
				path, strerror(errno));
		fs_hold(&s->held, fd);
	}
	out_init(&s->results_file, fd);
	s->results = (struct sink){
		.out = &s->results_file, .what = "results are lost",
		.where = path,
	};
}

static void hold_standard(struct shared *s)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		fs_hold(&s->held, fd);
}

static void open_kvm(struct shared *s)
{
	const char *why;

	s->kvm = vm_open_kvm(&why);
	if (s->kvm < 0)
		log_die(STATUS_HOST, "/dev/kvm %s", why);
}

static void signal_ready(struct event_source *source, short revents)
{
	struct session *s = container_of(source, struct session, signals);
	struct signalfd_siginfo info;

	(void)revents;
	if (read(source->fd, &info, sizeof(info)) == sizeof(info))
		s->signal = (int)info.ssi_signo;
}

static void timeout_ready(struct event_source *source, short revents)
{
	struct session *s = container_of(source, struct session, timeout);

	(void)revents;
	source->events = 0;
	s->timed_out = true;
}

static void input_ready(struct event_source *source, short revents)
{
	struct session *s = container_of(source, struct session, input);
	size_t room = s->running ? serial_room(&s->running->chipset.serial) : 0;

	(void)revents;
	if (console_read(&s->shared.console, room) == -EINTR)
		s->signal = SIGINT;
}

/* The session feeds COM1 before each wait. */
static void emptied_ready(struct event_source *source, short revents)
{
	(void)revents;
	event_reset(source->fd);
}

static void jobs_ready(struct event_source *source, short revents)
{
	struct session *s = container_of(source, struct session, jobs);
	struct signalfd_siginfo info;

	(void)revents;
	if (read(source->fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGTSTP)
		console_suspend(&s->shared.console);
	else
		console_resume(&s->shared.console);
}

/* A signal that the parent ignores stays ignored, as nohup wants it. */
static int open_signals(const int *signals)
{
	struct sigaction action;
	sigset_t set;

	sigemptyset(&set);
	for (; *signals; signals++)
		if (!sigaction(*signals, NULL, &action) &&
		    action.sa_handler != SIG_IGN)
			sigaddset(&set, *signals);
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
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, 0 };
	static const int jobs[] = { SIGTSTP, SIGCONT, 0 };

	s->signals = (struct event_source){
		.fd = open_signals(ends), .events = POLLIN,
		.ready = signal_ready,
	};
	s->jobs = (struct event_source){
		.fd = open_signals(jobs), .events = POLLIN,
		.ready = jobs_ready,
	};
	s->timeout = (struct event_source){
		.fd = open_timeout(s->shared.conf->timeout), .events = POLLIN,
		.ready = timeout_ready,
	};
	s->input = (struct event_source){
		.fd = STDIN_FILENO, .ready = input_ready,
	};
	s->shared.emptied = (struct event_source){
		.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), .events = POLLIN,
		.ready = emptied_ready,
	};
	if (s->signals.fd < 0 || s->jobs.fd < 0 || s->timeout.fd < 0 ||
	    s->shared.emptied.fd < 0 ||
	    event_loop_add(&s->shared.loop, &s->signals) ||
	    event_loop_add(&s->shared.loop, &s->jobs) ||
	    event_loop_add(&s->shared.loop, &s->timeout) ||
	    event_loop_add(&s->shared.loop, &s->input) ||
	    event_loop_add(&s->shared.loop, &s->shared.emptied))
		log_die(STATUS_HOST, "cannot watch signals and time: %s",
			strerror(errno));
	out_hurry(s->signals.fd);
	out_hurry(s->timeout.fd);
}

static void enter_sandbox(const struct shared *s)
{
	const struct sandbox sandbox = {
		.core_dir = s->core_dir,
		.monitor = s->conf->monitor,
	};

	if (s->conf->sandbox)
		sandbox_enter(&sandbox);
}

/* Linux looks for them only where it finds what else makes a Hyper-V. */
static void check_crash_msrs(const struct session *s)
{
	if (s->running->backend.crash_msr.is_alone &&
	    s->shared.conf->boot.kernel)
		log_die(STATUS_HOST, "--panic hyperv: this host's KVM has no Hyper-V emulation (KVM_CAP_HYPERV), and a kernel does not look for the crash MSRs without; use --panic isa");
}

/* What is not to be had at the start, which has been said, ends panicvm. */
static void must(enum status status)
{
	if (status)
		exit(status);
}

void session_open(struct session *session, const struct conf *conf)
{
	struct shared *shared = &session->shared;

	shared->conf = conf;
	session->running = &session->machine[0];
	/* What was asked for is checked before what the host can do. */
	open_images(shared);
	open_report(shared);
	hold_standard(shared);
	open_results(shared);
	open_core(shared);
	mem_init();
	must(machine_open(session->running, shared, &control_ops,
			  conf->monitor));
	check_core(shared);
	must(machine_load(session->running));
	open_kvm(shared);
	vcpus_prepare();
	open_sources(session);
	enter_sandbox(shared);
	must(machine_boot(session->running));
	check_crash_msrs(session);
	backend_say(&session->running->backend);
}
