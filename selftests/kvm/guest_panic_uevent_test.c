// SPDX-License-Identifier: GPL-2.0-only
/*
 * The uevent: one for each event that is latched, with what the host is to
 * know of it; none for anything else.  It comes by itself, and no later than
 * RESUME returns or the VM ends.
 */
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>

#include "guest_panic_latch.h"

#define GPA	(4ULL << 30)
#define WAIT_MS	10000	/* a worker sends it: the machine may be busy */

static const u64 params[NR_PARAMS];

static void guest_panics(void)
{
	port_outb(PVPANIC_PORT, PANICKED | SHUTDOWN);
	port_outb(PVPANIC_PORT, SHUTDOWN);
	WRITE_ONCE(*(u8 *)GPA, PANICKED);
	guest_crash(params, CTL_NOTIFY | 0xabc);
	GUEST_DONE();
}

static void guest_panics_too(void)
{
	port_outb(PVPANIC_PORT, PANICKED);
}

FIXTURE(guest_panic_uevent) {
	struct kvm_vcpu *vcpu;
	struct kvm_vcpu *other;
	int dev, socket;
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

FIXTURE_SETUP(guest_panic_uevent)
{
	struct kvm_vm *vm = vm_create_with_one_vcpu(&self->vcpu, guest_panics);

	self->other = vm_vcpu_add(vm, 5, guest_panics_too);
	vcpu_set_hv_cpuid(self->vcpu);
	virt_map(vm, GPA, GPA, 1);
	self->dev = guest_panic_create(vm);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED | SHUTDOWN);
	guest_panic_set(self->dev, MMIO, GPA, PANICKED);
	guest_panic_set(self->dev, HYPERV, 0, NOTIFY);
	self->socket = open_uevents();
}

FIXTURE_TEARDOWN(guest_panic_uevent)
{
	close(self->socket);
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

/* A uevent is its variables, each with a 0 at the end, after a head. */
static const char *find_variable(const char *text, ssize_t size,
				 const char *name)
{
	const char *end = text + size;
	size_t length = strlen(name);

	for (; text < end; text += strlen(text) + 1)
		if (!strncmp(text, name, length) && text[length] == '=')
			return text + length + 1;
	return "(none)";
}

/* The next of this process's VM; -1 if there is none within @timeout_ms. */
static ssize_t receive_any(int fd, char *text, size_t room, int timeout_ms)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	pid_t pid = getpid();
	ssize_t size;

	while (poll(&pollfd, 1, timeout_ms) > 0) {
		memset(text, 0, room);
		size = recv(fd, text, room - 1, 0);
		TEST_ASSERT(size > 0, "recv(): %s", strerror(errno));
		if (atoi(find_variable(text, size, "PID")) == pid)
			return size;
	}
	return -1;
}

/* Those of a VM's creation, which may come late, pass by. */
static ssize_t receive(int fd, char *text, size_t room, int timeout_ms)
{
	ssize_t size;

	do {
		size = receive_any(fd, text, room, timeout_ms);
	} while (size > 0 && !strcmp(find_variable(text, size, "EVENT"),
				     "create"));
	return size;
}

static void verify_variable(const char *text, ssize_t size, const char *name,
			    const char *wanted)
{
	const char *got = find_variable(text, size, name);

	TEST_ASSERT(!strcmp(got, wanted), "%s: wanted '%s', got '%s'", name,
		    wanted, got);
}

static void verify_uevent(int fd, const char *model, const char *vcpu,
			  const char *code, const char *seq)
{
	char text[4096];
	ssize_t size = receive(fd, text, sizeof(text), WAIT_MS);

	TEST_ASSERT(size > 0, "Wanted a uevent within %d ms", WAIT_MS);
	verify_variable(text, size, "ACTION", "change");
	verify_variable(text, size, "EVENT", "guest_panic");
	verify_variable(text, size, "DEVPATH", "/devices/virtual/misc/kvm");
	verify_variable(text, size, "SUBSYSTEM", "misc");
	verify_variable(text, size, "MODEL", model);
	verify_variable(text, size, "VCPU", vcpu);
	verify_variable(text, size, "CODE", code);
	verify_variable(text, size, "SEQ", seq);
}

/* None has been sent; none is due if nothing is latched. */
static void verify_no_uevent(int fd)
{
	char text[4096];

	TEST_ASSERT_EQ(receive(fd, text, sizeof(text), 0), -1);
}

/* It has been sent. */
static void verify_uevent_now(int fd, const char *model, const char *vcpu,
			      const char *code, const char *seq)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	TEST_ASSERT_EQ(poll(&pollfd, 1, 0), 1);
	verify_uevent(fd, model, vcpu, code, seq);
}

static void run_to_event(struct kvm_vcpu *vcpu)
{
	struct ucall uc;

	run_to_exit(vcpu, &uc);
	TEST_ASSERT_KVM_EXIT_REASON(vcpu, KVM_EXIT_SYSTEM_EVENT);
}

TEST_F(guest_panic_uevent, none_without_an_event)
{
	guest_panic_set_freeze(self->dev, 1);
	guest_panic_resume(self->dev);
	verify_no_uevent(self->socket);
}

TEST_F(guest_panic_uevent, one_for_each_latched_event_of_each_model)
{
	run_to_event(self->vcpu);
	verify_uevent(self->socket, "isa", "0", "0x5", "1");
	verify_no_uevent(self->socket);
	guest_panic_resume(self->dev);
	run_to_event(self->vcpu);
	verify_no_uevent(self->socket);
	run_to_event(self->vcpu);
	verify_uevent(self->socket, "mmio", "0", "0x1", "3");
	guest_panic_resume(self->dev);
	run_to_event(self->vcpu);
	verify_uevent(self->socket, "hyperv", "0", "0x8000000000000abc", "4");
	guest_panic_resume(self->dev);
	verify_no_uevent(self->socket);
}

/* Each takes the place of the last: that has been sent by then. */
TEST_F(guest_panic_uevent, each_is_sent_when_resume_returns)
{
	run_to_event(self->vcpu);
	guest_panic_resume(self->dev);
	verify_uevent_now(self->socket, "isa", "0", "0x5", "1");
	run_to_event(self->vcpu);
	run_to_event(self->vcpu);
	guest_panic_resume(self->dev);
	verify_uevent_now(self->socket, "mmio", "0", "0x1", "3");
	run_to_event(self->other);
	run_to_event(self->vcpu);
	guest_panic_resume(self->dev);
	verify_uevent_now(self->socket, "isa", "5", "0x1", "4");
	guest_panic_resume(self->dev);
	verify_uevent_now(self->socket, "hyperv", "0", "0x8000000000000abc",
			  "5");
	verify_no_uevent(self->socket);
}

TEST_F(guest_panic_uevent, one_however_often_kvm_run_returns_it)
{
	guest_panic_set_freeze(self->dev, 1);
	run_to_event(self->vcpu);
	verify_uevent(self->socket, "isa", "0", "0x5", "1");
	run_to_event(self->vcpu);
	run_to_event(self->other);
	guest_panic_set_freeze(self->dev, 0);
	guest_panic_set_freeze(self->dev, 1);
	run_to_event(self->other);
	guest_panic_resume(self->dev);
	verify_no_uevent(self->socket);
}

TEST_F(guest_panic_uevent, one_that_waits_comes_with_its_latch)
{
	run_to_event(self->vcpu);
	verify_uevent(self->socket, "isa", "0", "0x5", "1");
	run_to_event(self->other);
	verify_no_uevent(self->socket);
	guest_panic_resume(self->dev);
	verify_uevent(self->socket, "isa", "5", "0x1", "2");
	guest_panic_resume(self->dev);
	verify_no_uevent(self->socket);
}

TEST_F(guest_panic_uevent, one_for_an_event_that_was_restored)
{
	guest_panic_set_latched(self->dev, isa_event(5, 7, PANICKED));
	verify_uevent(self->socket, "isa", "5", "0x1", "7");
	guest_panic_resume(self->dev);
	verify_no_uevent(self->socket);
}

TEST(guest_panic_uevent_comes_before_that_of_the_end)
{
	int dev, socket = open_uevents();
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;
	char text[4096];
	ssize_t size;

	vm = vm_create_with_one_vcpu(&vcpu, guest_panics_too);
	dev = guest_panic_create(vm);
	guest_panic_set(dev, ISA, PVPANIC_PORT, PANICKED);
	run_to_event(vcpu);
	close(dev);
	kvm_vm_free(vm);

	verify_uevent(socket, "isa", "0", "0x1", "1");
	size = receive(socket, text, sizeof(text), WAIT_MS);
	TEST_ASSERT(size > 0, "Wanted a uevent within %d ms", WAIT_MS);
	verify_variable(text, size, "EVENT", "destroy");
	close(socket);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV_CPUID));

	return test_harness_run(argc, argv);
}
