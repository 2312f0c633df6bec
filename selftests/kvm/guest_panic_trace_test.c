// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tracepoint kvm:kvm_guest_panic, read as people read it, in tracefs: one
 * line for each event, notices too, with all of its facts.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "guest_panic_latch.h"

#define GPA		(4ULL << 30)
#define TRACEFS		"/sys/kernel/tracing/"
#define ENABLE		"events/kvm/kvm_guest_panic/enable"
/* Of its own: others may be tracing. */
#define INSTANCE	TRACEFS "instances/guest_panic_test/"

static const u64 params[NR_PARAMS] = {
	0x51, 0x8100000006000000, 0x53, 0xffff888000001000, ~0ULL,
};

static void guest_reports(void)
{
	port_outb(PVPANIC_PORT, PANICKED);
	port_outb(PVPANIC_PORT, SHUTDOWN);
	port_outb(PVPANIC_PORT, 0);
	WRITE_ONCE(*(u8 *)GPA, CRASH_LOADED);
	guest_crash(params, CTL_NOTIFY | CTL_NOTIFY_MSG);
	GUEST_DONE();
}

FIXTURE(guest_panic_trace) {
	struct kvm_vcpu *vcpu;
	int dev, pipe;
};

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	TEST_ASSERT(fd >= 0, "%s: %s", path, strerror(errno));
	TEST_ASSERT_EQ(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

FIXTURE_SETUP(guest_panic_trace)
{
	struct kvm_vm *vm = vm_create(1);

	self->vcpu = vm_vcpu_add(vm, 3, guest_reports);
	vcpu_set_hv_cpuid(self->vcpu);
	virt_map(vm, GPA, GPA, 1);
	self->dev = guest_panic_create(vm);
	guest_panic_set(self->dev, ISA, PVPANIC_PORT, PANICKED | SHUTDOWN);
	guest_panic_set(self->dev, MMIO, GPA, CRASH_LOADED);
	guest_panic_set(self->dev, HYPERV, 0, NOTIFY | NOTIFY_MSG);

	rmdir(INSTANCE);
	TEST_ASSERT(!mkdir(INSTANCE, 0700), "%s: %s", INSTANCE,
		    strerror(errno));
	write_text(INSTANCE ENABLE, "1");
	self->pipe = open(INSTANCE "trace_pipe", O_RDONLY | O_NONBLOCK);
	TEST_ASSERT(self->pipe >= 0, "trace_pipe: %s", strerror(errno));
}

FIXTURE_TEARDOWN(guest_panic_trace)
{
	close(self->pipe);
	write_text(INSTANCE ENABLE, "0");
	rmdir(INSTANCE);
	close(self->dev);
	kvm_vm_free(self->vcpu->vm);
}

/* What follows the process, CPU and time, which are not the event's. */
static void verify_line(int pipe, const char *wanted)
{
	static const char name[] = ": kvm_guest_panic: ";
	char line[1024];
	ssize_t size = read(pipe, line, sizeof(line) - 1);
	char *got;

	TEST_ASSERT(size > 0, "Wanted '%s', got: %s", wanted, strerror(errno));
	line[size] = '\0';
	got = strstr(line, name);
	TEST_ASSERT(got, "Wanted an event of this tracepoint, got '%s'", line);
	got += strlen(name);
	TEST_ASSERT(!strcmp(got, wanted), "Wanted '%s', got '%s'", wanted, got);
}

static void verify_no_line(int pipe)
{
	char line[1024];
	ssize_t size = read(pipe, line, sizeof(line) - 1);

	TEST_ASSERT(size == -1 && errno == EAGAIN, "Wanted nothing, got '%.*s'",
		    (int)size, line);
}

static void run_to_event(struct kvm_vcpu *vcpu)
{
	struct ucall uc;

	run_to_exit(vcpu, &uc);
	TEST_ASSERT_KVM_EXIT_REASON(vcpu, KVM_EXIT_SYSTEM_EVENT);
}

#define NO_PARAM	" param 0x0 0x0 0x0 0x0 0x0\n"

TEST_F(guest_panic_trace, each_event_is_a_line_with_its_facts)
{
	run_to_event(self->vcpu);
	guest_panic_resume(self->dev);
	verify_line(self->pipe, "model isa vcpu 3 seq 1 code 0x1" NO_PARAM);
	run_to_event(self->vcpu);
	verify_line(self->pipe, "model isa vcpu 3 seq 2 code 0x4" NO_PARAM);
	run_to_event(self->vcpu);
	verify_line(self->pipe, "model mmio vcpu 3 seq 3 code 0x2" NO_PARAM);
	run_to_event(self->vcpu);
	verify_line(self->pipe,
		    "model hyperv vcpu 3 seq 4 code 0xc000000000000000 param 0x51 0x8100000006000000 0x53 0xffff888000001000 0xffffffffffffffff\n");
	verify_no_line(self->pipe);
}

TEST_F(guest_panic_trace, one_however_often_kvm_run_returns_it)
{
	guest_panic_set_freeze(self->dev, 1);
	run_to_event(self->vcpu);
	run_to_event(self->vcpu);
	verify_line(self->pipe, "model isa vcpu 3 seq 1 code 0x1" NO_PARAM);
	verify_no_line(self->pipe);
}

static bool can_trace(void)
{
	return !access(TRACEFS ENABLE, W_OK);
}

int main(int argc, char *argv[])
{
	TEST_REQUIRE_GUEST_PANIC_DEVICE();
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_HYPERV_CPUID));
	__TEST_REQUIRE(can_trace(), "no tracepoint in " TRACEFS);

	return test_harness_run(argc, argv);
}
