// SPDX-License-Identifier: GPL-2.0-only
/*
 * guest_panic_fault: let each allocation fail that is made on behalf of a call
 * of the guest-panic device, one after the other.
 *
 * The call either fails with ENOMEM, has changed nothing, and succeeds when it
 * is made again; or it succeeds although an allocation failed.  After that the
 * device is as after a call of which no allocation failed, what it has given up
 * can be had again, and every other device still answers.  The worker that sends
 * uevents comes last: with all of its allocations failing, no event is lost.
 *
 * inject.c lets allocations fail, observe.c looks at the device.  Memory that is
 * lost on the way is for kmemleak to find.  All of it needs a kernel with fault
 * injection, as the lab has by --debug kasan.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "fail.h"
#include "inject.h"
#include "observe.h"
#include "vm.h"

/* No call makes as many: if it seems to, something else is wrong. */
#define MAX_ALLOCATIONS	1000

static const char *call_name;
static unsigned int nth;

static void print_where(void)
{
	printf("%s, allocation %u: ", call_name, nth);
}

static int set_model(struct vm *vm, uint64_t model, uint64_t addr,
		     uint32_t events)
{
	struct kvm_guest_panic_model payload = {
		.addr = addr, .events = events,
	};

	return vm_set(vm, KVM_DEV_GUEST_PANIC_MODEL, model, &payload);
}

static int set_freeze(struct vm *vm, uint32_t on)
{
	return vm_set(vm, KVM_DEV_GUEST_PANIC_CTRL, KVM_GUEST_PANIC_FREEZE,
		      &on);
}

static int restore(struct vm *vm)
{
	struct kvm_guest_panic_event event = {
		.model = KVM_GUEST_PANIC_ISA, .seq = 7,
		.code = KVM_GUEST_PANIC_PANICKED,
	};

	return vm_set(vm, KVM_DEV_GUEST_PANIC_STATE, KVM_GUEST_PANIC_EVENT,
		      &event);
}

static int restore_seq(struct vm *vm)
{
	const uint64_t seq = 9;

	return vm_set(vm, KVM_DEV_GUEST_PANIC_STATE, KVM_GUEST_PANIC_SEQ,
		      &seq);
}

static int resume_seq(struct vm *vm, uint64_t seq)
{
	return vm_set(vm, KVM_DEV_GUEST_PANIC_CTRL, KVM_GUEST_PANIC_RESUME,
		      &seq);
}

static int resume_restored(struct vm *vm)
{
	return resume_seq(vm, 7);
}

static int resume_first(struct vm *vm)
{
	return resume_seq(vm, 1);
}

static int discard(struct vm *vm)
{
	return vm_set(vm, KVM_DEV_GUEST_PANIC_CTRL, KVM_GUEST_PANIC_DISCARD,
		      NULL);
}

/* A guest's report is no call, but it must not be lost for want of memory. */
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

static int latch_frozen(struct vm *vm)
{
	return enable_frozen(vm) ?: restore(vm);
}

static int latch_one(struct vm *vm)
{
	return enable_all(vm) ?: restore(vm);
}

/* The second event waits for the end of the first, which KVM_RUN returns. */
static int latch_two(struct vm *vm)
{
	struct kvm_guest_panic_event event = {
		.model = KVM_GUEST_PANIC_ISA, .vcpu_id = 2, .seq = 2,
		.code = KVM_GUEST_PANIC_PANICKED,
	};

	return enable_all(vm) ?: report(vm, 0) ?:
	       vm_set(vm, KVM_DEV_GUEST_PANIC_STATE, KVM_GUEST_PANIC_EVENT,
		      &event);
}

static int create_vcpu(struct vm *vm)
{
	return vm_create_vcpu(vm, NR_VCPUS);
}

static int enable_fault(struct vm *vm)
{
	return set_model(vm, KVM_GUEST_PANIC_FAULT, 0, 1);
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
	struct kvm_guest_panic_event event = { .vcpu_id = 0 };
	uint64_t seq;
	uint32_t on;

	return vm_get(vm, KVM_DEV_GUEST_PANIC_MODEL, KVM_GUEST_PANIC_ISA,
		      &model) ?:
	       vm_get(vm, KVM_DEV_GUEST_PANIC_CTRL, KVM_GUEST_PANIC_FREEZE,
		      &on) ?:
	       vm_get(vm, KVM_DEV_GUEST_PANIC_STATE, KVM_GUEST_PANIC_SEQ,
		      &seq) ?:
	       vm_get(vm, KVM_DEV_GUEST_PANIC_STATE, KVM_GUEST_PANIC_EVENT,
		      &event) ?:
	       vm_get(vm, KVM_DEV_GUEST_PANIC_STATE, KVM_GUEST_PANIC_LATCHED,
		      &event);
}

/*
 * @before prepares the VM, @make is the call.  @again, if there is one, takes the
 * port or address that the call has given up, and must succeed.
 */
static const struct call {
	const char *name;
	int (*before)(struct vm *vm);
	int (*make)(struct vm *vm);
	int (*again)(struct vm *vm);
} calls[] = {
	{ "KVM_CREATE_DEVICE", NULL, vm_create_device, NULL },
	{ "KVM_CREATE_VCPU", enable_all, create_vcpu, NULL },
	{ "KVM_CREATE_VCPU, frozen", latch_frozen, create_vcpu, NULL },
	{ "set of HYPERV", nothing, enable_hyperv, NULL },
	{ "set of FAULT", nothing, enable_fault, NULL },
	{ "set of ISA", nothing, enable_isa, NULL },
	{ "set of ISA elsewhere", enable_all, move_isa, enable_isa },
	{ "set of ISA to nothing", enable_all, disable_isa, enable_isa },
	{ "set of MMIO", nothing, enable_mmio, NULL },
	{ "set of MMIO elsewhere", enable_all, move_mmio, enable_mmio },
	{ "set of MMIO to nothing", enable_all, disable_mmio, enable_mmio },
	{ "set of FREEZE", nothing, freeze, NULL },
	{ "set of FREEZE with an event", latch_one, freeze, NULL },
	{ "set of EVENT", enable_all, restore, NULL },
	{ "set of EVENT, frozen", enable_frozen, restore, NULL },
	{ "set of SEQ", enable_all, restore_seq, NULL },
	{ "RESUME", latch_one, resume_restored, NULL },
	{ "RESUME with another event", latch_two, resume_first, NULL },
	{ "DISCARD", latch_two, discard, NULL },
	{ "gets", latch_one, get_all, NULL },
	{ "a guest's report", enable_all, report_first, NULL },
	{ "a guest's report, frozen", enable_frozen, report_first, NULL },
};

#define NR_CALLS	(sizeof(calls) / sizeof(calls[0]))

static int next_fd(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

static void add_ioeventfd(struct vm *vm, uint64_t addr, uint32_t flags)
{
	struct kvm_ioeventfd io = { .addr = addr, .len = 1, .flags = flags };

	io.fd = eventfd(0, EFD_CLOEXEC);
	if (io.fd < 0 || ioctl(vm->fd, KVM_IOEVENTFD, &io) < 0)
		fail("KVM_IOEVENTFD: %s", strerror(errno));
	/* KVM keeps what it needs of it. */
	close(io.fd);
}

/* A VM as it is before the call, which may be that for the device itself. */
static void set_up(struct vm *vm, const struct call *call)
{
	int r, i;

	vm_create_without_device(vm);
	add_ioeventfd(vm, EVENTFD_PORT, KVM_IOEVENTFD_FLAG_PIO);
	add_ioeventfd(vm, EVENTFD_ADDRESS, 0);
	for (i = 0; i < NR_VCPUS; i++) {
		vm_add_vcpu(vm, i);
		/* KVM itself allocates in the first KVM_RUN of a vCPU. */
		observe_insn(&vm->vcpu[i], NOTHING, (struct kvm_regs) { });
	}
	if (!call->before)
		return;
	r = vm_create_device(vm) ?: call->before(vm);
	if (r)
		fail("cannot be prepared: %s", strerror(-r));
}

static void verify_same(const char *when, struct observed got,
			struct observed wanted)
{
	if (memcmp(&got, &wanted, sizeof(got)))
		fail("the device is not as it was %s", when);
}

/* Nothing is left of the call that failed. */
static void verify_undone(struct vm *vm, const struct call *call,
			  struct observed before, int fd)
{
	int r;

	if (next_fd() != fd)
		fail("it failed, and left a descriptor");
	if (call->before)
		verify_same("before the call that failed", observe(vm),
			    before);
	r = call->make(vm);
	if (r)
		fail("the second time it fails too: %s", strerror(-r));
}

/* Returns true if an allocation has failed. */
static bool fail_one(const struct call *call, struct observed wanted)
{
	struct observed before = { };
	bool has_failed;
	struct vm vm;
	int r, fd;

	set_up(&vm, call);
	if (call->before)
		before = observe(&vm);
	fd = next_fd();
	inject_nth(nth);
	r = call->make(&vm);
	has_failed = inject_has_failed();
	inject_nth(0);
	if (r && (r != -ENOMEM || !has_failed))
		fail("%s", strerror(-r));
	if (r)
		verify_undone(&vm, call, before, fd);
	verify_same("without a failure", observe(&vm), wanted);
	if (call->again && call->again(&vm))
		fail("afterwards the old place cannot be had again");
	vm_destroy(&vm);
	return has_failed;
}

static struct observed without_failure(const struct call *call)
{
	struct observed s;
	struct vm vm;
	int r;

	set_up(&vm, call);
	r = call->make(&vm);
	if (r)
		fail("%s", strerror(-r));
	s = observe(&vm);
	vm_destroy(&vm);
	return s;
}

static void walk(const struct call *call)
{
	struct observed wanted;

	call_name = call->name;
	nth = 0;
	wanted = without_failure(call);
	do {
		if (nth++ == MAX_ALLOCATIONS)
			fail("there is no end of them");
	} while (fail_one(call, wanted));
}

#define TIMEOUT	20	/* seconds, for the worker */

static void wait_for_worker(void)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	time_t end = time(NULL) + TIMEOUT;

	while (!inject_worker_has_failed()) {
		if (time(NULL) > end)
			fail("no allocation of a worker fails");
		nanosleep(&pause, NULL);
	}
}

static int open_uevents(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM, NETLINK_KOBJECT_UEVENT);

	if (fd < 0 || bind(fd, (void *)&address, sizeof(address)))
		fail("uevents cannot be read: %s", strerror(errno));
	return fd;
}

/* The number of the next event that a uevent tells the host of. */
static uint64_t read_uevent(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char text[4097], *p;
	uint64_t seq = 0;
	bool is_ours;
	ssize_t n;

	for (;;) {
		if (poll(&ready, 1, TIMEOUT * 1000) != 1)
			fail("there is no uevent");
		n = recv(fd, text, sizeof(text) - 1, 0);
		text[n < 0 ? 0 : n] = 0;
		is_ours = false;
		for (p = text; p < text + n; p += strlen(p) + 1) {
			is_ours |= !strcmp(p, "EVENT=guest_panic");
			if (!strncmp(p, "SEQ=", 4))
				seq = strtoull(p + 4, NULL, 10);
		}
		if (is_ours)
			return seq;
	}
}

/* Returns true if the first uevent was lost, as it should be. */
static bool lose_uevent(int uevents)
{
	const struct call none = { .before = enable_frozen };
	uint64_t seq;
	struct vm vm;

	set_up(&vm, &none);
	inject_workers();
	if (report(&vm, 0))
		fail("KVM_RUN: %s", strerror(errno));
	wait_for_worker();
	inject_workers_end();
	if (resume_first(&vm) || report(&vm, 1))
		fail("the next event is lost");
	seq = read_uevent(uevents);
	if (seq == 1 && read_uevent(uevents) != 2)
		fail("the uevent of the next event is lost");
	vm_destroy(&vm);
	return seq == 2;
}

/* The allocation that failed may have been another work's: then try again. */
static void walk_uevent(void)
{
	int uevents = open_uevents();

	call_name = "uevent";
	for (nth = 1; !lose_uevent(uevents); nth++)
		if (nth == 20)
			fail("each time it was sent all the same");
	close(uevents);
}

int main(void)
{
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n1..%zu\n", NR_CALLS + 1);
	fail_where = print_where;
	call_name = "set-up";
	inject_set_up();
	for (i = 0; i < NR_CALLS; i++) {
		walk(&calls[i]);
		printf("ok %zu %s: %u allocations failed, one by one\n", i + 1,
		       call_name, nth - 1);
	}
	walk_uevent();
	printf("ok %zu a uevent that cannot be sent costs no event\n",
	       NR_CALLS + 1);
	return 0;
}
