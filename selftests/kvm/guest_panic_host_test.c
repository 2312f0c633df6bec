// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the host sees of a guest's panic, read as people and daemons read it:
 * one uevent for each event that is latched, one line of the tracepoint
 * kvm:kvm_guest_panic for each event, and two statistics of the VM.
 */
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "guest_panic_thread.h"

static const u64 params[NR_PARAMS] = {
	0x51, 0x8100000006000000, 0x53, 0xffff888000001000, ~0ULL,
};

static void guest_reports(void)
{
	port_outb(PVPANIC_PORT, PANICKED | SHUTDOWN);
	port_outb(PVPANIC_PORT, SHUTDOWN);
	mmio_writeb(PVPANIC_GPA, PANICKED);
	guest_crash(params, CTL_NOTIFY | 0xabc);
	GUEST_DONE();
}

static void guest_panics(void)
{
	port_outb_and_mark(PVPANIC_PORT, PANICKED);
	GUEST_DONE();
}

static void guest_dies(void)
{
	const struct desc_ptr no_idt = { };

	asm volatile("lidt %0; ud2" : : "m"(no_idt));
}

struct reporters {
	struct kvm_vcpu *vcpu;
	struct kvm_vcpu *other;
	int dev;
};

static void create_reporters(struct reporters *r)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(&r->vcpu, guest_reports);

	r->other = vm_vcpu_add(vm, 5, guest_panics);
	vcpu_set_hv_cpuid(r->vcpu);
	virt_map(vm, PVPANIC_PAGE, PVPANIC_PAGE, 1);
	r->dev = guest_panic_create(vm);
	guest_panic_set(r->dev, ISA, PVPANIC_PORT, PANICKED | SHUTDOWN);
	guest_panic_set(r->dev, MMIO, PVPANIC_GPA, PANICKED);
	guest_panic_set(r->dev, HYPERV, 0, NOTIFY);
	guest_panic_set(r->dev, FAULT, 0, TRIPLE_FAULT);
}

static void free_reporters(struct reporters *r)
{
	close(r->dev);
	kvm_vm_free(r->vcpu->vm);
}

static struct kvm_guest_panic_event run_to_event(struct kvm_vcpu *vcpu)
{
	struct ucall uc;

	run_to_exit(vcpu, &uc);
	return exit_event(vcpu);
}

/* The uevent. */
#define WAIT_MS	10000	/* a worker sends it: the machine may be busy */

FIXTURE(uevent) {
	struct reporters r;
	int socket;
};

static int open_uevents(void)
{
	struct sockaddr_nl address = {
		.nl_family = AF_NETLINK,
		.nl_groups = 1,
	};
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_NONBLOCK,
			NETLINK_KOBJECT_UEVENT);

	TEST_ASSERT(fd >= 0, "no uevents: %s", strerror(errno));
	TEST_ASSERT_EQ(bind(fd, (struct sockaddr *)&address, sizeof(address)),
		       0);
	return fd;
}

FIXTURE_SETUP(uevent)
{
	create_reporters(&self->r);
	self->socket = open_uevents();
}

FIXTURE_TEARDOWN(uevent)
{
	close(self->socket);
	free_reporters(&self->r);
}

/* A uevent is its variables, each with a 0 at the end, after a head. */
struct uevent {
	char text[4096];
	ssize_t size;
};

static const char *find_variable(struct uevent *uevent, const char *name)
{
	const char *p = uevent->text, *end = p + uevent->size;
	size_t length = strlen(name);

	for (; p < end; p += strlen(p) + 1)
		if (!strncmp(p, name, length) && p[length] == '=')
			return p + length + 1;
	return "(none)";
}

static bool is_of_this_vm(struct uevent *uevent)
{
	return atoi(find_variable(uevent, "PID")) == getpid() &&
	       strcmp(find_variable(uevent, "EVENT"), "create");
}

/* False if there is none within @timeout_ms.  That of the creation passes by. */
static bool receive(int fd, struct uevent *uevent, int timeout_ms)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	while (poll(&pollfd, 1, timeout_ms) > 0) {
		memset(uevent->text, 0, sizeof(uevent->text));
		uevent->size = recv(fd, uevent->text, sizeof(uevent->text) - 1,
				    0);
		TEST_ASSERT(uevent->size > 0, "recv(): %s", strerror(errno));
		if (is_of_this_vm(uevent))
			return true;
	}
	return false;
}

static void verify_variable(struct uevent *uevent, const char *name,
			    const char *wanted)
{
	const char *got = find_variable(uevent, name);

	TEST_ASSERT(!strcmp(got, wanted), "%s: wanted '%s', got '%s'", name,
		    wanted, got);
}

static void verify_number(struct uevent *uevent, const char *name,
			  const char *format, u64 wanted)
{
	char text[32];

	snprintf(text, sizeof(text), format, wanted);
	verify_variable(uevent, name, text);
}

static void verify_uevent(int fd, const char *model,
			  struct kvm_guest_panic_event event)
{
	struct uevent uevent;

	TEST_ASSERT(receive(fd, &uevent, WAIT_MS),
		    "wanted a uevent of seq %llu within %d ms", event.seq,
		    WAIT_MS);
	verify_variable(&uevent, "ACTION", "change");
	verify_variable(&uevent, "EVENT", "guest_panic");
	verify_variable(&uevent, "DEVPATH", "/devices/virtual/misc/kvm");
	verify_variable(&uevent, "SUBSYSTEM", "misc");
	verify_variable(&uevent, "MODEL", model);
	verify_number(&uevent, "VCPU", "%lu", event.vcpu_id);
	verify_number(&uevent, "CODE", "0x%lx", event.code);
	verify_number(&uevent, "SEQ", "%lu", event.seq);
	verify_number(&uevent, "TIME", "%lu", event.time);
}

/* None is due if nothing has been latched since the last one. */
static void verify_no_uevent(int fd)
{
	struct uevent uevent = { };

	TEST_ASSERT(!receive(fd, &uevent, 0), "wanted no uevent, got %s of %s",
		    find_variable(&uevent, "EVENT"),
		    find_variable(&uevent, "SEQ"));
}

TEST_F(uevent, none_without_an_event)
{
	guest_panic_set_freeze(self->r.dev, 1);
	guest_panic_discard(self->r.dev);
	verify_no_uevent(self->socket);
}

TEST_F(uevent, one_for_each_latched_event_of_each_model)
{
	struct reporters *r = &self->r;

	verify_uevent(self->socket, "isa", run_to_event(r->vcpu));
	guest_panic_resume(r->dev, 1);
	run_to_event(r->vcpu);
	verify_uevent(self->socket, "mmio", run_to_event(r->vcpu));
	guest_panic_resume(r->dev, 3);
	verify_uevent(self->socket, "hyperv", run_to_event(r->vcpu));
	guest_panic_resume(r->dev, 4);
	vcpu_arch_set_entry_point(r->other, guest_dies);
	verify_uevent(self->socket, "fault", run_to_event(r->other));
	guest_panic_resume(r->dev, 5);
	verify_no_uevent(self->socket);
}

TEST_F(uevent, one_that_is_not_delivered_has_its_uevent)
{
	struct kvm_guest_panic_event event;

	report_by_stepping(self->r.other);
	TEST_ASSERT_EQ(__guest_panic_get_latched(self->r.dev, &event), 0);
	verify_uevent(self->socket, "isa", event);
	run_to_event(self->r.other);
	verify_no_uevent(self->socket);
}

TEST_F(uevent, none_for_freeze_and_for_what_waits)
{
	struct reporters *r = &self->r;

	verify_uevent(self->socket, "isa", run_to_event(r->vcpu));
	report_by_stepping(r->other);
	guest_panic_set_freeze(r->dev, 1);
	guest_panic_set_freeze(r->dev, 0);
	verify_no_uevent(self->socket);
}

TEST_F(uevent, one_that_waited_has_it_when_it_is_latched)
{
	struct reporters *r = &self->r;
	struct kvm_guest_panic_event event;

	verify_uevent(self->socket, "isa", run_to_event(r->vcpu));
	report_by_stepping(r->other);
	TEST_ASSERT_EQ(__guest_panic_get_event(r->dev, 5, &event), 0);
	guest_panic_resume(r->dev, 1);
	verify_uevent(self->socket, "isa", event);
	guest_panic_resume(r->dev, 2);
	verify_no_uevent(self->socket);
}

TEST_F(uevent, one_for_an_event_that_was_restored)
{
	struct kvm_guest_panic_event event = an_event(ISA, 5, 7, PANICKED);

	event.time = 12345;
	guest_panic_set_event(self->r.dev, event);
	verify_uevent(self->socket, "isa", event);
	guest_panic_resume(self->r.dev, 7);
	verify_no_uevent(self->socket);
}

TEST_F(uevent, none_for_one_that_was_restored_as_delivered)
{
	guest_panic_set_event(self->r.dev,
			      delivered(an_event(ISA, 5, 7, PANICKED)));
	guest_panic_resume(self->r.dev, 7);
	verify_uevent(self->socket, "isa", run_to_event(self->r.other));
	verify_no_uevent(self->socket);
}

/* The tracepoint, in an instance of its own: others may be tracing. */
#define TRACEFS		"/sys/kernel/tracing/"
#define ENABLE		"events/kvm/kvm_guest_panic/enable"
#define INSTANCE	TRACEFS "instances/guest_panic_test/"

FIXTURE(trace) {
	struct reporters r;
	FILE *pipe;
};

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	TEST_ASSERT(fd >= 0, "%s: %s", path, strerror(errno));
	TEST_ASSERT_EQ(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

FIXTURE_SETUP(trace)
{
	int fd;

	if (access(TRACEFS ENABLE, W_OK))
		SKIP(return, "no tracepoint in " TRACEFS);
	create_reporters(&self->r);
	rmdir(INSTANCE);
	TEST_ASSERT(!mkdir(INSTANCE, 0700), "%s: %s", INSTANCE,
		    strerror(errno));
	write_text(INSTANCE ENABLE, "1");
	fd = open(INSTANCE "trace_pipe", O_RDONLY | O_NONBLOCK);
	TEST_ASSERT(fd >= 0, "trace_pipe: %s", strerror(errno));
	self->pipe = fdopen(fd, "r");
}

FIXTURE_TEARDOWN(trace)
{
	if (!self->r.vcpu)
		return;
	fclose(self->pipe);
	write_text(INSTANCE ENABLE, "0");
	rmdir(INSTANCE);
	free_reporters(&self->r);
}

/* What follows the process, CPU and time, which are not the event's. */
static void verify_line(FILE *pipe, const char *model,
			struct kvm_guest_panic_event event)
{
	static const char name[] = ": kvm_guest_panic: ";
	char wanted[512], line[1024], *got;

	snprintf(wanted, sizeof(wanted),
		 "model %s vcpu %u seq %llu code 0x%llx param {0x%llx,0x%llx,0x%llx,0x%llx,0x%llx} time %llu\n",
		 model, event.vcpu_id, event.seq, event.code, event.param[0],
		 event.param[1], event.param[2], event.param[3], event.param[4],
		 event.time);
	TEST_ASSERT(fgets(line, sizeof(line), pipe), "wanted '%s', got: %s",
		    wanted, strerror(errno));
	got = strstr(line, name);
	TEST_ASSERT(got, "wanted an event of this tracepoint, got '%s'", line);
	got += strlen(name);
	TEST_ASSERT(!strcmp(got, wanted), "wanted '%s', got '%s'", wanted, got);
}

static void verify_no_line(FILE *pipe)
{
	char line[1024] = "";

	TEST_ASSERT(!fgets(line, sizeof(line), pipe) && errno == EAGAIN,
		    "wanted nothing, got '%s'", line);
}

TEST_F(trace, each_event_is_a_line_with_its_facts)
{
	struct reporters *r = &self->r;

	verify_line(self->pipe, "isa", run_to_event(r->vcpu));
	guest_panic_resume(r->dev, 1);
	verify_line(self->pipe, "isa", run_to_event(r->vcpu));
	verify_line(self->pipe, "mmio", run_to_event(r->vcpu));
	guest_panic_resume(r->dev, 3);
	verify_line(self->pipe, "hyperv", run_to_event(r->vcpu));
	guest_panic_resume(r->dev, 4);
	vcpu_arch_set_entry_point(r->other, guest_dies);
	verify_line(self->pipe, "fault", run_to_event(r->other));
	verify_no_line(self->pipe);
}

static u8 bytes[3] = { SHUTDOWN, SHUTDOWN, PANICKED };

static void guest_outs(void)
{
	u64 count = sizeof(bytes);
	u8 *p = bytes;

	asm volatile("rep outsb" : "+S"(p), "+c"(count) : "d"(PVPANIC_PORT)
		     : "memory");
	GUEST_DONE();
}

TEST_F(trace, event_whose_code_grows_is_a_line_again)
{
	struct kvm_guest_panic_event event, notice;

	vcpu_arch_set_entry_point(self->r.vcpu, guest_outs);
	event = run_to_event(self->r.vcpu);
	notice = event;
	notice.code = SHUTDOWN;
	verify_line(self->pipe, "isa", notice);
	verify_line(self->pipe, "isa", event);
	verify_no_line(self->pipe);
}

static void guest_reports_nothing(void)
{
	port_outb(PVPANIC_PORT, 0);
	GUEST_SYNC(1);
	port_outb(PVPANIC_PORT, CRASH_LOADED);
	GUEST_SYNC(2);
	mmio_writeb(PVPANIC_GPA, SHUTDOWN);
	GUEST_SYNC(3);
	guest_crash(params, CTL_NOTIFY_MSG);
	GUEST_SYNC(4);
}

TEST_F(trace, what_is_ignored_is_no_line)
{
	u64 ignored;

	vcpu_arch_set_entry_point(self->r.vcpu, guest_reports_nothing);
	for (ignored = 1; ignored <= 4; ignored++)
		run_and_verify_sync(self->r.vcpu, ignored);
	verify_no_line(self->pipe);
}

/* The statistics. */
FIXTURE(stats) {
	struct reporters r;
};

FIXTURE_SETUP(stats)
{
	create_reporters(&self->r);
}

FIXTURE_TEARDOWN(stats)
{
	free_reporters(&self->r);
}

/* As userspace learns what the number means. */
static void verify_desc(struct kvm_vm *vm, const char *name)
{
	struct kvm_stats_header header;
	struct kvm_stats_desc *descs, *desc;
	int fd = vm_get_stats_fd(vm);

	read_stats_header(fd, &header);
	descs = read_stats_descriptors(fd, &header);
	desc = find_stat(&header, descs, name);
	TEST_ASSERT_EQ(desc->flags, KVM_STATS_TYPE_CUMULATIVE |
		       KVM_STATS_UNIT_NONE | KVM_STATS_BASE_POW10);
	TEST_ASSERT_EQ(desc->exponent, 0);
	TEST_ASSERT_EQ(desc->size, 1);
	free(descs);
	close(fd);
}

TEST_F(stats, both_are_cumulative_counts)
{
	verify_desc(self->r.vcpu->vm, "guest_panic_events");
	verify_desc(self->r.vcpu->vm, "guest_panic_ignored");
}

TEST_F(stats, both_are_0_at_first)
{
	verify_stats(self->r.vcpu->vm, 0, 0);
}

TEST_F(stats, both_are_0_without_a_device)
{
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm = vm_create_with_one_vcpu(&vcpu, guest_panics);

	run_and_verify_out(vcpu, PVPANIC_PORT, 1, PANICKED);
	verify_stats(vm, 0, 0);
	kvm_vm_free(vm);
}

TEST_F(stats, each_event_counts)
{
	struct reporters *r = &self->r;
	u64 events;

	for (events = 1; events <= 4; events++) {
		if (run_to_event(r->vcpu).code != SHUTDOWN)
			guest_panic_resume(r->dev, events);
		verify_stats(r->vcpu->vm, events, 0);
	}
	run_and_verify_done(r->vcpu);
	verify_stats(r->vcpu->vm, 4, 0);
}

TEST_F(stats, each_write_that_is_no_event_counts_as_ignored)
{
	u64 ignored;

	vcpu_arch_set_entry_point(self->r.vcpu, guest_reports_nothing);
	for (ignored = 1; ignored <= 4; ignored++) {
		run_and_verify_sync(self->r.vcpu, ignored);
		verify_stats(self->r.vcpu->vm, 0, ignored);
	}
}

/* None of these is a write of one byte to an enabled model. */
static void guest_accesses_others(void)
{
	port_outb(OTHER_PORT, PANICKED);
	port_outw(PVPANIC_PORT, 0);
	port_inb(PVPANIC_PORT);
	GUEST_DONE();
}

TEST_F(stats, what_is_not_the_devices_does_not_count)
{
	vcpu_arch_set_entry_point(self->r.vcpu, guest_accesses_others);
	run_and_verify_out(self->r.vcpu, OTHER_PORT, 1, PANICKED);
	run_and_verify_out(self->r.vcpu, PVPANIC_PORT, 2, 0);
	run_and_verify_done(self->r.vcpu);
	guest_panic_set(self->r.dev, ISA, PVPANIC_PORT, 0);
	vcpu_arch_set_entry_point(self->r.vcpu, guest_reports_nothing);
	run_and_verify_out(self->r.vcpu, PVPANIC_PORT, 1, 0);
	verify_stats(self->r.vcpu->vm, 0, 0);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();
	TEST_REQUIRE_HYPERV();
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_SET_GUEST_DEBUG));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_BINARY_STATS_FD));

	return test_harness_run(argc, argv);
}
