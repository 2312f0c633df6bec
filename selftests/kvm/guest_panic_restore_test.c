// SPDX-License-Identifier: GPL-2.0-only
/*
 * Setting the latch: what is read in one VM and set in another gives the same
 * exits there; what the device could not have reported is refused.
 */
#include "guest_panic_latch.h"

static const u64 params[NR_PARAMS] = { 41, 42, 43, 44, 45 };

static void guest_panics(void)
{
	for (;;)
		port_outb(PVPANIC_PORT, PANICKED);
}

static void guest_crashes(void)
{
	guest_crash(params, CTL_NOTIFY);
	GUEST_DONE();
}

struct machine {
	struct kvm_vcpu *vcpu;
	struct kvm_vcpu *other;
	int dev;
};

static struct machine create_machine(void *guest_code)
{
	struct kvm_vm *vm;
	struct machine m;

	vm = vm_create_with_one_vcpu(&m.vcpu, guest_code);
	m.other = vm_vcpu_add(vm, 6, guest_panics);
	vcpu_set_hv_cpuid(m.vcpu);
	m.dev = guest_panic_create(vm);
	guest_panic_set(m.dev, ISA, PVPANIC_PORT, PANICKED | SHUTDOWN);
	guest_panic_set(m.dev, HYPERV, 0, NOTIFY);
	return m;
}

static void free_machine(struct machine *m)
{
	close(m->dev);
	kvm_vm_free(m->vcpu->vm);
}

FIXTURE(guest_panic_restore) {
	struct machine here, there;
};

FIXTURE_SETUP(guest_panic_restore)
{
	self->here = create_machine(guest_panics);
	self->there = create_machine(guest_panics);
}

FIXTURE_TEARDOWN(guest_panic_restore)
{
	free_machine(&self->here);
	free_machine(&self->there);
}

static void move_latched(int from, int to)
{
	struct kvm_guest_panic_event event;

	TEST_ASSERT_EQ(__guest_panic_get_latched(from, &event), 0);
	guest_panic_set_latched(to, event);
	verify_latched(to, event);
}

TEST_F(guest_panic_restore, frozen_vm_returns_the_same_exits)
{
	struct machine *here = &self->here, *there = &self->there;

	guest_panic_set_freeze(here->dev, 1);
	guest_panic_set_freeze(there->dev, 1);
	run_and_verify_isa_event(here->other, 1, PANICKED);
	move_latched(here->dev, there->dev);

	run_and_verify_isa_event_of(here->vcpu, here->other, 1, PANICKED);
	run_and_verify_isa_event_of(there->vcpu, there->other, 1, PANICKED);
	run_and_verify_isa_event_of(there->other, there->other, 1, PANICKED);
	run_and_verify_isa_event_of(there->other, there->other, 1, PANICKED);
	guest_panic_resume(there->dev);
	verify_nothing_latched(there->dev);
}

TEST_F(guest_panic_restore, without_freeze_the_reporter_returns_it_once)
{
	struct machine *there = &self->there;

	run_and_verify_isa_event(self->here.other, 1, PANICKED);
	move_latched(self->here.dev, there->dev);
	run_and_verify_isa_event(there->other, 1, PANICKED);
	guest_panic_resume(there->dev);
	run_and_verify_isa_event(there->other, 2, PANICKED);
}

TEST_F(guest_panic_restore, hyperv_event_keeps_its_parameters)
{
	struct machine *here = &self->here, *there = &self->there;

	vcpu_arch_set_entry_point(here->vcpu, guest_crashes);
	run_and_verify_hyperv_event(here->vcpu, 1, CTL_NOTIFY, params);
	move_latched(here->dev, there->dev);
	vcpu_run(there->vcpu);
	verify_hyperv_event(there->vcpu, 1, CTL_NOTIFY, params);
}

TEST_F(guest_panic_restore, sequence_numbers_go_on_from_there)
{
	struct machine *there = &self->there;

	run_and_verify_isa_event(there->other, 1, PANICKED);
	guest_panic_resume(there->dev);
	guest_panic_set_latched(there->dev, isa_event(6, 41, PANICKED));
	run_and_verify_isa_event(there->other, 41, PANICKED);
	guest_panic_resume(there->dev);
	run_and_verify_isa_event(there->vcpu, 42, PANICKED);
	guest_panic_resume(there->dev);
	run_and_verify_isa_event(there->other, 43, PANICKED);
}

TEST_F(guest_panic_restore, vcpu_that_waits_for_sipi_returns_it_unchanged)
{
	struct kvm_mp_state state = {
		.mp_state = KVM_MP_STATE_UNINITIALIZED,
	};
	struct machine *there = &self->there;

	guest_panic_set_freeze(there->dev, 1);
	vcpu_mp_state_set(there->vcpu, &state);
	guest_panic_set_latched(there->dev, isa_event(6, 1, PANICKED));
	run_and_verify_isa_event_of(there->vcpu, there->other, 1, PANICKED);
	vcpu_mp_state_get(there->vcpu, &state);
	TEST_ASSERT_EQ(state.mp_state, KVM_MP_STATE_UNINITIALIZED);
}

/* A refusal, and that the latch is empty or what it was, after it. */
static void verify_refused(int dev, struct kvm_guest_panic_event event)
{
	TEST_ASSERT_REFUSED(__guest_panic_set_latched(dev, event), EINVAL);
	verify_nothing_latched(dev);
}

TEST_F(guest_panic_restore, unknown_model_is_EINVAL)
{
	struct kvm_guest_panic_event event = isa_event(0, 1, PANICKED);

	event.model = MMIO + 1;
	verify_refused(self->here.dev, event);
	event.model = UINT32_MAX;
	verify_refused(self->here.dev, event);
}

TEST_F(guest_panic_restore, disabled_model_is_EINVAL)
{
	struct kvm_guest_panic_event event = isa_event(0, 1, PANICKED);

	event.model = MMIO;
	verify_refused(self->here.dev, event);
	guest_panic_set(self->here.dev, ISA, PVPANIC_PORT, 0);
	verify_refused(self->here.dev, isa_event(0, 1, PANICKED));
}

TEST_F(guest_panic_restore, notice_is_EINVAL)
{
	verify_refused(self->here.dev, isa_event(0, 1, SHUTDOWN));
	verify_refused(self->here.dev, isa_event(0, 1, 0));
}

TEST_F(guest_panic_restore, bits_that_are_not_offered_are_EINVAL)
{
	verify_refused(self->here.dev,
		       isa_event(0, 1, PANICKED | CRASH_LOADED));
	verify_refused(self->here.dev, isa_event(0, 1, PANICKED | BIT_ULL(8)));
	verify_refused(self->here.dev, isa_event(0, 1, PANICKED | BIT_ULL(63)));
}

TEST_F(guest_panic_restore, hyperv_code_without_notify_is_EINVAL)
{
	struct kvm_guest_panic_event event = {
		.model = HYPERV, .seq = 1, .code = ~CTL_NOTIFY,
	};

	verify_refused(self->here.dev, event);
}

TEST_F(guest_panic_restore, seq_0_is_EINVAL)
{
	verify_refused(self->here.dev, isa_event(0, 0, PANICKED));
}

TEST_F(guest_panic_restore, vcpu_that_does_not_exist_is_EINVAL)
{
	verify_refused(self->here.dev, isa_event(1, 1, PANICKED));
	verify_refused(self->here.dev, isa_event(UINT32_MAX, 1, PANICKED));
}

TEST_F(guest_panic_restore, param_of_pvpanic_is_EINVAL)
{
	struct kvm_guest_panic_event event = isa_event(0, 1, PANICKED);
	int i;

	for (i = 0; i < NR_PARAMS; i++) {
		event.param[i] = 1ULL << (i * 8);
		verify_refused(self->here.dev, event);
		event.param[i] = 0;
	}
}

/* Of each refusal: the number was not taken from what was refused. */
TEST_F(guest_panic_restore, refused_event_leaves_the_sequence)
{
	verify_refused(self->here.dev, isa_event(0, 99, SHUTDOWN));
	verify_refused(self->here.dev, isa_event(1, 99, PANICKED));
	run_and_verify_isa_event(self->here.vcpu, 1, PANICKED);
}

TEST_F(guest_panic_restore, occupied_latch_is_EBUSY)
{
	struct machine *here = &self->here;
	int r;

	run_and_verify_isa_event(here->vcpu, 1, PANICKED);
	r = __guest_panic_set_latched(here->dev, isa_event(6, 2, PANICKED));
	TEST_ASSERT_REFUSED(r, EBUSY);
	verify_latched(here->dev, isa_event(0, 1, PANICKED));
	guest_panic_resume(here->dev);
	guest_panic_set_latched(here->dev, isa_event(6, 2, PANICKED));
	run_and_verify_isa_event(here->other, 2, PANICKED);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV_CPUID));

	return test_harness_run(argc, argv);
}
