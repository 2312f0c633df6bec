// SPDX-License-Identifier: GPL-2.0-only
/*
 * Freeze against what userspace does at the same time: that it creates a
 * vCPU, that it switches freeze off and on, that it acknowledges.
 */
#include "guest_panic_latch.h"
#include "guest_panic_stat.h"

#define CI_ROUNDS	50
/* Of the last id; KVM takes 1,024 vCPUs. */
#define MAX_ROUNDS	1000
#define TIMEOUT		3600

static u64 counter;

static void guest_panics(void)
{
	for (;;)
		port_outb(PVPANIC_PORT, PANICKED);
}

static void guest_counts(void)
{
	for (;;)
		WRITE_ONCE(counter, counter + 1);
}

FIXTURE(guest_panic_race) {
	struct kvm_vm *vm;
	struct kvm_vcpu *reporter;
	u64 *counter;
	u64 rounds;
	int dev;
};

FIXTURE_SETUP(guest_panic_race)
{
	self->rounds = guest_panic_rounds(CI_ROUNDS);
	if (self->rounds > MAX_ROUNDS)
		self->rounds = MAX_ROUNDS;
	self->vm = vm_create(self->rounds + 1);
	self->reporter = vm_vcpu_add(self->vm, 0, guest_panics);
	self->dev = guest_panic_create(self->vm);
	self->counter = addr_gva2hva(self->vm, (u64)&counter);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED);
	guest_panic_set_freeze(self->dev, 1);
}

FIXTURE_TEARDOWN(guest_panic_race)
{
	close(self->dev);
	kvm_vm_free(self->vm);
}

struct creation {
	struct kvm_vm *vm;
	struct kvm_vcpu *vcpu;
	u32 id;
};

static void *create_and_run(void *arg)
{
	struct creation *creation = arg;

	creation->vcpu = vm_vcpu_add(creation->vm, creation->id, guest_counts);
	vcpu_run(creation->vcpu);
	return NULL;
}

/* Whichever comes first: the new vCPU counts before the event, or never. */
TEST_F_TIMEOUT(guest_panic_race, created_vcpu_does_not_run_on, TIMEOUT)
{
	struct creation creation = { .vm = self->vm };
	pthread_t thread;
	u64 seq, at_exit;

	for (seq = 1; seq <= self->rounds; seq++) {
		creation.id = seq;
		thread = start_thread(create_and_run, &creation);
		run_and_verify_isa_event(self->reporter, seq, PANICKED);
		at_exit = READ_ONCE(*self->counter);
		finish(thread);
		TEST_ASSERT_EQ(READ_ONCE(*self->counter), at_exit);
		verify_isa_event_of(creation.vcpu, self->reporter, seq,
				    PANICKED);
		guest_panic_resume(self->dev);
	}
}

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

/* Each event is returned, once it is acknowledged the next one. */
TEST_F_TIMEOUT(guest_panic_race, freeze_off_and_on_loses_nothing, TIMEOUT)
{
	struct toggle toggle = { .dev = self->dev };
	pthread_t thread = start_thread(switch_freeze, &toggle);
	u64 seq;

	for (seq = 1; seq <= self->rounds || READ_ONCE(toggle.count) < seq;
	     seq++) {
		run_and_verify_isa_event(self->reporter, seq, PANICKED);
		verify_latched(self->dev, isa_event(0, seq, PANICKED));
		guest_panic_resume(self->dev);
		verify_nothing_latched(self->dev);
	}
	WRITE_ONCE(toggle.stop, true);
	finish(thread);
}

static void *resume_for_ever(void *arg)
{
	struct toggle *toggle = arg;

	while (!READ_ONCE(toggle->stop)) {
		guest_panic_resume(toggle->dev);
		WRITE_ONCE(toggle->count, toggle->count + 1);
	}
	return NULL;
}

static void guest_panics_often(u64 rounds)
{
	u64 i;

	for (i = 0; i < rounds; i++)
		port_outb(PVPANIC_PORT, PANICKED);
	GUEST_DONE();
}

/*
 * Who acknowledges unseen may miss events; but KVM_RUN returns none twice, and
 * the guest is never stuck.
 */
TEST_F_TIMEOUT(guest_panic_race, resume_at_any_time_repeats_nothing, TIMEOUT)
{
	__u64 *data = self->reporter->run->system_event.data;
	struct toggle toggle = { .dev = self->dev };
	struct ucall uc;
	pthread_t thread;
	u64 seq, last_seq = 0;

	vcpu_arch_set_entry_point(self->reporter, guest_panics_often);
	vcpu_args_set(self->reporter, 1, self->rounds);
	thread = start_thread(resume_for_ever, &toggle);
	while (run_to_exit(self->reporter, &uc) != UCALL_DONE) {
		seq = data[KVM_GUEST_PANIC_DATA_SEQ];
		verify_isa_event(self->reporter, seq, PANICKED);
		TEST_ASSERT(seq >= last_seq && seq <= self->rounds,
			    "seq %lu came after %lu", seq, last_seq);
		last_seq = seq;
	}
	WRITE_ONCE(toggle.stop, true);
	finish(thread);
	TEST_ASSERT_EQ(read_vm_stat(self->vm, "guest_panic_events"),
		       self->rounds);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();

	return test_harness_run(argc, argv);
}
