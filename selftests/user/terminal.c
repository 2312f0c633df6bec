// SPDX-License-Identifier: GPL-2.0-only
/*
 * terminal PANICVM GUESTS: panicvm on a terminal.  While it is in the foreground
 * the terminal is raw, so that every key is the guest's; however panicvm ends or
 * stops, the terminal is then what it was before.  In the background it leaves
 * the terminal to others.  Prints TAP.
 *
 * The guest echo sends back what is typed, until a dot powers it off; orders
 * says '>' when it runs, and 'q' powers it off; loop reads nothing.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "job.h"

static void test_keys(struct job *job, int sig)
{
	static const struct launch launch = { .guest = "echo", .is_alone = true };

	(void)sig;
	start(job, &launch);
	claim(becomes_raw(job), "the terminal is raw while the guest runs");
	press(job, "a\003\032b");
	claim(see(job, "a\003\032b"), "control keys reach the guest");
	press(job, "\001\001");
	claim(see(job, "b\001"), "Ctrl-A twice is one for the guest");
	press(job, ".");
	claim(ends_with(job, 0), "the guest powered off");
	claim(as_before(job), "the terminal is as before after a power-off");
}

static void test_escape(struct job *job, int sig)
{
	static const struct launch launch = { .guest = "echo", .is_alone = true };

	(void)sig;
	start(job, &launch);
	becomes_raw(job);
	press(job, "\001x");
	claim(dies_by(job, SIGINT), "Ctrl-A x ends panicvm as an interrupt");
	claim(as_before(job), "the terminal is as before after Ctrl-A x");
}

static void test_end(struct job *job, int sig)
{
	static const struct launch launch = { .guest = "echo", .is_alone = true };

	start(job, &launch);
	becomes_raw(job);
	press(job, "x");
	see(job, "x");
	kill(job->pid, sig);
	claim(dies_by(job, sig), "SIG%s ends panicvm, as any program",
	      sigabbrev_np(sig));
	claim(as_before(job), "the terminal is as before after SIG%s",
	      sigabbrev_np(sig));
}

/* COM1 holds less than what is typed before the keys that count. */
static void escape_unread(struct job *job, struct launch launch)
{
	char keys[300];

	launch.guest = "loop";
	start(job, &launch);
	becomes_raw(job);
	memset(keys, 'a', sizeof(keys) - 1);
	keys[sizeof(keys) - 1] = 0;
	press(job, keys);
	press(job, "\001x");
}

static void test_escape_unread(struct job *job, int sig)
{
	(void)sig;
	escape_unread(job, (struct launch) { 0 });
	claim(dies_by(job, SIGINT), "Ctrl-A x ends it, whatever the guest reads");
	claim(as_before(job), "whatever the guest reads, the terminal is as before");
}

static void test_escape_ignored(struct job *job, int sig)
{
	escape_unread(job, (struct launch) { .ignored = sig });
	claim(ends(job), "Ctrl-A x ends it, if SIGINT is ignored too");
}

static void test_resize(struct job *job, int sig)
{
	const struct winsize size = { .ws_row = 10, .ws_col = 20 };

	(void)sig;
	start_orders(job, (struct launch) { 0 });
	ioctl(job->master, TIOCSWINSZ, &size);
	claim(raw_now(job), "resized, the terminal is still raw");
	press(job, "q");
	claim(ends_with(job, 0), "resized, the guest still gets its input");
}

static void test_background(struct job *job, int sig)
{
	struct termios changed;

	(void)sig;
	start_orders(job, (struct launch) { .in_background = true });
	claim(as_before(job), "background: the terminal stays as it is");
	press(job, "\003");
	claim(interrupted(), "background: Ctrl-C is the foreground's");
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

static void test_to_foreground(struct job *job, int sig)
{
	(void)sig;
	start_orders(job, (struct launch) { .in_background = true });
	/* What is typed now is not the guest's. */
	press(job, "x\n");
	get_line(job, "x\n");
	foreground(job);
	claim(becomes_raw(job), "fg: the terminal is raw");
	press(job, "q");
	claim(ends_with(job, 0), "fg: what is typed is the guest's");
	claim(as_before(job), "fg: at the end the terminal is as before");
}

/* The signal comes from elsewhere, as Ctrl-Z in a raw terminal is the guest's. */
static void test_stop(struct job *job, int sig)
{
	const char *name = sigabbrev_np(sig);

	start_orders(job, (struct launch) { 0 });
	kill(job->pid, sig);
	claim(stops(job), "SIG%s stops it", name);
	if (sig == SIGTSTP)
		claim(as_before(job),
		      "SIG%s: stopped, it leaves the terminal as before", name);
	take_terminal(job);
	foreground(job);
	claim(becomes_raw(job), "SIG%s, fg: the terminal is raw again", name);
	press(job, "q");
	claim(ends_with(job, 0), "SIG%s, fg: the guest gets its input", name);
	claim(as_before(job), "SIG%s: at the end it is as before", name);
}

/* To the background by bg, not fg: the terminal is the shell's. */
static void test_stop_bg(struct job *job, int sig)
{
	start_orders(job, (struct launch) { 0 });
	kill(job->pid, sig);
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
static void test_no_input(struct job *job, int sig)
{
	(void)sig;
	start_orders(job, (struct launch) { .has_no_input = true });
	claim(as_before(job), "stdin elsewhere: the terminal stays as it is");
	press(job, "\032");
	claim(stops(job), "stdin elsewhere: Ctrl-Z stops it");
	take_terminal(job);
	foreground(job);
	press(job, "\003");
	claim(dies_by(job, SIGINT), "stdin elsewhere: fg, and Ctrl-C ends it");
}

/* nohup is how people have SIGHUP ignored. */
static void test_ignored(struct job *job, int sig)
{
	start_orders(job, (struct launch) { .ignored = sig });
	kill(job->pid, sig);
	press(job, "q");
	claim(ends_with(job, 0), "an ignored SIG%s stays ignored",
	      sigabbrev_np(sig));
}

static void hang_up(struct job *job, int ignored)
{
	start_orders(job, (struct launch) { .ignored = ignored });
	close(job->master);
	/* As a shell does that hears of it. */
	kill(job->pid, SIGHUP);
}

static void test_hang_up(struct job *job, int sig)
{
	hang_up(job, 0);
	claim(dies_by(job, sig), "a terminal that is hung up ends it");
}

static void test_nohup_hang_up(struct job *job, int sig)
{
	hang_up(job, sig);
	/* SIGHUP came first, and would have ended it. */
	kill(job->pid, SIGTERM);
	claim(dies_by(job, SIGTERM), "unless SIGHUP is ignored");
}

static const struct {
	void (*run)(struct job *job, int sig);
	int sig;
} tests[] = {
	{ test_keys, 0 },
	{ test_escape, 0 },
	{ test_end, SIGTERM },
	{ test_end, SIGINT },
	{ test_end, SIGQUIT },
	{ test_escape_unread, 0 },
	{ test_escape_ignored, SIGINT },
	{ test_resize, 0 },
	{ test_background, 0 },
	{ test_to_foreground, 0 },
	{ test_stop, SIGSTOP },
	{ test_stop, SIGTSTP },
	{ test_stop_bg, SIGSTOP },
	{ test_no_input, 0 },
	{ test_ignored, SIGHUP },
	{ test_ignored, SIGINT },
	{ test_ignored, SIGQUIT },
	{ test_hang_up, SIGHUP },
	{ test_nohup_hang_up, SIGHUP },
};

int main(int argc, char **argv)
{
	size_t i;

	if (argc != 3)
		return 2;
	printf("TAP version 13\n");
	if (access("/dev/kvm", R_OK | W_OK)) {
		printf("1..0 # SKIP no usable /dev/kvm; the lab has one\n");
		return 0;
	}
	job_init(argv[1], argv[2]);
	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		in_session(tests[i].run, tests[i].sig);
	return finish();
}
