// SPDX-License-Identifier: GPL-2.0-only
#include <assert.h>
#include <errno.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "kvm/crew.h"

#define KICK	SIGRTMIN

static void on_kick(int sig)
{
	(void)sig;
}

void crew_kick_mask(sigset_t *mask)
{
	sigfillset(mask);
	sigdelset(mask, KICK);
}

void crew_drain_kick(void)
{
	const struct timespec now = { 0 };
	sigset_t kick;

	sigemptyset(&kick);
	sigaddset(&kick, KICK);
	while (sigtimedwait(&kick, NULL, &now) == KICK)
		;
}

void crew_prepare(void)
{
	const struct sigaction action = { .sa_handler = on_kick };
	sigset_t all;

	/* Not ignored, or ppoll() would not notice it. */
	sigaction(KICK, &action, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
}

int crew_init(struct crew *crew)
{
	*crew = (struct crew){ .stop = true };
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->changed, NULL);
	crew->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return crew->wake < 0 ? -errno : 0;
}

int crew_add(struct crew *crew, void *(*fn)(void *arg), void *arg)
{
	int err = pthread_create(&crew->thread[crew->size], NULL, fn, arg);

	if (!err)
		crew->size++;
	return -err;
}

static void wake_main(const struct crew *crew)
{
	const uint64_t one = 1;

	/* It fails only when 2^64 wake-ups are waiting already. */
	if (write(crew->wake, &one, sizeof(one)) < 0)
		return;
}

void crew_stop(struct crew *crew)
{
	unsigned int i;

	/* The flag before the kicks: who is kicked must find it set. */
	if (!atomic_exchange(&crew->stop, true))
		for (i = 0; i < crew->size; i++)
			pthread_kill(crew->thread[i], KICK);
	wake_main(crew);
}

void crew_end(struct crew *crew, enum end end)
{
	pthread_mutex_lock(&crew->lock);
	if (crew->end == END_NONE)
		crew->end = end;
	pthread_mutex_unlock(&crew->lock);
	crew_stop(crew);
}

bool crew_park(struct crew *crew)
{
	bool quit;

	pthread_mutex_lock(&crew->lock);
	crew->parked++;
	pthread_cond_broadcast(&crew->changed);
	while (crew_stopping(crew) && !crew->quit)
		pthread_cond_wait(&crew->changed, &crew->lock);
	crew->parked--;
	quit = crew->quit;
	pthread_mutex_unlock(&crew->lock);
	return !quit;
}

void crew_wait(struct crew *crew)
{
	assert(crew_stopping(crew));
	pthread_mutex_lock(&crew->lock);
	while (crew->parked < crew->size)
		pthread_cond_wait(&crew->changed, &crew->lock);
	pthread_mutex_unlock(&crew->lock);
	crew->state = CREW_PARKED;
}

void crew_go(struct crew *crew)
{
	assert(crew->state != CREW_RUNNING);
	crew->state = CREW_RUNNING;
	pthread_mutex_lock(&crew->lock);
	atomic_store(&crew->stop, false);
	pthread_cond_broadcast(&crew->changed);
	pthread_mutex_unlock(&crew->lock);
}

void crew_quit(struct crew *crew)
{
	unsigned int i;

	assert(crew->state != CREW_RUNNING);
	pthread_mutex_lock(&crew->lock);
	crew->quit = true;
	pthread_cond_broadcast(&crew->changed);
	pthread_mutex_unlock(&crew->lock);
	for (i = 0; i < crew->size; i++)
		pthread_join(crew->thread[i], NULL);
	close(crew->wake);
}
