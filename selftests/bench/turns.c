// SPDX-License-Identifier: GPL-2.0-only
/*
 * turns N [-- NAME STATUS TEXT COMMAND [ARG]...]...: run commands in turn, all
 * of them N times, and print for each run a line of
 *
 *   NAME milliseconds CPU-milliseconds KiB milliseconds-until-TEXT
 *
 * from exec to exit; KiB is the most memory that the command had (its own, that
 * of its children is not in it).  TEXT is what to wait for in what the command
 * writes, or empty: then what it writes goes to /dev/null, and the last is 0.
 *
 * Stops with an error when a command ends other than with STATUS, or ends
 * without TEXT: a command that fails is quick, and its figures are worth nothing.
 *
 * To be linked statically: a child's peak of memory begins with that of its
 * parent, so this one must be smaller than what it measures.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TEXT_MAX	256
#define COMMANDS_MAX	8

struct command {
	const char *name;
	int status;
	const char *text;
	char **argv;
};

struct sample {
	double wall;
	double cpu;
	long kib;
	double text;		/* or 0 */
};

extern char **environ;

static void die(const char *what, const char *why)
{
	fprintf(stderr, "turns: %s: %s\n", what, why);
	exit(1);
}

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double ms(const struct timeval *tv)
{
	return (double)tv->tv_sec * 1e3 + (double)tv->tv_usec / 1e3;
}

/* Its stdout and stderr are @out; by vfork, whose child has no memory yet. */
static pid_t start(const struct command *c, int out)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int err;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
					 O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
	err = posix_spawnp(&pid, c->argv[0], &actions, NULL, c->argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (err)
		die(c->argv[0], strerror(err));
	return pid;
}

/*
 * Read all that the command says; the time at which @text had come, or 0.  A
 * text may come in pieces: what may be its beginning is kept for the next one.
 */
static double wait_for_text(int fd, const char *text)
{
	char seen[TEXT_MAX + BUFSIZ];
	size_t kept = 0, keep = strlen(text) - 1;
	double found = 0;
	ssize_t n;

	while ((n = read(fd, seen + kept, BUFSIZ)) > 0) {
		kept += (size_t)n;
		if (!found && memmem(seen, kept, text, strlen(text)))
			found = now_ms();
		if (kept > keep) {
			memmove(seen, seen + kept - keep, keep);
			kept = keep;
		}
	}
	return found;
}

static void check_status(const struct command *c, int status)
{
	char why[80];

	if (WIFEXITED(status) && WEXITSTATUS(status) == c->status)
		return;
	snprintf(why, sizeof(why), "ended with %s %d, wanted status %d",
		 WIFEXITED(status) ? "status" : "signal",
		 WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status),
		 c->status);
	die(c->name, why);
}

/* Where a command is to write to; @out[0] is where that is read, or -1. */
static void open_output(const struct command *c, int out[2])
{
	out[0] = -1;
	if (*c->text) {
		if (pipe2(out, O_CLOEXEC) < 0)
			die(c->name, strerror(errno));
		return;
	}
	out[1] = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (out[1] < 0)
		die("/dev/null", strerror(errno));
}

static void measure(const struct command *c, struct sample *sample)
{
	double begin, text = 0;
	struct rusage usage;
	int out[2], status;
	pid_t pid;

	open_output(c, out);
	begin = now_ms();
	pid = start(c, out[1]);
	close(out[1]);
	if (*c->text)
		text = wait_for_text(out[0], c->text);
	if (wait4(pid, &status, 0, &usage) < 0)
		die(c->name, strerror(errno));
	sample->wall = now_ms() - begin;
	if (out[0] >= 0)
		close(out[0]);
	check_status(c, status);
	if (*c->text && !text)
		die(c->name, "ended without its text");
	sample->cpu = ms(&usage.ru_utime) + ms(&usage.ru_stime);
	sample->kib = usage.ru_maxrss;
	sample->text = text ? text - begin : 0;
}

/* Take one off @argv; it ends at "--" or NULL, which it leaves there. */
static char **take_command(struct command *c, char **argv)
{
	if (!argv[0] || !argv[1] || !argv[2] || !argv[3])
		die("usage", "turns N [-- NAME STATUS TEXT COMMAND [ARG]...]...");
	c->name = argv[0];
	c->status = atoi(argv[1]);
	c->text = argv[2];
	c->argv = argv += 3;
	if (strlen(c->text) > TEXT_MAX)
		die(c->name, "too long a text");
	while (*argv && strcmp(*argv, "--"))
		argv++;
	return argv;
}

static unsigned int take_commands(struct command *commands, char **argv)
{
	unsigned int nr = 0;

	while (*argv) {
		/* The end of the command before this one. */
		*argv++ = NULL;
		if (nr == COMMANDS_MAX)
			die("usage", "too many commands");
		argv = take_command(&commands[nr++], argv);
	}
	return nr;
}

int main(int argc, char **argv)
{
	struct command commands[COMMANDS_MAX];
	unsigned int i, nr;
	struct sample s;
	int turns;

	if (argc < 3 || strcmp(argv[2], "--"))
		die("usage", "turns N [-- NAME STATUS TEXT COMMAND [ARG]...]...");
	turns = atoi(argv[1]);
	nr = take_commands(commands, argv + 2);
	while (turns-- > 0) {
		for (i = 0; i < nr; i++) {
			measure(&commands[i], &s);
			printf("%s %.3f %.3f %ld %.3f\n", commands[i].name,
			       s.wall, s.cpu, s.kib, s.text);
			fflush(stdout);
		}
	}
	return 0;
}
