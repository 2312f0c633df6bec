/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * panicvm as a job on a terminal, and this process as the shell that starts it.
 * A process has one session, so each test forks one: see in_session().
 */
#ifndef JOB_H
#define JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

/* A guard against hangs. */
#define LIMIT_MS	60000

/* How panicvm is started. */
struct launch {
	const char *guest;
	bool is_alone;		/* no shell: panicvm itself leads the session */
	bool in_background;
	bool has_no_input;	/* stdin is /dev/null */
	int ignored;		/* a signal, or 0 */
};

/* It, and the terminal that it is on. */
struct job {
	int master, slave;
	struct termios before;
	pid_t pid;
	int status;		/* as from waitpid() */
	char seen[4096];	/* what the terminal has shown */
	size_t len;
};

/* The program to start, and the directory of its guests. */
void job_init(const char *panicvm, const char *guests);

/* Runs @test in a process of its own; the job is killed at its end. */
void in_session(void (*test)(struct job *job, int sig), int sig);

/* Start it on a new terminal. */
void start(struct job *job, const struct launch *launch);

/* Start it, and wait until its guest has shown '>' and has the terminal. */
void start_orders(struct job *job, struct launch launch);

/* Type keys. */
void press(struct job *job, const char *keys);

/* Wait until the terminal has shown @text. */
bool see(struct job *job, const char *text);

/* A line that was typed is for the shell to read. */
bool get_line(struct job *job, const char *line);

/* Whether the terminal is raw, gets raw, or has modes that are not panicvm's. */
bool raw_now(const struct job *job);
bool becomes_raw(const struct job *job);
bool same_modes(const struct job *job, const struct termios *modes);
bool as_before(const struct job *job);

/* What a shell does when its job has stopped, and for "fg". */
void take_terminal(struct job *job);
void foreground(struct job *job);

/* Wait until it ends in some way, or stops. */
bool ends(struct job *job);
bool ends_with(struct job *job, int status);
bool dies_by(struct job *job, int sig);
bool stops(struct job *job);

/* Wait until the shell has got a SIGINT, which is that of a Ctrl-C. */
bool interrupted(void);

/* TAP.  Claims of all sessions are counted together. */
void claim(bool is_true, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void bail(const char *what) __attribute__((noreturn));
int finish(void);

#endif /* JOB_H */
