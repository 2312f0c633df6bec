// SPDX-License-Identifier: GPL-2.0-only
/*
 * Phase 2: every vCPU has a thread that reports, one or two threads use the
 * device, and this one sends signals.
 *
 * Enters: a seed.  Leaves: nothing; in each round, in whatever order the threads
 * came, each event was returned once, by its own vCPU, with the facts of its
 * write; no number of an event is missing; and while the VM was frozen no guest
 * counted.  Each round is run without signals as well, since then RESUME alone
 * has to wake a vCPU.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chaos.h"
#include "fail.h"
#include "reporter.h"
#include "threads.h"

/* In microseconds: without it, the CPUs would do nothing but these calls. */
#define PAUSE	1000

#define NR_USERS	2

/* A thread that uses the device. */
struct user {
	struct shared *shared;
	struct random random;
	pthread_t id;
};

static void enable(struct shared *s, uint64_t attr, uint64_t addr,
		   uint32_t events, int wanted)
{
	struct kvm_guest_panic_model model = { .addr = addr, .events = events };

	verify_errno("set of a model",
		     vm_set(&s->vm, KVM_DEV_GUEST_PANIC_MODEL, attr, &model),
		     wanted);
}

static void freeze(struct shared *s, uint32_t on)
{
	verify_errno("FREEZE", vm_set(&s->vm, KVM_DEV_GUEST_PANIC_CTRL,
				      KVM_GUEST_PANIC_FREEZE, &on), 0);
}

/* What is set already, and what is refused; neither may change an event. */
static void set_again(struct shared *s)
{
	enable(s, KVM_GUEST_PANIC_HYPERV, 0, 15, 0);
	enable(s, KVM_GUEST_PANIC_ISA, PVPANIC_PORT, 7, 0);
	enable(s, KVM_GUEST_PANIC_ISA, 0x20, 1, -EBUSY);
	enable(s, KVM_GUEST_PANIC_MMIO, MMIO_BASE, 7, 0);
	enable(s, KVM_GUEST_PANIC_MMIO, MMIO_BASE, 8, -EINVAL);
	enable(s, KVM_GUEST_PANIC_FAULT, 0, 1, 0);
}

/* Acknowledge what is latched, whether or not KVM_RUN has returned it yet. */
static void help(struct shared *s)
{
	struct kvm_guest_panic_event event, *helped;
	int r = shared_get_latched(s, &event);

	if (r == -ENOENT)
		return;
	verify_errno("get of LATCHED", r, 0);
	/* The vCPU's thread looks at it once RESUME has let it go on. */
	helped = &s->helped[event.vcpu_id];
	__atomic_store_n(&helped->seq, 0, __ATOMIC_SEQ_CST);
	*helped = event;
	__atomic_store_n(&helped->seq, event.seq, __ATOMIC_SEQ_CST);
	r = shared_resume(s, event.seq);
	if (r && r != -ESTALE)
		fail("RESUME: %s", strerror(-r));
}

static void use(struct shared *s, struct random *r)
{
	struct kvm_guest_panic_event event;
	int err;

	switch (s->round) {
	case ROUND_CHAOS:
		chaos_call(s, r);
		return;
	case ROUND_HELPED:
		help(s);
		return;
	case ROUND_TOGGLED:
		freeze(s, 0);
		freeze(s, 1);
		break;
	default:
		break;
	}
	set_again(s);
	err = shared_get_latched(s, &event);
	if (err && err != -ENOENT)
		fail("get of LATCHED: %s", strerror(-err));
}

static void *user_thread(void *arg)
{
	struct user *u = arg;

	while (!__atomic_load_n(&u->shared->stop, __ATOMIC_SEQ_CST)) {
		use(u->shared, &u->random);
		usleep(pick(&u->random, PAUSE));
	}
	return NULL;
}

static pthread_t start(void *(*function)(void *arg), void *arg)
{
	pthread_t id;
	int r = pthread_create(&id, NULL, function, arg);

	if (r)
		fail("pthread_create(): %s", strerror(r));
	return id;
}

static void verify_numbers(struct shared *s)
{
	uint64_t seq;

	for (seq = 1; seq <= s->largest; seq++)
		if (!s->seen[seq])
			fail("seq %lu is missing", seq);
	if (vm_stat(&s->vm, "guest_panic_events") != s->events)
		fail("%lu events came, the statistic differs", s->events);
}

static void set_up(struct shared *s, enum round_kind round, bool has_signals,
		   uint64_t room)
{
	int i;

	*s = (struct shared) {
		.round = round,
		.has_signals = has_signals,
		.room = room,
		.seen = calloc(room, 1),
	};
	if (!s->seen)
		fail("no memory");
	vm_create(&s->vm);
	for (i = 0; i < VM_MAX_VCPUS; i++)
		vm_add_vcpu(&s->vm, i);
	set_again(s);
	freeze(s, 1);
}

/* A thread that has ended can be sent signals until it is joined. */
static void wait_for_reporters(const struct shared *s,
			       struct reporter *reporters)
{
	int i, left;

	do {
		left = 0;
		for (i = 0; i < VM_MAX_VCPUS; i++) {
			if (s->has_signals)
				pthread_kill(reporters[i].id, SIGUSR1);
			left += !__atomic_load_n(&reporters[i].is_done,
						 __ATOMIC_SEQ_CST);
		}
		usleep(PAUSE);
	} while (left);
}

static void start_reporters(struct shared *s, struct reporter *reporters,
			    uint64_t seed, uint64_t operations)
{
	int i;

	for (i = 0; i < VM_MAX_VCPUS; i++) {
		reporters[i] = (struct reporter) {
			.shared = s, .vcpu = &s->vm.vcpu[i],
			.random.state = seed + i,
			.operations = operations / VM_MAX_VCPUS,
		};
		reporters[i].id = start(reporter_thread, &reporters[i]);
	}
}

/* With two helpers, one would overwrite in helped[] what the other has noted. */
static int nr_users(enum round_kind round)
{
	return round == ROUND_HELPED ? 1 : NR_USERS;
}

static void start_users(struct shared *s, struct user *users, uint64_t seed)
{
	int i;

	for (i = 0; i < nr_users(s->round); i++) {
		users[i] = (struct user) {
			.shared = s, .random.state = seed + 100 + i,
		};
		users[i].id = start(user_thread, &users[i]);
	}
}

static void end_users(struct shared *s, struct user *users)
{
	int i;

	__atomic_store_n(&s->stop, true, __ATOMIC_SEQ_CST);
	for (i = 0; i < nr_users(s->round); i++)
		pthread_join(users[i].id, NULL);
}

static void fuzz_round(uint64_t seed, uint64_t operations, enum round_kind round,
		       bool send_signals)
{
	struct reporter reporters[VM_MAX_VCPUS];
	struct user users[NR_USERS];
	struct shared shared;
	int i;

	set_up(&shared, round, send_signals, operations + 1);
	start_reporters(&shared, reporters, seed, operations);
	start_users(&shared, users, seed);
	wait_for_reporters(&shared, reporters);
	for (i = 0; i < VM_MAX_VCPUS; i++)
		pthread_join(reporters[i].id, NULL);
	end_users(&shared, users);
	if (round == ROUND_CHAOS)
		chaos_end(&shared);
	else
		verify_numbers(&shared);
	vm_destroy(&shared.vm);
	free(shared.seen);
}

void fuzz_threads(uint64_t seed, uint64_t operations)
{
	static const char *const names[NR_ROUNDS] = {
		[ROUND_FROZEN] = "FREEZE", [ROUND_TOGGLED] = "FREEZE toggled",
		[ROUND_HELPED] = "RESUME by another",
		[ROUND_CHAOS] = "anything",
	};
	enum round_kind round;

	operations /= 2 * NR_ROUNDS;
	for (round = 0; round < NR_ROUNDS; round++) {
		printf("# threads: %s\n", names[round]);
		fuzz_round(seed, operations, round, false);
		printf("# threads: %s, with signals\n", names[round]);
		fuzz_round(seed + 1000, operations, round, true);
	}
}
