/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Room fleet/: boots by the thousand, on a scheduler that others have written.
 * In: a directory for each task.  panicvm-task runs panicvm in it and leaves
 * what follows; panicvm-sum reads that and nothing else.  Neither must know of
 * KVM, and neither must count a boot twice, or leave one out without a word.
 *
 *	TASK/attempt-1/begun	who began it, and when
 *	TASK/attempt-1/record	by panicvm --report
 *	TASK/attempt-1/console	the guest's serial port
 *	TASK/attempt-1/log	panicvm's stderr
 *	TASK/attempt-1/core	if it is kept, and not in a directory of cores
 *	TASK/attempt-1/status	last of all: this attempt has ended
 *	TASK/status		the same file, of the attempt that counts
 *
 * What a task is, and what moves it on:
 *
 *	not begun	an empty directory, or none
 *	under way, or	attempt-N, but no TASK/status.  Nothing tells the two
 *	lost		apart.  Another attempt may begin at any time, here or on
 *			another node, also beside one that still runs
 *	ended		the first attempt with a verdict has linked its status to
 *			TASK/status.  link(2) does that for one of them.  No
 *			attempt begins any more, and the others do not count
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#define LAYOUT_ATTEMPT	"attempt-"
#define LAYOUT_BEGUN	"begun"
#define LAYOUT_RECORD	"record"
#define LAYOUT_CONSOLE	"console"
#define LAYOUT_LOG	"log"
#define LAYOUT_CORE	"core"
#define LAYOUT_STATUS	"status"

/* Room for "attempt-4294967295/console" and the like. */
#define LAYOUT_NAME_MAX	64

/* More than anybody makes, and a number that sorts and prints well. */
#define LAYOUT_ATTEMPTS_MAX	9999

/* The number in "attempt-N", or 0: @name is no attempt's. */
unsigned int layout_attempt(const char *name);

#endif /* LAYOUT_H */
