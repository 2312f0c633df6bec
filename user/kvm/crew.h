/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The vCPU threads as a group: one main thread, and one thread for each vCPU.
 *
 * States.  Stopped: the crew starts so, and is so from crew_stop() until
 * crew_go(); a thread that sees it settles its vCPU and parks.  Running: from
 * crew_go() until the next crew_stop().  Quit: parked threads end.
 *
 * What a vCPU thread wrote before it parked, main may read once crew_wait()
 * has returned; what main wrote before crew_go(), the threads may read.
 */
#ifndef CREW_H
#define CREW_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "guest/regs.h"
#include "panic/panic.h"

/* As the main thread sees it; what it asserts. */
enum crew_state {
	CREW_NEW,		/* not yet let go; threads may not have parked yet */
	CREW_RUNNING,		/* since crew_go() */
	CREW_PARKED,		/* since crew_wait() */
};

struct crew {
	enum crew_state state;		/* main's alone */
	pthread_mutex_t lock;		/* parked, quit, end, go's of stop */
	pthread_cond_t changed;
	pthread_t thread[MAX_VCPUS];
	unsigned int size;
	unsigned int parked;
	bool quit;
	enum end end;			/* the first reason, or END_NONE */
	atomic_bool stop;
	int wake;			/* eventfd: main has something to see */
};

/* Once, before any thread exists: signals are for who asks for them. */
void crew_prepare(void);

int crew_init(struct crew *crew);

/* One more vCPU thread; it parks at first.  0 or -errno. */
int crew_add(struct crew *crew, void *(*fn)(void *arg), void *arg);

/* Any thread, never waits: everybody out of the guest, and wake main. */
void crew_stop(struct crew *crew);

/* As crew_stop(), and the VM does not go on; the first reason is kept. */
void crew_end(struct crew *crew, enum end end);

static inline bool crew_stopping(const struct crew *crew)
{
	return atomic_load(&crew->stop);
}

/* A vCPU thread with a settled vCPU: wait for main; false: it is over. */
bool crew_park(struct crew *crew);

/* Main: until all are parked, after crew_stop(). */
void crew_wait(struct crew *crew);

/* Main: not while it is running, or a stop that came meanwhile were lost. */
void crew_go(struct crew *crew);

/* Main: nor then, or the wait for its threads would never end. */
void crew_quit(struct crew *crew);

/*
 * The signal that gets a thread out of KVM_RUN and ppoll(), and nothing else:
 * it is blocked everywhere else, so one that comes early stays pending.
 */
void crew_kick_mask(sigset_t *mask);
void crew_drain_kick(void);

#endif /* CREW_H */
