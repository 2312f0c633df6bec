// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "fleet/layout.h"
#include "fleet/run.h"

static const int asked[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT };

#define NR_ASKED	(sizeof(asked) / sizeof(asked[0]))

static sigset_t watched(void)
{
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (i = 0; i < NR_ASKED; i++)
		sigaddset(&set, asked[i]);
	return set;
}

static char *path_of(const struct attempt *a, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", a->path, name) < 0 ? NULL : path;
}

/* Ours come last, and so they count. */
static char **make_argv(const struct run *run, const struct attempt *a)
{
	size_t nr = 0, at = 0;
	char **argv;

	while (run->options[nr])
		nr++;
	argv = calloc(nr + 6, sizeof(*argv));
	if (!argv)
		return NULL;
	argv[at++] = (char *)run->program;
	memcpy(argv + at, run->options, nr * sizeof(*argv));
	at += nr;
	argv[at++] = "--report";
	argv[at++] = path_of(a, LAYOUT_RECORD);
	if (run->core) {
		argv[at++] = "--core";
		argv[at++] = path_of(a, LAYOUT_CORE);
	}
	return argv;
}

static bool open_as(int dir, const char *name, int fd)
{
	int file = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			  0666);

	return file >= 0 && dup2(file, fd) == fd;
}

/* In the child. */
__attribute__((noreturn))
static void become(const struct run *run, const struct attempt *a,
		   const sigset_t *mask, pid_t parent)
{
	char **argv = make_argv(run, a);
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	/* A VM whose task is gone has nobody who would take its verdict. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(RUN_NOT_STARTED);
	if (argv && null >= 0 && dup2(null, STDIN_FILENO) == STDIN_FILENO &&
	    open_as(a->work, LAYOUT_CONSOLE, STDOUT_FILENO) &&
	    open_as(a->work, LAYOUT_LOG, STDERR_FILENO)) {
		sigprocmask(SIG_SETMASK, mask, NULL);
		execvp(run->program, argv);
	}
	log_say("%s: cannot be run: %s", run->program, strerror(errno));
	_exit(RUN_NOT_STARTED);
}

/* Until the child has ended; returns the signal that this process got, or 0. */
static int wait_for(pid_t child, const sigset_t *set, int *status)
{
	int got = 0;

	for (;;) {
		int sig = sigwaitinfo(set, NULL);

		if (sig < 0)
			continue;
		if (sig != SIGCHLD) {
			got = sig;
			kill(child, sig);
		}
		if (waitpid(child, status, WNOHANG) == child)
			return got;
	}
}

/* Whoever waits for this process sees what ended it. */
static void die_by(int sig, const sigset_t *mask)
{
	log_say("ended by a signal: this attempt does not count");
	signal(sig, SIG_DFL);
	raise(sig);
	sigprocmask(SIG_SETMASK, mask, NULL);
	exit(128 + sig);
}

int run_panicvm(const struct run *run, const struct attempt *attempt)
{
	const sigset_t set = watched();
	pid_t parent = getpid(), child;
	int status = 0, sig;
	sigset_t mask;

	sigprocmask(SIG_BLOCK, &set, &mask);
	child = fork();
	if (child < 0)
		return -errno;
	if (!child)
		become(run, attempt, &mask, parent);
	sig = wait_for(child, &set, &status);
	if (sig && !(WIFEXITED(status) && task_is_verdict(WEXITSTATUS(status))))
		die_by(sig, &mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   128 + WTERMSIG(status);
}
