// SPDX-License-Identifier: GPL-2.0-only
/*
 * Freeze, counted: when KVM_RUN returns a stopping event, no other vCPU
 * carries out a guest instruction any more until RESUME, and all of them go on
 * afterwards without having returned.
 *
 * Seven vCPUs count, one reports each time that another one of them has.  It
 * takes two CPUs to see one count that should not.
 */
#include "guest_panic_thread.h"

#define NR_COUNTERS	7
#define REPORTER	NR_COUNTERS
#define ROUNDS		1000
/* How long to look for what should not move, and how often to look longer. */
#define LOOK_NS		100000
#define LOOK_LONGER	100

static u64 counters[NR_COUNTERS];

static void guest_counts(u64 i)
{
	for (;;)
		WRITE_ONCE(counters[i], counters[i] + 1);
}

/* To wait for all of them each time would take most of the test's time. */
static void guest_panics(void)
{
	u64 before;
	int i;

	for (i = 0; ; i = (i + 1) % NR_COUNTERS) {
		before = READ_ONCE(counters[i]);
		while (READ_ONCE(counters[i]) == before)
			cpu_relax();
		port_outb(PVPANIC_PORT, PANICKED);
	}
}

FIXTURE(freeze) {
	struct kvm_vm *vm;
	struct kvm_vcpu *vcpus[NR_COUNTERS + 1];
	struct runner runners[NR_COUNTERS];
	u64 *counters;
	u64 rounds;
	int dev;
};

FIXTURE_SETUP(freeze)
{
	int i;

	self->rounds = guest_panic_rounds(ROUNDS);
	self->vm = vm_create(NR_COUNTERS + 1);
	for (i = 0; i < NR_COUNTERS; i++) {
		self->vcpus[i] = vm_vcpu_add(self->vm, i, guest_counts);
		vcpu_args_set(self->vcpus[i], 1, i);
	}
	self->vcpus[REPORTER] = vm_vcpu_add(self->vm, REPORTER, guest_panics);
	self->dev = guest_panic_create(self->vm);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED | SHUTDOWN);
	guest_panic_set_freeze(self->dev, 1);
	self->counters = addr_gva2hva(self->vm, (u64)counters);
}

FIXTURE_TEARDOWN(freeze)
{
	close(self->dev);
	kvm_vm_free(self->vm);
}

static u64 total(u64 *values)
{
	u64 sum = 0;
	int i;

	for (i = 0; i < NR_COUNTERS; i++)
		sum += READ_ONCE(values[i]);
	return sum;
}

static void start_all(struct runner *runners, struct kvm_vcpu **vcpus)
{
	int i;

	for (i = 0; i < NR_COUNTERS; i++)
		start_run(&runners[i], vcpus[i]);
}

static void interrupt_all(struct runner *runners)
{
	int i;

	for (i = 0; i < NR_COUNTERS; i++)
		interrupt_run(&runners[i]);
}

/* Returns how much is counted in a while after the event's exit. */
static u64 counted_after_exit(struct kvm_vcpu *reporter, u64 *values, u64 seq)
{
	u64 at_exit, until;

	poison_exit(reporter->run);
	vcpu_run(reporter);
	at_exit = total(values);
	until = boottime_ns() + LOOK_NS;
	verify_exit(reporter, an_event(ISA, REPORTER, seq, PANICKED));
	while (boottime_ns() < until)
		sched_yield();
	return total(values) - at_exit;
}

TEST_F_TIMEOUT(freeze, nothing_is_counted_after_the_exit, LONG_TIMEOUT)
{
	u64 seq, after;

	start_all(self->runners, self->vcpus);
	for (seq = 1; seq <= self->rounds; seq++) {
		after = counted_after_exit(self->vcpus[REPORTER],
					   self->counters, seq);
		TEST_ASSERT(!after, "event %lu: wanted 0 increments, got %lu",
			    seq, after);
		guest_panic_resume(self->dev, seq);
	}
	interrupt_all(self->runners);
}

TEST_F_TIMEOUT(freeze, siblings_wait_each_time_and_none_returns, LONG_TIMEOUT)
{
	u64 seq, at_exit;
	int i;

	start_all(self->runners, self->vcpus);
	for (seq = 1; seq <= self->rounds / LOOK_LONGER + 1; seq++) {
		run_and_verify_event(self->vcpus[REPORTER], ISA, seq, PANICKED);
		at_exit = total(self->counters);
		for (i = 0; i < NR_COUNTERS; i++)
			verify_waiting(&self->runners[i]);
		TEST_ASSERT_EQ(total(self->counters), at_exit);
		guest_panic_resume(self->dev, seq);
	}
	interrupt_all(self->runners);
}

/* What the first one would see if it could not fail. */
TEST_F_TIMEOUT(freeze, without_it_much_is_counted, LONG_TIMEOUT)
{
	u64 seq, sum = 0, rounds = self->rounds / 20 + 1;

	guest_panic_set_freeze(self->dev, 0);
	start_all(self->runners, self->vcpus);
	for (seq = 1; seq <= rounds; seq++) {
		sum += counted_after_exit(self->vcpus[REPORTER], self->counters,
					  seq);
		guest_panic_resume(self->dev, seq);
	}
	TEST_ASSERT(sum, "wanted the siblings to run on, got 0 increments");
	ksft_print_msg("%lu increments after %lu exits\n", sum, rounds);
	interrupt_all(self->runners);
}

TEST_F_TIMEOUT(freeze, all_go_on_after_resume, LONG_TIMEOUT)
{
	u64 before[NR_COUNTERS];
	int i;

	start_all(self->runners, self->vcpus);
	run_and_verify_event(self->vcpus[REPORTER], ISA, 1, PANICKED);
	memcpy(before, self->counters, sizeof(before));
	guest_panic_resume(self->dev, 1);
	for (i = 0; i < NR_COUNTERS; i++)
		while (READ_ONCE(self->counters[i]) == before[i])
			sched_yield();
	interrupt_all(self->runners);
}

/*
 * What KVM carries out for a sibling, as "rep insb", may write until its
 * KVM_RUN has returned.  After that memory stands still, also when KVM_RUN is
 * called again, and the instruction goes on after RESUME.
 */
#define INSB_SIZE	65536
#define INSB_ROUNDS	10

static u8 buffers[NR_COUNTERS][INSB_SIZE];

static void guest_insb(u64 i)
{
	u8 *p;
	u64 count;

	for (;;) {
		p = buffers[i];
		count = INSB_SIZE;
		asm volatile("rep insb" : "+D"(p), "+c"(count)
			     : "d"(PVPANIC_PORT) : "memory");
		GUEST_ASSERT_EQ(count, 0);
		WRITE_ONCE(counters[i], counters[i] + 1);
	}
}

static void verify_untouched(const u8 *bytes)
{
	int i;

	for (i = 0; i < INSB_SIZE; i++)
		TEST_ASSERT(bytes[i] == 0x5a,
			    "byte %d: wanted 0x5a, got 0x%x", i, bytes[i]);
}

TEST_F_TIMEOUT(freeze, string_input_stands_still_once_kvm_run_has_returned,
	       LONG_TIMEOUT)
{
	u8 *bytes[NR_COUNTERS];
	u64 seq;
	int i;

	for (i = 0; i < NR_COUNTERS; i++) {
		vcpu_arch_set_entry_point(self->vcpus[i], guest_insb);
		vcpu_args_set(self->vcpus[i], 1, i);
		bytes[i] = addr_gva2hva(self->vm, (u64)buffers[i]);
	}
	start_all(self->runners, self->vcpus);
	for (seq = 1; seq <= INSB_ROUNDS; seq++) {
		run_and_verify_event(self->vcpus[REPORTER], ISA, seq, PANICKED);
		interrupt_all(self->runners);
		for (i = 0; i < NR_COUNTERS; i++)
			memset(bytes[i], 0x5a, INSB_SIZE);
		start_all(self->runners, self->vcpus);
		for (i = 0; i < NR_COUNTERS; i++) {
			verify_waiting(&self->runners[i]);
			verify_untouched(bytes[i]);
		}
		guest_panic_resume(self->dev, seq);
	}
	for (i = 0; i < NR_COUNTERS; i++)
		wait_until_moved(&self->counters[i]);
	interrupt_all(self->runners);
}

/* Whichever comes first: a new vCPU counts before the event, or never. */
#define CREATIONS	25

struct creation {
	struct kvm_vm *vm;
	struct runner runner;
	u32 id;
};

static void *create_and_run(void *arg)
{
	struct creation *creation = arg;
	struct kvm_vcpu *vcpu = vm_vcpu_add(creation->vm, creation->id,
					    guest_counts);

	vcpu_args_set(vcpu, 1, 0);
	start_run(&creation->runner, vcpu);
	return NULL;
}

static void guest_panics_at_once(void)
{
	for (;;)
		port_outb(PVPANIC_PORT, PANICKED);
}

TEST(freeze_takes_vcpus_that_are_created_at_that_time)
{
	struct kvm_vm *vm = vm_create(CREATIONS + 1);
	struct kvm_vcpu *reporter = vm_vcpu_add(vm, 0, guest_panics_at_once);
	int dev = guest_panic_create(vm);
	struct creation creation = { .vm = vm };
	u64 at_exit, seq, *counter = addr_gva2hva(vm, (u64)counters);
	pthread_t thread;

	guest_panic_set(dev, ISA, PVPANIC_PORT, PANICKED);
	guest_panic_set_freeze(dev, 1);
	for (seq = 1; seq <= CREATIONS; seq++) {
		creation.id = seq;
		thread = start_thread(create_and_run, &creation);
		run_and_verify_event(reporter, ISA, seq, PANICKED);
		at_exit = READ_ONCE(*counter);
		finish_thread(thread);
		verify_waiting(&creation.runner);
		TEST_ASSERT_EQ(READ_ONCE(*counter), at_exit);
		guest_panic_resume(dev, seq);
		wait_until_moved(counter);
		interrupt_run(&creation.runner);
	}
	close(dev);
	kvm_vm_free(vm);
}

/* Freeze is switched off and on meanwhile: each event is returned once. */
struct toggle {
	int dev;
	bool stop;
	u64 count;
};

static void *switch_freeze(void *arg)
{
	struct toggle *toggle = arg;

	while (!READ_ONCE(toggle->stop)) {
		guest_panic_set_freeze(toggle->dev, 0);
		guest_panic_set_freeze(toggle->dev, 1);
		WRITE_ONCE(toggle->count, toggle->count + 1);
	}
	return NULL;
}

TEST_F_TIMEOUT(freeze, switched_off_and_on_loses_nothing, LONG_TIMEOUT)
{
	struct toggle toggle = { .dev = self->dev };
	pthread_t thread = start_thread(switch_freeze, &toggle);
	struct kvm_vcpu *reporter = self->vcpus[REPORTER];
	u64 seq;

	start_all(self->runners, self->vcpus);
	for (seq = 1; seq <= self->rounds / 20 || READ_ONCE(toggle.count) < seq;
	     seq++) {
		run_and_verify_event(reporter, ISA, seq, PANICKED);
		verify_latched(self->dev, delivered(an_event(ISA, REPORTER, seq,
							     PANICKED)));
		guest_panic_resume(self->dev, seq);
		verify_nothing_latched(self->dev);
	}
	WRITE_ONCE(toggle.stop, true);
	finish_thread(thread);
	interrupt_all(self->runners);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();

	return test_harness_run(argc, argv);
}
