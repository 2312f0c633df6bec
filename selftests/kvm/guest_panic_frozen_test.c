// SPDX-License-Identifier: GPL-2.0-only
/*
 * Freeze, whatever a vCPU is doing: it leaves KVM_RUN with the event, its
 * state is what it was, and after RESUME it goes on as if nothing had been.
 *
 * vCPU 1 is brought into the state, vCPU 0 reports, vCPU 1 is woken at the
 * end in the way that belongs to the state, and then writes to DONE_PORT.
 */
#include "guest_panic_l2.h"
#include "guest_panic_latch.h"
#include "guest_panic_stat.h"

#define DONE_PORT	0x700
/* Below the library's memory, and a page's number fits in a SIPI. */
#define SIPI_PAGE	8

static u64 counter;
static bool stop;

static void guest_panics(void)
{
	port_outb(PVPANIC_PORT, PANICKED);
}

static void guest_spins(void)
{
	while (!READ_ONCE(stop))
		WRITE_ONCE(counter, counter + 1);
	port_outb(DONE_PORT, 0);
}

/* Interrupts are off: what wakes it is the NMI. */
static void guest_halts(void)
{
	asm volatile("hlt");
	port_outb(DONE_PORT, 0);
}

static void guest_is_done(void)
{
	port_outb(DONE_PORT, 0);
}

static const u8 not_offered[12288] = { [0 ... 12287] = SHUTDOWN };

/* Each "rep outsb" takes the emulator 12 rounds. */
static void guest_writes_string(void)
{
	const u8 *p;
	u64 count;

	while (!READ_ONCE(stop)) {
		p = not_offered;
		count = sizeof(not_offered);
		asm volatile("rep outsb" : "+S"(p), "+c"(count)
			     : "d"(PVPANIC_PORT) : "memory");
		GUEST_ASSERT_EQ(count, 0);
		GUEST_ASSERT(p == not_offered + sizeof(not_offered));
		WRITE_ONCE(counter, counter + 1);
	}
	port_outb(DONE_PORT, 0);
}

static void run_l2(struct svm_test_data *svm, void *l2_guest_code)
{
	enter_l2(svm, l2_guest_code);
	GUEST_FAIL("L2 returned to L1");
}

static void guest_spins_in_l2(struct svm_test_data *svm)
{
	run_l2(svm, guest_spins);
}

static void guest_halts_in_l2(struct svm_test_data *svm)
{
	run_l2(svm, guest_halts);
}

static void on_nmi(struct ex_regs *regs)
{
}

/* How to wait until the vCPU is there. */
enum wait { UNTIL_MOVING, UNTIL_BLOCKING };

static void by_stop(struct kvm_vcpu *vcpu)
{
	bool *p = addr_gva2hva(vcpu->vm, (u64)&stop);

	WRITE_ONCE(*p, true);
}

static void by_nmi(struct kvm_vcpu *vcpu)
{
	send_msi(vcpu, MSI_NMI);
}

/* What runs after SIPI, in real mode, is: mov $DONE_PORT, %dx; out %al, %dx */
static void by_sipi(struct kvm_vcpu *vcpu)
{
	const u8 code[] = { 0xba, DONE_PORT & 0xff, DONE_PORT >> 8, 0xee };

	memcpy(addr_gpa2hva(vcpu->vm, SIPI_PAGE << 12), code, sizeof(code));
	send_msi(vcpu, MSI_SIPI | SIPI_PAGE);
}

static void by_init_and_sipi(struct kvm_vcpu *vcpu)
{
	send_msi(vcpu, MSI_INIT);
	by_sipi(vcpu);
}

FIXTURE(guest_panic_frozen) {
	struct kvm_vcpu *reporter;
	struct kvm_vcpu *vcpu;
	int dev, stats;
};

FIXTURE_VARIANT(guest_panic_frozen) {
	void *guest_code;
	/* Of KVM_SET_MP_STATE, and what it is when the vCPU is there. */
	u32 set_state, state;
	bool is_sent_init;
	enum wait wait;
	void (*wake)(struct kvm_vcpu *vcpu);
};

#define ADD_STATE(name, ...)						\
	FIXTURE_VARIANT_ADD(guest_panic_frozen, name) { __VA_ARGS__ }

ADD_STATE(running, .guest_code = guest_spins, .wait = UNTIL_MOVING,
	  .wake = by_stop);
ADD_STATE(in_long_string_write, .guest_code = guest_writes_string,
	  .wait = UNTIL_MOVING, .wake = by_stop);
ADD_STATE(in_l2, .guest_code = guest_spins_in_l2, .wait = UNTIL_MOVING,
	  .wake = by_stop);
ADD_STATE(halted, .guest_code = guest_halts, .wait = UNTIL_BLOCKING,
	  .state = KVM_MP_STATE_HALTED, .wake = by_nmi);
ADD_STATE(halted_in_l2, .guest_code = guest_halts_in_l2,
	  .wait = UNTIL_BLOCKING, .state = KVM_MP_STATE_HALTED,
	  .wake = by_nmi);
ADD_STATE(halted_by_userspace, .guest_code = guest_is_done,
	  .wait = UNTIL_BLOCKING, .set_state = KVM_MP_STATE_HALTED,
	  .state = KVM_MP_STATE_HALTED, .wake = by_nmi);
ADD_STATE(uninitialized, .guest_code = guest_is_done,
	  .wait = UNTIL_BLOCKING,
	  .set_state = KVM_MP_STATE_UNINITIALIZED,
	  .state = KVM_MP_STATE_UNINITIALIZED, .wake = by_init_and_sipi);
ADD_STATE(init_received, .guest_code = guest_is_done, .is_sent_init = true,
	  .wait = UNTIL_BLOCKING,
	  .state = KVM_MP_STATE_INIT_RECEIVED, .wake = by_sipi);

static u32 get_mp_state(struct kvm_vcpu *vcpu)
{
	struct kvm_mp_state state;

	vcpu_mp_state_get(vcpu, &state);
	return state.mp_state;
}

FIXTURE_SETUP(guest_panic_frozen)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(&self->reporter,
						    guest_panics);
	struct kvm_mp_state state = { .mp_state = variant->set_state };
	u64 svm;

	self->vcpu = vm_vcpu_add(vm, 1, variant->guest_code);
	vm_install_exception_handler(vm, NMI_VECTOR, on_nmi);
	vcpu_alloc_svm(vm, &svm);
	vcpu_args_set(self->vcpu, 1, svm);
	publish_apic_id(self->vcpu);
	self->stats = vcpu_get_stats_fd(self->vcpu);
	vcpu_mp_state_set(self->vcpu, &state);
	if (variant->is_sent_init)
		send_msi(self->vcpu, MSI_INIT);

	self->dev = guest_panic_create(vm);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED);
	guest_panic_set_freeze(self->dev, 1);
}

FIXTURE_TEARDOWN(guest_panic_frozen)
{
	close(self->stats);
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

/* Without EAGAIN: a vCPU that waits for SIPI returns the event itself. */
static void *run_to_event(void *vcpu)
{
	vcpu_run(vcpu);
	return NULL;
}

static pthread_t run_into_state(void *(*run)(void *vcpu), struct kvm_vcpu *vcpu,
				enum wait wait, int stats)
{
	pthread_t thread = start_thread(run, vcpu);

	if (wait == UNTIL_BLOCKING)
		wait_until_blocking(stats);
	else
		wait_until_moved(addr_gva2hva(vcpu->vm, (u64)&counter));
	return thread;
}

static void freeze(struct kvm_vcpu *vcpu, struct kvm_vcpu *reporter,
		   enum wait wait, int stats)
{
	pthread_t thread = run_into_state(run_to_event, vcpu, wait, stats);

	run_and_verify_isa_event_of(reporter, reporter, 1, PANICKED);
	finish(thread);
}

TEST_F(guest_panic_frozen, leaves_kvm_run_with_the_event)
{
	freeze(self->vcpu, self->reporter, variant->wait,
	       self->stats);
	verify_isa_event_of(self->vcpu, self->reporter, 1, PANICKED);
	run_and_verify_isa_event_of(self->vcpu, self->reporter, 1, PANICKED);
}

TEST_F(guest_panic_frozen, state_is_unchanged)
{
	struct kvm_regs before, after;
	int i;

	freeze(self->vcpu, self->reporter, variant->wait,
	       self->stats);
	TEST_ASSERT_EQ(get_mp_state(self->vcpu), variant->state);
	vcpu_regs_get(self->vcpu, &before);
	for (i = 0; i < 3; i++) {
		run_and_verify_isa_event_of(self->vcpu, self->reporter, 1,
					    PANICKED);
		vcpu_regs_get(self->vcpu, &after);
		TEST_ASSERT_EQ(memcmp(&before, &after, sizeof(after)), 0);
		TEST_ASSERT_EQ(get_mp_state(self->vcpu), variant->state);
	}
}

TEST_F(guest_panic_frozen, goes_on_after_resume)
{
	pthread_t thread;

	freeze(self->vcpu, self->reporter, variant->wait,
	       self->stats);
	guest_panic_resume(self->dev);
	thread = run_into_state(run_once, self->vcpu, variant->wait,
				self->stats);
	variant->wake(self->vcpu);
	finish(thread);
	verify_io(self->vcpu, KVM_EXIT_IO_OUT, DONE_PORT, 1, 1);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();
	TEST_REQUIRE(kvm_cpu_has(X86_FEATURE_SVM));

	return test_harness_run(argc, argv);
}
