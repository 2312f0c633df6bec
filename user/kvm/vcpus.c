// SPDX-License-Identifier: GPL-2.0-only
#include <assert.h>
#include <errno.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/event_loop.h"
#include "kvm/vcpus.h"

#define KICK	SIGRTMIN

static void on_kick(int sig)
{
	(void)sig;
}

void vcpus_kick_mask(sigset_t *mask)
{
	sigfillset(mask);
	sigdelset(mask, KICK);
}

void vcpus_drain_kick(void)
{
	const struct timespec now = { 0 };
	sigset_t kick;

	sigemptyset(&kick);
	sigaddset(&kick, KICK);
	while (sigtimedwait(&kick, NULL, &now) == KICK)
		;
}

void vcpus_prepare(void)
{
	const struct sigaction action = { .sa_handler = on_kick };
	sigset_t all;

	/* Not ignored, or ppoll() would not notice it. */
	sigaction(KICK, &action, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
}

int vcpus_init(struct vcpus *vcpus)
{
	*vcpus = (struct vcpus){ .stop = true };
	pthread_mutex_init(&vcpus->lock, NULL);
	pthread_cond_init(&vcpus->changed, NULL);
	vcpus->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return vcpus->wake < 0 ? -errno : 0;
}

int vcpus_add(struct vcpus *vcpus, void *(*fn)(void *arg), void *arg)
{
	int err = pthread_create(&vcpus->thread[vcpus->size], NULL, fn, arg);

	if (!err)
		vcpus->size++;
	return -err;
}

void vcpus_stop(struct vcpus *vcpus)
{
	unsigned int i;

	/* Set the flag before the kicks: a kicked thread must find it set. */
	if (!atomic_exchange(&vcpus->stop, true))
		for (i = 0; i < vcpus->size; i++)
			pthread_kill(vcpus->thread[i], KICK);
	event_signal(vcpus->wake);
}

void vcpus_end(struct vcpus *vcpus, unsigned int vcpu, enum end end)
{
	pthread_mutex_lock(&vcpus->lock);
	if (vcpus->end == END_NONE) {
		vcpus->end = end;
		vcpus->ender = vcpu;
	}
	pthread_mutex_unlock(&vcpus->lock);
	vcpus_stop(vcpus);
}

bool vcpus_park(struct vcpus *vcpus)
{
	bool quit;

	pthread_mutex_lock(&vcpus->lock);
	vcpus->parked++;
	pthread_cond_broadcast(&vcpus->changed);
	while (vcpus_stopping(vcpus) && !vcpus->quit)
		pthread_cond_wait(&vcpus->changed, &vcpus->lock);
	vcpus->parked--;
	quit = vcpus->quit;
	pthread_mutex_unlock(&vcpus->lock);
	return !quit;
}

void vcpus_wait(struct vcpus *vcpus)
{
	assert(vcpus_stopping(vcpus));
	pthread_mutex_lock(&vcpus->lock);
	while (vcpus->parked < vcpus->size)
		pthread_cond_wait(&vcpus->changed, &vcpus->lock);
	pthread_mutex_unlock(&vcpus->lock);
	vcpus->state = VCPUS_PARKED;
}

void vcpus_go(struct vcpus *vcpus)
{
	assert(vcpus->state != VCPUS_RUNNING);
	vcpus->state = VCPUS_RUNNING;
	pthread_mutex_lock(&vcpus->lock);
	atomic_store(&vcpus->stop, false);
	pthread_cond_broadcast(&vcpus->changed);
	pthread_mutex_unlock(&vcpus->lock);
}

void vcpus_quit(struct vcpus *vcpus)
{
	unsigned int i;

	assert(vcpus->state != VCPUS_RUNNING);
	if (vcpus->wake < 0)
		return;
	pthread_mutex_lock(&vcpus->lock);
	vcpus->quit = true;
	pthread_cond_broadcast(&vcpus->changed);
	pthread_mutex_unlock(&vcpus->lock);
	for (i = 0; i < vcpus->size; i++)
		pthread_join(vcpus->thread[i], NULL);
	vcpus->size = 0;
	close(vcpus->wake);
	vcpus->wake = -1;
}
