// SPDX-License-Identifier: GPL-2.0-only
/*
 * guest_panic_fault: let each allocation fail that is made on behalf of a call
 * of the guest-panic device, one after the other.
 *
 * The call either fails with ENOMEM, has changed nothing, and succeeds when it
 * is made again; or it succeeds all the same.  After that the device is as
 * after a call of which no allocation failed, what it has given up can be had
 * again, and every other device still answers.  The worker that sends uevents
 * is last: with all of its allocations failing no event is lost.
 *
 * What is lost on the way is for kmemleak to find; it needs a kernel with fault
 * injection, as the lab's --debug kasan is.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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
#include "vm.h"

#define DEBUGFS		"/sys/kernel/debug/"
#define PORT		0x505
#define OTHER_PORT	0x606
#define ADDRESS		MMIO_BASE
#define OTHER_ADDRESS	(MMIO_BASE + 8)

/* What else answers on the buses: ioeventfds, and an interrupt controller. */
#define EVENTFD_PORT	0x707
#define EVENTFD_ADDRESS	(MMIO_BASE + 16)
#define PIC_PORT	0x21

#define NR_MODELS	(KVM_GUEST_PANIC_FAULT + 1)
#define NR_VCPUS	3

/* Of a call that makes more, something else is wrong. */
#define MAX_ALLOCATIONS	1000

static const char *call_name;
static unsigned int nth;
static int fail_nth;

static void print_where(void)
{
	printf("%s, allocation %u: ", call_name, nth);
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
	/*
	 * vmalloc() warns, with a back trace, that it has failed, and the lab
	 * takes any back trace on the console for trouble.  What is an error is
	 * printed all the same, and WARN() also taints the kernel.
	 */
	write_setting("/proc/sys/kernel/printk", "4");
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

/* What userspace and a guest can see of the device, and of others. */
struct state {
	struct kvm_guest_panic_model model[NR_MODELS];
	struct kvm_guest_panic_event event[NR_VCPUS + 1];
	int has_event[NR_VCPUS + 1];	/* what the get of EVENT returns */
	uint64_t seq, latched_seq;
	uint64_t events;
	uint32_t freeze;
	bool answers[7];	/* ports and addresses: see read_answers() */
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
	if (vcpu_run_nothing(vcpu) != -EINTR)
		fail("immediate_exit");
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

static void read_answers(struct vm *vm, bool *answers)
{
	*answers++ = is_answered(vm, OUT1, PORT);
	*answers++ = is_answered(vm, OUT1, OTHER_PORT);
	*answers++ = is_answered(vm, STORE1, ADDRESS - MMIO_BASE);
	*answers++ = is_answered(vm, STORE1, OTHER_ADDRESS - MMIO_BASE);
	*answers++ = is_answered(vm, OUT1, EVENTFD_PORT);
	*answers++ = is_answered(vm, STORE1, EVENTFD_ADDRESS - MMIO_BASE);
	*answers++ = is_answered(vm, OUT1, PIC_PORT);
}

static void read_event(struct vm *vm, struct state *s, uint32_t id)
{
	struct kvm_guest_panic_event *event = &s->event[id];

	event->vcpu_id = id;
	s->has_event[id] = vm_get(vm, KVM_DEV_GUEST_PANIC_STATE,
				  KVM_GUEST_PANIC_EVENT, event);
	/* Each time another. */
	event->time = 0;
}

static struct state read_state(struct vm *vm)
{
	struct kvm_guest_panic_event latched = { .seq = 0 };
	struct state s;
	int i;

	memset(&s, 0, sizeof(s));
	for (i = 0; i < NR_MODELS; i++)
		must_get(vm, KVM_DEV_GUEST_PANIC_MODEL, i, &s.model[i]);
	must_get(vm, KVM_DEV_GUEST_PANIC_CTRL, KVM_GUEST_PANIC_FREEZE,
		 &s.freeze);
	must_get(vm, KVM_DEV_GUEST_PANIC_STATE, KVM_GUEST_PANIC_SEQ, &s.seq);
	for (i = 0; i <= NR_VCPUS; i++)
		read_event(vm, &s, i);
	vm_get(vm, KVM_DEV_GUEST_PANIC_STATE, KVM_GUEST_PANIC_LATCHED,
	       &latched);
	s.latched_seq = latched.seq;
	s.events = vm_stat(vm, "guest_panic_events");
	/* Nobody runs in a VM that is frozen. */
	if (!s.freeze || !s.latched_seq)
		read_answers(vm, s.answers);
	return s;
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

/* @again: afterwards the place that the call has left can be had again. */
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
	if (call->again && call->again(&vm))
		fail("afterwards the old place cannot be had again");
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

/*
 * The uevent's worker runs in some thread of the kernel's: let the allocations
 * of all of these fail.
 */
static void mark_workers(void)
{
	char path[300], comm[32] = "";
	struct dirent *entry;
	DIR *proc = opendir("/proc");
	int fd;

	while (proc && (entry = readdir(proc))) {
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		fd = open(path, O_RDONLY);
		if (fd < 0)
			continue;
		if (read(fd, comm, sizeof(comm) - 1) < 0)
			comm[0] = 0;
		close(fd);
		if (strncmp(comm, "kworker/", 8))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/make-it-fail",
			 entry->d_name);
		write_setting(path, "1");
	}
	closedir(proc);
}

/* The filter comes first: without it, probability means all tasks. */
static void fail_workers(void)
{
	mark_workers();
	write_setting(DEBUGFS "failslab/task-filter", "Y");
	write_setting(DEBUGFS "failslab/times", "1000");
	write_setting(DEBUGFS "failslab/probability", "100");
}

static void spare_workers(void)
{
	write_setting(DEBUGFS "failslab/probability", "0");
	write_setting(DEBUGFS "failslab/task-filter", "N");
}

static bool has_worker_failed(void)
{
	char text[16] = "";
	int fd = open(DEBUGFS "failslab/times", O_RDONLY);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		fail("failslab/times: %s", strerror(errno));
	close(fd);
	return atoi(text) < 1000;
}

#define TIMEOUT	20	/* seconds, for the worker */

static void wait_for_worker(void)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	time_t end = time(NULL) + TIMEOUT;

	while (!has_worker_failed()) {
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

/* The number of the next event of a guest that the host is told of. */
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
	fail_workers();
	if (report(&vm, 0))
		fail("KVM_RUN: %s", strerror(errno));
	wait_for_worker();
	spare_workers();
	if (resume_first(&vm) || report(&vm, 1))
		fail("the next event is lost");
	seq = read_uevent(uevents);
	if (seq == 1 && read_uevent(uevents) != 2)
		fail("the uevent of the next event is lost");
	vm_destroy(&vm);
	return seq == 2;
}

/* Another work may have been what failed: then try again. */
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
	set_up_faults();
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
