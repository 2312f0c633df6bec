// SPDX-License-Identifier: GPL-2.0-only
/*
 * Phase 2: every vCPU has a thread that reports, one thread changes the device
 * and one sends signals.  Whoever is first: each event comes once, on its
 * vCPU, with the facts of its write; numbers have no gap; and while the VM is
 * frozen no guest counts.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "threads.h"

/* In microseconds.  With none, this is all that the CPUs do. */
#define PAUSE	1000

static void enable(struct shared *s, uint64_t attr, uint64_t addr,
		   uint32_t events, int wanted)
{
	struct kvm_guest_panic_model model = { addr, events, 0 };

	call(s, KVM_DEV_GUEST_PANIC_MODEL, attr, &model, wanted);
}

static void freeze(struct shared *s, uint32_t on)
{
	call(s, KVM_DEV_GUEST_PANIC_CTRL, KVM_GUEST_PANIC_FREEZE, &on, 0);
}

/* Sets what is set already, and what is refused: no answer may change. */
static void set_again(struct shared *s)
{
	enable(s, KVM_GUEST_PANIC_HYPERV, 0, 3, 0);
	enable(s, KVM_GUEST_PANIC_ISA, PVPANIC_PORT, 7, 0);
	enable(s, KVM_GUEST_PANIC_ISA, 0x20, 1, -EBUSY);
	enable(s, KVM_GUEST_PANIC_MMIO, MMIO_BASE, 7, 0);
	enable(s, KVM_GUEST_PANIC_MMIO, MMIO_BASE, 8, -EINVAL);
}

static void *change_device(void *arg)
{
	struct shared *s = arg;
	struct kvm_guest_panic_event event;
	int r;

	while (!__atomic_load_n(&s->stop, __ATOMIC_RELAXED)) {
		set_again(s);
		r = vm_get(&s->vm, KVM_DEV_GUEST_PANIC_STATE,
			   KVM_GUEST_PANIC_LATCHED, &event);
		if (r && r != -ENOENT)
			fail("get of LATCHED: %s", strerror(-r));
		if (!s->is_always_frozen) {
			freeze(s, 0);
			freeze(s, 1);
		}
		usleep(PAUSE);
	}
	return NULL;
}

static void on_signal(int signal)
{
	(void)signal;
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

static void set_up(struct shared *s, bool is_always_frozen, uint64_t room)
{
	int i;

	*s = (struct shared) {
		.is_always_frozen = is_always_frozen,
		.room = room,
		.seen = calloc(room, 1),
	};
	if (!s->seen)
		fail("no memory");
	vm_create(&s->vm);
	for (i = 0; i < MAX_VCPUS; i++)
		vm_add_vcpu(&s->vm, i);
	set_again(s);
	freeze(s, 1);
}

/* A thread that has ended may be sent a signal until it is joined. */
static void send_signals(struct thread *threads)
{
	int i, left;

	do {
		left = 0;
		for (i = 0; i < MAX_VCPUS; i++) {
			pthread_kill(threads[i].id, SIGUSR1);
			left += __atomic_load_n(&threads[i].operations,
						__ATOMIC_RELAXED) + 1 != 0;
		}
		usleep(PAUSE);
	} while (left);
}

static void fuzz_round(uint64_t seed, uint64_t operations,
		       bool is_always_frozen)
{
	struct thread threads[MAX_VCPUS];
	struct shared shared;
	pthread_t changer;
	int i;

	set_up(&shared, is_always_frozen, operations + 1);
	for (i = 0; i < MAX_VCPUS; i++) {
		threads[i] = (struct thread) {
			.shared = &shared, .vcpu = &shared.vm.vcpu[i],
			.random.state = seed + i,
			.operations = operations / MAX_VCPUS,
		};
		threads[i].id = start(run_thread, &threads[i]);
	}
	changer = start(change_device, &shared);
	send_signals(threads);
	for (i = 0; i < MAX_VCPUS; i++)
		pthread_join(threads[i].id, NULL);
	__atomic_store_n(&shared.stop, true, __ATOMIC_RELAXED);
	pthread_join(changer, NULL);
	verify_numbers(&shared);
	vm_destroy(&shared.vm);
	free(shared.seen);
}

void fuzz_threads(uint64_t seed, uint64_t operations)
{
	signal(SIGUSR1, on_signal);
	fuzz_round(seed, operations / 2, true);
	fuzz_round(seed, operations - operations / 2, false);
}
