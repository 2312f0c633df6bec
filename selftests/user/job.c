// SPDX-License-Identifier: GPL-2.0-only
/*
 * Enters: how panicvm is to be started, and what is done to it.  Leaves: what
 * becomes of it and of its terminal.  Each wait ends after LIMIT_MS.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "job.h"

static const char *panicvm, *guests;

/* In memory that the processes of all tests share. */
static struct tally {
	int count, failed;
} *tally;

static atomic_int interrupts;

void claim(bool is_true, const char *format, ...)
{
	va_list args;

	printf("%sok %d ", is_true ? "" : "not ", ++tally->count);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	tally->failed += !is_true;
}

void bail(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	fflush(stdout);
	_exit(1);
}

int finish(void)
{
	printf("1..%d\n", tally->count);
	return tally->failed != 0;
}

void job_init(const char *program, const char *directory)
{
	panicvm = program;
	guests = directory;
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tally == MAP_FAILED)
		bail("no memory");
}

void in_session(void (*test)(struct job *job, int sig), int sig)
{
	static struct job job;
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		bail("cannot fork");
	if (!pid) {
		test(&job, sig);
		kill(job.pid, SIGKILL);
		_exit(0);
	}
	if (waitpid(pid, &status, 0) < 0 || status)
		bail("a test has died");
}

static void on_interrupt(int sig)
{
	(void)sig;
	interrupts++;
}

static void open_terminal(struct job *job)
{
	char name[64];

	job->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (job->master < 0 || grantpt(job->master) < 0 ||
	    unlockpt(job->master) < 0 ||
	    ptsname_r(job->master, name, sizeof(name)))
		bail("cannot make a terminal");
	job->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (job->slave < 0 || tcgetattr(job->slave, &job->before) < 0)
		bail("cannot use the terminal");
}

static bool lead_session(const struct job *job)
{
	return setsid() >= 0 && !ioctl(job->slave, TIOCSCTTY, 0);
}

static void become_shell(const struct job *job)
{
	if (!lead_session(job))
		bail("cannot begin a session");
	signal(SIGTTOU, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, on_interrupt);
}

/* In the child, as the shell does in the parent: whichever comes first. */
static void become_job(const struct job *job, const struct launch *launch)
{
	setpgid(0, 0);
	if (!launch->in_background)
		tcsetpgrp(job->slave, getpid());
	signal(SIGTTOU, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
}

static void become_panicvm(const struct job *job, const struct launch *launch)
{
	char guest[256];
	int in = launch->has_no_input ? open("/dev/null", O_RDONLY) :
					job->slave;

	snprintf(guest, sizeof(guest), "%s/%s.bin", guests, launch->guest);
	/* What runs the tests may be in the background, with these ignored. */
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	if (!launch->is_alone)
		become_job(job, launch);
	else if (!lead_session(job))
		_exit(99);
	if (launch->ignored)
		signal(launch->ignored, SIG_IGN);
	if (dup2(in, 0) < 0 || dup2(job->slave, 1) < 0 ||
	    dup2(job->slave, 2) < 0)
		_exit(99);
	execl(panicvm, panicvm, "--flat", guest, "--memory", "8M", NULL);
	_exit(99);
}

void start(struct job *job, const struct launch *launch)
{
	open_terminal(job);
	if (!launch->is_alone)
		become_shell(job);
	job->pid = fork();
	if (job->pid < 0)
		bail("cannot fork");
	if (!job->pid)
		become_panicvm(job, launch);
	if (launch->is_alone)
		return;
	setpgid(job->pid, job->pid);
	if (!launch->in_background)
		tcsetpgrp(job->slave, job->pid);
}

void start_orders(struct job *job, struct launch launch)
{
	launch.guest = "orders";
	start(job, &launch);
	if (!see(job, ">"))
		bail("the guest does not run");
	if (!launch.in_background && !launch.has_no_input && !becomes_raw(job))
		bail("the terminal does not get raw");
}

static void short_wait(void)
{
	const struct timespec ms10 = { .tv_nsec = 10000000 };

	nanosleep(&ms10, NULL);
}

bool raw_now(const struct job *job)
{
	struct termios now;

	return !tcgetattr(job->master, &now) &&
	       !(now.c_lflag & (ICANON | ECHO | ISIG));
}

bool becomes_raw(const struct job *job)
{
	int ms;

	for (ms = 0; ms < LIMIT_MS && !raw_now(job); ms += 10)
		short_wait();
	return raw_now(job);
}

bool same_modes(const struct job *job, const struct termios *modes)
{
	struct termios now;

	return !tcgetattr(job->master, &now) &&
	       now.c_lflag == modes->c_lflag &&
	       now.c_iflag == modes->c_iflag &&
	       now.c_oflag == modes->c_oflag;
}

bool as_before(const struct job *job)
{
	return same_modes(job, &job->before);
}

bool see(struct job *job, const char *text)
{
	struct pollfd fd = { .fd = job->master, .events = POLLIN };

	while (!strstr(job->seen, text)) {
		ssize_t n;

		if (poll(&fd, 1, LIMIT_MS) != 1)
			return false;
		n = read(job->master, job->seen + job->len,
			 sizeof(job->seen) - 1 - job->len);
		if (n <= 0)
			return false;
		job->len += (size_t)n;
	}
	return true;
}

void press(struct job *job, const char *keys)
{
	if (write(job->master, keys, strlen(keys)) < 0)
		bail("cannot write to the terminal");
}

bool get_line(struct job *job, const char *line)
{
	struct pollfd fd = { .fd = job->slave, .events = POLLIN };
	char got[64] = "";

	return poll(&fd, 1, LIMIT_MS) == 1 &&
	       read(job->slave, got, sizeof(got) - 1) > 0 && !strcmp(got, line);
}

void take_terminal(struct job *job)
{
	tcsetpgrp(job->slave, getpgrp());
	tcsetattr(job->slave, TCSADRAIN, &job->before);
}

void foreground(struct job *job)
{
	tcsetpgrp(job->slave, job->pid);
	kill(-job->pid, SIGCONT);
}

/* Its next change: an end or, with WUNTRACED, a stop. */
static bool changes(struct job *job, int options)
{
	int ms;

	for (ms = 0; ms < LIMIT_MS; ms += 10) {
		if (waitpid(job->pid, &job->status, options | WNOHANG) > 0)
			return true;
		short_wait();
	}
	return false;
}

bool stops(struct job *job)
{
	return changes(job, WUNTRACED) && WIFSTOPPED(job->status);
}

bool ends(struct job *job)
{
	return changes(job, 0);
}

bool ends_with(struct job *job, int status)
{
	return ends(job) && WIFEXITED(job->status) &&
	       WEXITSTATUS(job->status) == status;
}

bool dies_by(struct job *job, int sig)
{
	return ends(job) && WIFSIGNALED(job->status) &&
	       WTERMSIG(job->status) == sig;
}

bool interrupted(void)
{
	int ms;

	for (ms = 0; ms < LIMIT_MS && !interrupts; ms += 10)
		short_wait();
	return interrupts == 1;
}
