// SPDX-License-Identifier: GPL-2.0-only
/*
 * jobs PANICVM GUESTS: panicvm as a job of a shell, on a terminal of its own
 * session: started in the background, brought to the foreground, stopped and
 * continued, hung up.  This program is the shell.  Prints TAP.
 *
 * The guest is orders: it says '>' when it runs, and 'q' powers it off.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* A guard against hangs. */
#define LIMIT_MS	20000

static const char *panicvm, *guests;

/* Shared: each test is a process, as it needs a session. */
static struct tally {
	int count, failed;
} *tally;

/* A job, and the terminal that it is on. */
struct job {
	int master, slave;
	struct termios before;
	pid_t pid;
	int status;		/* as from waitpid() */
	char seen[4096];
	size_t len;
};

/* How a job is started. */
struct launch {
	const char *guest;
	bool background;
	bool no_input;		/* stdin is /dev/null */
	int ignored;		/* a signal, or 0 */
};

static atomic_int interrupts;

static void claim(bool is_true, const char *text)
{
	printf("%sok %d %s\n", is_true ? "" : "not ", ++tally->count, text);
	fflush(stdout);
	tally->failed += !is_true;
}

static void bail(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	fflush(stdout);
	_exit(1);
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
	if (setsid() < 0)
		bail("cannot begin a session");
	job->slave = open(name, O_RDWR | O_CLOEXEC);
	if (job->slave < 0 || ioctl(job->slave, TIOCSCTTY, 0) < 0 ||
	    tcgetattr(job->slave, &job->before) < 0)
		bail("cannot use the terminal");
	signal(SIGTTOU, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, on_interrupt);
}

static void become_panicvm(const struct job *job, const struct launch *launch)
{
	char guest[256];
	int in = launch->no_input ? open("/dev/null", O_RDONLY) : job->slave;

	snprintf(guest, sizeof(guest), "%s/%s.bin", guests, launch->guest);
	setpgid(0, 0);
	if (!launch->background)
		tcsetpgrp(job->slave, getpid());
	signal(SIGTTOU, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	if (launch->ignored)
		signal(launch->ignored, SIG_IGN);
	if (dup2(in, 0) < 0 || dup2(job->slave, 1) < 0 ||
	    dup2(job->slave, 2) < 0)
		_exit(99);
	execl(panicvm, panicvm, "--flat", guest, "--memory", "8M", NULL);
	_exit(99);
}

static void start(struct job *job, const struct launch *launch)
{
	open_terminal(job);
	job->pid = fork();
	if (job->pid < 0)
		bail("cannot fork");
	if (!job->pid)
		become_panicvm(job, launch);
	setpgid(job->pid, job->pid);
	if (!launch->background)
		tcsetpgrp(job->slave, job->pid);
}

static bool raw_now(const struct job *job)
{
	struct termios now;

	return !tcgetattr(job->master, &now) &&
	       !(now.c_lflag & (ICANON | ECHO | ISIG));
}

static bool same_modes(const struct job *job, const struct termios *modes)
{
	struct termios now;

	return !tcgetattr(job->master, &now) &&
	       now.c_lflag == modes->c_lflag &&
	       now.c_iflag == modes->c_iflag &&
	       now.c_oflag == modes->c_oflag;
}

static bool as_before(const struct job *job)
{
	return same_modes(job, &job->before);
}

static void short_wait(void)
{
	const struct timespec ms10 = { .tv_nsec = 10000000 };

	nanosleep(&ms10, NULL);
}

static bool becomes_raw(const struct job *job)
{
	int ms;

	for (ms = 0; ms < LIMIT_MS && !raw_now(job); ms += 10)
		short_wait();
	return raw_now(job);
}

/* Read what the terminal shows until @text has been seen. */
static bool see(struct job *job, const char *text)
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

static void press(struct job *job, const char *keys)
{
	if (write(job->master, keys, strlen(keys)) < 0)
		bail("cannot write to the terminal");
}

/* Its next change: an end or, with WUNTRACED, a stop.  False: none came. */
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

static bool stops(struct job *job)
{
	return changes(job, WUNTRACED) && WIFSTOPPED(job->status);
}

static bool ends_with(struct job *job, int status)
{
	return changes(job, 0) && WIFEXITED(job->status) &&
	       WEXITSTATUS(job->status) == status;
}

static bool dies_by(struct job *job, int sig)
{
	return changes(job, 0) && WIFSIGNALED(job->status) &&
	       WTERMSIG(job->status) == sig;
}

/* What a shell does when its job has stopped, and for "fg". */
static void take_terminal(struct job *job)
{
	tcsetpgrp(job->slave, getpgrp());
	tcsetattr(job->slave, TCSADRAIN, &job->before);
}

static void foreground(struct job *job)
{
	tcsetpgrp(job->slave, job->pid);
	kill(-job->pid, SIGCONT);
}

/* A line that was typed is for the foreground, which this is. */
static bool get_line(struct job *job, const char *line)
{
	struct pollfd fd = { .fd = job->slave, .events = POLLIN };
	char got[64] = "";

	return poll(&fd, 1, LIMIT_MS) == 1 &&
	       read(job->slave, got, sizeof(got) - 1) > 0 && !strcmp(got, line);
}

static void test_background(struct job *job)
{
	static const struct launch launch = { .guest = "orders", .background = true };
	struct termios changed;
	int ms;

	start(job, &launch);
	claim(see(job, ">"), "background: the guest runs");
	claim(as_before(job), "background: the terminal stays as it is");
	press(job, "\003");
	for (ms = 0; ms < LIMIT_MS && !interrupts; ms += 10)
		short_wait();
	claim(interrupts == 1, "background: Ctrl-C is the foreground's");
	press(job, "q\n");
	claim(get_line(job, "q\n"), "background: so is what is typed");
	changed = job->before;
	changed.c_lflag &= ~ECHO;
	tcsetattr(job->slave, TCSANOW, &changed);
	kill(job->pid, SIGTERM);
	claim(dies_by(job, SIGTERM), "background: SIGTERM ends it");
	claim(same_modes(job, &changed),
	      "background: its end does not undo what others set");
}

static void test_to_foreground(struct job *job)
{
	static const struct launch launch = { .guest = "orders", .background = true };

	start(job, &launch);
	see(job, ">");
	/* There is input, and it is not the guest's. */
	press(job, "x\n");
	get_line(job, "x\n");
	foreground(job);
	claim(becomes_raw(job), "fg: the terminal is raw");
	press(job, "q");
	claim(ends_with(job, 0), "fg: what is typed is the guest's");
	claim(as_before(job), "fg: at the end the terminal is as before");
}

/* From elsewhere: in a raw terminal Ctrl-Z is the guest's. */
static void test_stop(struct job *job, int sig, const char *name)
{
	static const struct launch launch = { .guest = "orders" };
	char text[128];

	start(job, &launch);
	see(job, ">");
	becomes_raw(job);
	kill(job->pid, sig);
	snprintf(text, sizeof(text), "%s stops it", name);
	claim(stops(job), text);
	if (sig == SIGTSTP)
		claim(as_before(job),
		      "SIGTSTP: stopped, it leaves the terminal as before");
	take_terminal(job);
	foreground(job);
	snprintf(text, sizeof(text), "%s, fg: the terminal is raw again", name);
	claim(becomes_raw(job), text);
	press(job, "q");
	snprintf(text, sizeof(text), "%s, fg: the guest gets its input", name);
	claim(ends_with(job, 0), text);
	snprintf(text, sizeof(text), "%s: at the end it is as before", name);
	claim(as_before(job), text);
}

static void test_sigstop(struct job *job)
{
	test_stop(job, SIGSTOP, "SIGSTOP");
}

static void test_sigtstp(struct job *job)
{
	test_stop(job, SIGTSTP, "SIGTSTP");
}

/* To the background by bg, not fg: the terminal is the shell's. */
static void test_stop_bg(struct job *job)
{
	static const struct launch launch = { .guest = "orders" };

	start(job, &launch);
	see(job, ">");
	becomes_raw(job);
	kill(job->pid, SIGSTOP);
	stops(job);
	take_terminal(job);
	kill(-job->pid, SIGCONT);
	press(job, "x\n");
	claim(get_line(job, "x\n"), "bg: what is typed is the shell's");
	claim(as_before(job), "bg: the terminal stays as the shell has it");
	kill(job->pid, SIGTERM);
	claim(dies_by(job, SIGTERM), "bg: SIGTERM ends it");
	claim(as_before(job), "bg: its end leaves the terminal as it is");
}

/* The terminal is not raw, so that Ctrl-Z is the job's. */
static void test_no_input(struct job *job)
{
	static const struct launch launch = { .guest = "orders", .no_input = true };

	start(job, &launch);
	see(job, ">");
	claim(as_before(job), "stdin elsewhere: the terminal stays as it is");
	press(job, "\032");
	claim(stops(job), "stdin elsewhere: Ctrl-Z stops it");
	take_terminal(job);
	foreground(job);
	press(job, "\003");
	claim(dies_by(job, SIGINT), "stdin elsewhere: fg, and Ctrl-C ends it");
}

static void test_ignored(struct job *job, int sig, const char *text)
{
	const struct launch launch = { .guest = "orders", .ignored = sig };

	start(job, &launch);
	see(job, ">");
	becomes_raw(job);
	kill(job->pid, sig);
	press(job, "q");
	claim(ends_with(job, 0), text);
}

static void test_nohup(struct job *job)
{
	test_ignored(job, SIGHUP, "nohup: SIGHUP stays ignored");
}

static void test_no_int(struct job *job)
{
	test_ignored(job, SIGINT, "an ignored SIGINT stays ignored");
}

static void test_no_quit(struct job *job)
{
	test_ignored(job, SIGQUIT, "an ignored SIGQUIT stays ignored");
}

static void hang_up(struct job *job, int ignored)
{
	const struct launch launch = { .guest = "orders", .ignored = ignored };

	start(job, &launch);
	see(job, ">");
	becomes_raw(job);
	close(job->master);
	/* As a shell does that hears of it. */
	kill(job->pid, SIGHUP);
}

static void test_hang_up(struct job *job)
{
	hang_up(job, 0);
	claim(dies_by(job, SIGHUP), "a terminal that is hung up ends it");
}

static void test_nohup_hang_up(struct job *job)
{
	hang_up(job, SIGHUP);
	/* If SIGHUP is to end it, it was there before. */
	kill(job->pid, SIGTERM);
	claim(dies_by(job, SIGTERM), "nohup: unless SIGHUP is ignored");
}

/* More than COM1 holds is before it. */
static void test_escape(struct job *job, const struct launch *launch)
{
	static char keys[300];

	start(job, launch);
	becomes_raw(job);
	memset(keys, 'a', sizeof(keys) - 1);
	press(job, keys);
	press(job, "\001x");
}

static void test_escape_unread(struct job *job)
{
	static const struct launch launch = { .guest = "loop" };

	test_escape(job, &launch);
	claim(dies_by(job, SIGINT), "Ctrl-A x ends it, whatever the guest reads");
	claim(as_before(job), "Ctrl-A x: the terminal is as before");
}

static void test_escape_ignored(struct job *job)
{
	static const struct launch launch = { .guest = "loop", .ignored = SIGINT };

	test_escape(job, &launch);
	claim(changes(job, 0), "Ctrl-A x ends it, if SIGINT is ignored too");
}

static void test_resize(struct job *job)
{
	static const struct launch launch = { .guest = "orders" };
	const struct winsize size = { .ws_row = 10, .ws_col = 20 };

	start(job, &launch);
	see(job, ">");
	becomes_raw(job);
	ioctl(job->master, TIOCSWINSZ, &size);
	claim(raw_now(job), "resized, the terminal is still raw");
	press(job, "q");
	claim(ends_with(job, 0), "resized, the guest still gets its input");
}

/* In a process that can begin a session. */
static void in_session(void (*test)(struct job *job))
{
	static struct job job;
	int status;
	pid_t pid = fork();

	if (pid < 0)
		bail("cannot fork");
	if (!pid) {
		test(&job);
		kill(-job.pid, SIGKILL);
		_exit(0);
	}
	if (waitpid(pid, &status, 0) < 0 || status)
		bail("a test has died");
}

int main(int argc, char **argv)
{
	static void (*const tests[])(struct job *job) = {
		test_background, test_to_foreground, test_sigstop, test_sigtstp,
		test_stop_bg, test_no_input, test_nohup, test_no_int,
		test_no_quit, test_hang_up, test_nohup_hang_up,
		test_escape_unread, test_escape_ignored, test_resize,
	};
	size_t i;

	if (argc != 3)
		return 2;
	panicvm = argv[1];
	guests = argv[2];
	printf("TAP version 13\n");
	if (access("/dev/kvm", R_OK | W_OK)) {
		printf("1..0 # SKIP no usable /dev/kvm; the lab has one\n");
		return 0;
	}
	fflush(stdout);
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tally == MAP_FAILED)
		bail("no memory");
	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		in_session(tests[i]);
	printf("1..%d\n", tally->count);
	return tally->failed != 0;
}
