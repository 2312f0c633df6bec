// SPDX-License-Identifier: GPL-2.0-only
/*
 * guest_panic_fault: let each allocation fail that is made on behalf of a call
 * of the guest-panic device, one after the other.
 *
 * The call either fails with ENOMEM, has changed nothing, and succeeds when it
 * is made again; or it succeeds all the same.  After that the device is as
 * after a call of which no allocation failed.  What is lost on the way is for
 * kmemleak to find; it needs a kernel with fault injection, as the lab's
 * --debug kasan is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vm.h"

#define DEBUGFS		"/sys/kernel/debug/"
#define PORT		0x505
#define OTHER_PORT	0x606
#define ADDRESS		MMIO_BASE
#define OTHER_ADDRESS	(MMIO_BASE + 8)

/* Of a call that makes more, something else is wrong. */
#define MAX_ALLOCATIONS	1000

static const char *call_name;
static unsigned int nth;
static int fail_nth;

void fail(const char *format, ...)
{
	va_list args;

	printf("not ok - %s, allocation %u: ", call_name, nth);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	exit(1);
}

static void write_setting(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		fail("%s: %s; is this a kernel with fault injection?", path,
		     strerror(errno));
	close(fd);
}

/* Those that may sleep shall fail too, of whatever size, and quietly. */
static void set_up_faults(void)
{
	write_setting(DEBUGFS "failslab/ignore-gfp-wait", "N");
	write_setting(DEBUGFS "failslab/verbose", "0");
	write_setting(DEBUGFS "fail_page_alloc/ignore-gfp-wait", "N");
	write_setting(DEBUGFS "fail_page_alloc/min-order", "0");
	write_setting(DEBUGFS "fail_page_alloc/verbose", "0");
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR);
	if (fail_nth < 0)
		fail("/proc/thread-self/fail-nth: %s", strerror(errno));
}

static void write_fail_nth(unsigned int n)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(fail_nth, text, length, 0) != length)
		fail("fail-nth cannot be set: %s", strerror(errno));
}

/* Returns true if one has failed since write_fail_nth(). */
static bool read_fail_nth(void)
{
	char text[16] = "";

	if (pread(fail_nth, text, sizeof(text) - 1, 0) <= 0)
		fail("fail-nth cannot be read: %s", strerror(errno));
	return !atoi(text);
}

/* What userspace and a guest can see of the device. */
struct state {
	struct kvm_guest_panic_model model[NR_MODELS];
	struct kvm_guest_panic_event latched;
	uint64_t events;
	uint32_t freeze;
	int has_latched;	/* what the get of LATCHED returns */
	bool answers[4];	/* at both ports, at both addresses */
};

/* Returns true if nobody but the kernel has seen the instruction. */
static bool does(struct vcpu *vcpu, enum insn what, struct kvm_regs regs)
{
	int r;

	vcpu_prepare(vcpu, what, regs);
	r = vcpu_run(vcpu);
	if (r)
		fail("KVM_RUN: %s", strerror(-r));
	if (vcpu->run->exit_reason == KVM_EXIT_IO &&
	    vcpu->run->io.port == DONE_PORT)
		return true;
	vcpu_run_nothing(vcpu);
	return false;
}

/* A write of 0 reports nothing: it gets lost if there is a device. */
static bool is_answered(struct vm *vm, enum insn what, uint16_t where)
{
	return does(&vm->vcpu[1], what, (struct kvm_regs) { .rdx = where,
							    .rdi = where });
}

static void must_get(struct vm *vm, uint32_t group, uint64_t attr, void *to)
{
	int r = vm_get(vm, group, attr, to);

	if (r)
		fail("get of attribute %u/%lu: %s", group, attr, strerror(-r));
}

static struct state read_state(struct vm *vm)
{
	struct state s;
	int i;

	memset(&s, 0, sizeof(s));
	for (i = 0; i < NR_MODELS; i++)
		must_get(vm, KVM_DEV_GUEST_PANIC_MODEL, i, &s.model[i]);
	must_get(vm, KVM_DEV_GUEST_PANIC_CTRL, KVM_GUEST_PANIC_FREEZE,
		 &s.freeze);
	s.has_latched = vm_get(vm, KVM_DEV_GUEST_PANIC_STATE,
			       KVM_GUEST_PANIC_LATCHED, &s.latched);
	s.events = vm_stat(vm, "guest_panic_events");
	if (s.freeze && !s.has_latched)
		return s;

	s.answers[0] = is_answered(vm, OUT1, PORT);
	s.answers[1] = is_answered(vm, OUT1, OTHER_PORT);
	s.answers[2] = is_answered(vm, STORE1, ADDRESS - MMIO_BASE);
	s.answers[3] = is_answered(vm, STORE1, OTHER_ADDRESS - MMIO_BASE);
	return s;
}

static int set_model(struct vm *vm, uint64_t model, uint64_t addr,
		     uint32_t events)
{
	struct kvm_guest_panic_model payload = { addr, events, 0 };

	return vm_set(vm, KVM_DEV_GUEST_PANIC_MODEL, model, &payload);
}

static int set_freeze(struct vm *vm, uint32_t on)
{
	return vm_set(vm, KVM_DEV_GUEST_PANIC_CTRL, KVM_GUEST_PANIC_FREEZE,
		      &on);
}

static int latch(struct vm *vm)
{
	struct kvm_guest_panic_event event = {
		.model = KVM_GUEST_PANIC_ISA, .seq = 7,
		.code = KVM_GUEST_PANIC_PANICKED,
	};

	return vm_set(vm, KVM_DEV_GUEST_PANIC_STATE, KVM_GUEST_PANIC_LATCHED,
		      &event);
}

static int resume(struct vm *vm)
{
	return vm_set(vm, KVM_DEV_GUEST_PANIC_CTRL, KVM_GUEST_PANIC_RESUME,
		      NULL);
}

/* A guest's report is no call, but must not be lost for want of memory. */
static int report(struct vm *vm, int n)
{
	struct kvm_regs regs = { .rdx = PORT, .rax = KVM_GUEST_PANIC_PANICKED };
	struct kvm_run *run = vm->vcpu[n].run;
	int r;

	vcpu_prepare(&vm->vcpu[n], OUT1, regs);
	r = vcpu_run(&vm->vcpu[n]);
	if (!r && run->exit_reason != KVM_EXIT_SYSTEM_EVENT)
		fail("the event is lost: exit %u", run->exit_reason);
	return r;
}

/* Each call, and what was done before it. */

static int nothing(struct vm *vm)
{
	(void)vm;
	return 0;
}

static int enable_all(struct vm *vm)
{
	return set_model(vm, KVM_GUEST_PANIC_HYPERV, 0, 3) ?:
	       set_model(vm, KVM_GUEST_PANIC_ISA, PORT, 7) ?:
	       set_model(vm, KVM_GUEST_PANIC_MMIO, ADDRESS, 7);
}

static int enable_frozen(struct vm *vm)
{
	return enable_all(vm) ?: set_freeze(vm, 1);
}

static int latch_one(struct vm *vm)
{
	return enable_all(vm) ?: latch(vm);
}

/* Without freeze, the second event waits for the end of the first. */
static int latch_two(struct vm *vm)
{
	return enable_all(vm) ?: report(vm, 0) ?: report(vm, 2);
}

static int enable_hyperv(struct vm *vm)
{
	return set_model(vm, KVM_GUEST_PANIC_HYPERV, 0, 3);
}

static int enable_isa(struct vm *vm)
{
	return set_model(vm, KVM_GUEST_PANIC_ISA, PORT, 7);
}

static int move_isa(struct vm *vm)
{
	return set_model(vm, KVM_GUEST_PANIC_ISA, OTHER_PORT, 1);
}

static int disable_isa(struct vm *vm)
{
	return set_model(vm, KVM_GUEST_PANIC_ISA, PORT, 0);
}

static int enable_mmio(struct vm *vm)
{
	return set_model(vm, KVM_GUEST_PANIC_MMIO, ADDRESS, 7);
}

static int move_mmio(struct vm *vm)
{
	return set_model(vm, KVM_GUEST_PANIC_MMIO, OTHER_ADDRESS, 1);
}

static int disable_mmio(struct vm *vm)
{
	return set_model(vm, KVM_GUEST_PANIC_MMIO, ADDRESS, 0);
}

static int freeze(struct vm *vm)
{
	return set_freeze(vm, 1);
}

static int report_first(struct vm *vm)
{
	return report(vm, 0);
}

static int get_all(struct vm *vm)
{
	struct kvm_guest_panic_model model;
	struct kvm_guest_panic_event event;
	uint32_t on;

	return vm_get(vm, KVM_DEV_GUEST_PANIC_MODEL, KVM_GUEST_PANIC_ISA,
		      &model) ?:
	       vm_get(vm, KVM_DEV_GUEST_PANIC_CTRL, KVM_GUEST_PANIC_FREEZE,
		      &on) ?:
	       vm_get(vm, KVM_DEV_GUEST_PANIC_STATE, KVM_GUEST_PANIC_LATCHED,
		      &event);
}

static const struct call {
	const char *name;
	int (*before)(struct vm *vm);
	int (*make)(struct vm *vm);
} calls[] = {
	{ "KVM_CREATE_DEVICE", NULL, vm_create_device },
	{ "set of HYPERV", nothing, enable_hyperv },
	{ "set of ISA", nothing, enable_isa },
	{ "set of ISA elsewhere", enable_all, move_isa },
	{ "set of ISA to nothing", enable_all, disable_isa },
	{ "set of MMIO", nothing, enable_mmio },
	{ "set of MMIO elsewhere", enable_all, move_mmio },
	{ "set of MMIO to nothing", enable_all, disable_mmio },
	{ "set of FREEZE", nothing, freeze },
	{ "set of FREEZE with an event", latch_one, freeze },
	{ "set of LATCHED", enable_all, latch },
	{ "set of LATCHED, frozen", enable_frozen, latch },
	{ "RESUME", latch_one, resume },
	{ "RESUME with another event", latch_two, resume },
	{ "gets", latch_one, get_all },
	{ "a guest's report", enable_all, report_first },
	{ "a guest's report, frozen", enable_frozen, report_first },
};

static int next_fd(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

/* A VM as it is before the call, which may be that for the device itself. */
static void set_up(struct vm *vm, const struct call *call)
{
	int r, i;

	vm_create_without_device(vm);
	for (i = 0; i < 3; i++) {
		vm_add_vcpu(vm, i);
		/* Many an allocation of a first KVM_RUN is KVM's own. */
		does(&vm->vcpu[i], NOTHING, (struct kvm_regs) { });
	}
	if (!call->before)
		return;
	r = vm_create_device(vm) ?: call->before(vm);
	if (r)
		fail("cannot be prepared: %s", strerror(-r));
}

static void verify_same(const char *when, struct state got, struct state wanted)
{
	if (memcmp(&got, &wanted, sizeof(got)))
		fail("the device is not as it was %s", when);
}

/* Of the call that failed: nothing is left of it. */
static void verify_undone(struct vm *vm, const struct call *call,
			  struct state before, int fd)
{
	int r;

	if (next_fd() != fd)
		fail("it failed, and left a descriptor");
	if (call->before)
		verify_same("before the call that failed", read_state(vm),
			    before);
	r = call->make(vm);
	if (r)
		fail("the second time it fails too: %s", strerror(-r));
}

/* Returns true if an allocation has failed. */
static bool fail_one(const struct call *call, struct state wanted)
{
	struct state before = { };
	bool has_failed;
	struct vm vm;
	int r, fd;

	set_up(&vm, call);
	if (call->before)
		before = read_state(&vm);
	fd = next_fd();
	write_fail_nth(nth);
	r = call->make(&vm);
	has_failed = read_fail_nth();
	write_fail_nth(0);
	if (r && (r != -ENOMEM || !has_failed))
		fail("%s", strerror(-r));
	if (r)
		verify_undone(&vm, call, before, fd);
	verify_same("without a failure", read_state(&vm), wanted);
	vm_destroy(&vm);
	return has_failed;
}

static struct state without_failure(const struct call *call)
{
	struct state s;
	struct vm vm;
	int r;

	set_up(&vm, call);
	r = call->make(&vm);
	if (r)
		fail("%s", strerror(-r));
	s = read_state(&vm);
	vm_destroy(&vm);
	return s;
}

static void walk(const struct call *call)
{
	struct state wanted;

	call_name = call->name;
	nth = 0;
	wanted = without_failure(call);
	do {
		if (nth++ == MAX_ALLOCATIONS)
			fail("there is no end of them");
	} while (fail_one(call, wanted));
}

int main(void)
{
	size_t i, nr_calls = sizeof(calls) / sizeof(calls[0]);

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n1..%zu\n", nr_calls);
	call_name = "set-up";
	set_up_faults();
	for (i = 0; i < nr_calls; i++) {
		walk(&calls[i]);
		printf("ok %zu %s: %u allocations failed, one by one\n", i + 1,
		       call_name, nth - 1);
	}
	return 0;
}
