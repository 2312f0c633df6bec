/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Room sandbox/.  In: the directory and the socket that are still needed by
 * name.  Out: a process that can do no more than run a guest.  An attacker
 * who breaks out of a guest should find nothing to go on with: no privilege, no
 * file to open, no program to start, no socket to connect to.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

/* What is left to reach by a name. */
struct sandbox {
	int core_dir;		/* the directory of --core, open; or -1 */
	const char *monitor;	/* the path of its socket, or NULL */
};

/*
 * From here on, in this thread and in all that it starts: no privileges, no
 * files but those of @sandbox, and only the system calls that
 * sandbox_filter.c names.  Any other one ends panicvm with a sentence, by
 * SIGSYS.  When all is open, and before there is a second thread.  Does not
 * return when it fails.
 */
void sandbox_enter(const struct sandbox *sandbox);

#endif /* SANDBOX_H */
