/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The vCPUs of a VM as a group: one main thread, and one thread for each vCPU.
 *
 * Stopped: they start so, and are so from vcpus_stop() until vcpus_go(); a
 * thread that sees it settles its vCPU and parks.  Running: from vcpus_go()
 * until the next vcpus_stop().  Quit: parked threads end.
 *
 * What a vCPU thread wrote before it parked, main may read once vcpus_wait()
 * has returned; what main wrote before vcpus_go(), the threads may read.
 */
#ifndef VCPUS_H
#define VCPUS_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "guest/regs.h"
#include "panic/panic.h"

/* As the main thread sees it; what it asserts. */
enum vcpus_state {
	VCPUS_NEW,		/* not let go yet; not all may have parked */
	VCPUS_RUNNING,		/* since vcpus_go() */
	VCPUS_PARKED,		/* since vcpus_wait() */
};

struct vcpus {
	enum vcpus_state state;		/* main's alone */
	pthread_mutex_t lock;		/* parked, quit, end, go's of stop */
	pthread_cond_t changed;
	pthread_t thread[MAX_VCPUS];
	unsigned int size;
	unsigned int parked;
	bool quit;
	enum end end;			/* the first reason, or END_NONE */
	unsigned int ender;		/* the vCPU that it is of */
	atomic_bool stop;
	int wake;			/* eventfd: main has something to see; or -1 */
};

/*
 * Once, before any thread exists: block all signals, so that each thread gets
 * only those that it waits for.
 */
void vcpus_prepare(void);

/* 0 or -errno; vcpus_quit() is due either way. */
int vcpus_init(struct vcpus *vcpus);

/* One more vCPU thread; it parks at first.  0 or -errno. */
int vcpus_add(struct vcpus *vcpus, void *(*fn)(void *arg), void *arg);

/* Any thread, never waits: everybody out of the guest, and wake main. */
void vcpus_stop(struct vcpus *vcpus);

/* As vcpus_stop(), and the VM does not go on; @vcpu, the first one, is kept. */
void vcpus_end(struct vcpus *vcpus, unsigned int vcpu, enum end end);

static inline bool vcpus_stopping(const struct vcpus *vcpus)
{
	return atomic_load(&vcpus->stop);
}

/* A vCPU thread with a settled vCPU: wait for main; false: it is over. */
bool vcpus_park(struct vcpus *vcpus);

/* Main: until all are parked, after vcpus_stop(). */
void vcpus_wait(struct vcpus *vcpus);

/* Main: not while it is running, or a stop that came meanwhile were lost. */
void vcpus_go(struct vcpus *vcpus);

/*
 * Main: nor then, or the wait for its threads would never end.  Nothing to do if
 * there are none, as after vcpus_quit() or where ->wake was set to -1.
 */
void vcpus_quit(struct vcpus *vcpus);

/*
 * The signal that gets a thread out of KVM_RUN and ppoll(), and nothing else:
 * it is blocked everywhere else, so one that comes early stays pending.
 */
void vcpus_kick_mask(sigset_t *mask);
void vcpus_drain_kick(void);

#endif /* VCPUS_H */
