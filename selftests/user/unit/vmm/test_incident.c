// SPDX-License-Identifier: GPL-2.0-only
/* Several vCPUs have reported by the time that all are parked. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <linux/kvm_guest_panic.h>

#include "vmm/incident.h"
#include "tap.h"

#define CPUS	3

static struct conf conf = { .smp = CPUS, .name = "vm" };
static struct shared shared = { .conf = &conf };
static struct machine machine = {
	.shared = &shared,
	.conf = &conf,
	.state = MACHINE_RUNNING,
	.backend.device = -1,
};

/* What stands for the device: the stopping events that wait in it. */
static struct kvm_guest_panic_event waiting[CPUS];
static char resumed[16];

int __wrap_vm_get_attr(int device, uint32_t group, uint64_t attr, void *value);
int __wrap_vm_set_attr(int device, uint32_t group, uint64_t attr,
		       const void *value);

int __wrap_vm_get_attr(int device, uint32_t group, uint64_t attr, void *value)
{
	(void)device;
	if (group != KVM_DEV_GUEST_PANIC_STATE ||
	    attr != KVM_GUEST_PANIC_LATCHED || !waiting[0].seq)
		return -ENOENT;
	memcpy(value, &waiting[0], sizeof(waiting[0]));
	return 0;
}

int __wrap_vm_set_attr(int device, uint32_t group, uint64_t attr,
		       const void *value)
{
	__u64 seq;

	(void)device;
	if (group != KVM_DEV_GUEST_PANIC_CTRL ||
	    attr != KVM_GUEST_PANIC_RESUME)
		return -ENXIO;
	memcpy(&seq, value, sizeof(seq));
	if (!seq || seq != waiting[0].seq)
		return -ESTALE;
	resumed[strlen(resumed)] = (char)('0' + seq % 10);
	memmove(waiting, waiting + 1, sizeof(waiting) - sizeof(waiting[0]));
	memset(&waiting[CPUS - 1], 0, sizeof(waiting[0]));
	return 0;
}

static void wait_in_device(unsigned int place, unsigned int id, uint64_t seq)
{
	waiting[place] = (struct kvm_guest_panic_event){
		.model = KVM_GUEST_PANIC_ISA,
		.vcpu_id = id,
		.seq = seq,
		.code = KVM_GUEST_PANIC_PANICKED,
	};
}

static void report_from(unsigned int id, uint64_t seq, uint64_t code)
{
	machine.vcpu[id].has_event = true;
	machine.vcpu[id].event = (struct guest_event){
		.model = MODEL_ISA,
		.vcpu = id,
		.seq = seq,
		.code = code,
	};
}

/* Without the text for people: it is not what is tested here. */
static struct verdict judge(enum panic_action on_panic, enum end asked)
{
	struct verdict verdict;
	int out = dup(STDERR_FILENO);
	int null = open("/dev/null", O_WRONLY);

	conf.policy.on_panic = on_panic;
	dup2(null, STDERR_FILENO);
	verdict = incident_handle(&machine, asked);
	dup2(out, STDERR_FILENO);
	close(null);
	close(out);
	return verdict;
}

/* The action that is due; PANIC_RUN also if the VM ends without one. */
static enum panic_action handle(enum panic_action on_panic)
{
	return judge(on_panic, END_NONE).action;
}

/* How it ends; END_NONE: it goes on, or an action is due. */
static enum end handle_end(enum panic_action on_panic, enum end asked)
{
	return judge(on_panic, asked).end;
}

/* The values of seq in the records so far, in their order. */
static const char *seqs(void)
{
	static char text[64];
	char line[8192];
	FILE *f = fdopen(dup(shared.report.file.fd), "r");
	struct buf buf;

	buf_init(&buf, text, sizeof(text));
	rewind(f);
	while (fgets(line, sizeof(line), f)) {
		const char *seq = strstr(line, "\"seq\":");

		buf_print(&buf, "%c", seq ? seq[6] : '?');
	}
	fclose(f);
	return text;
}

/* The guest says that its crash kernel dumps, and some time later ends. */
static void crashload(enum end end)
{
	machine.vcpus.end = END_NONE;
	machine.panics = 0;
	machine.end_told = false;
	report_from(0, 8, PVPANIC_CRASH_LOADED);
	claim_number(handle(PANIC_DESTROY), PANIC_WAIT,
		     "incident: a crash kernel is waited for");
	claim_number(machine.panics, 0, "incident: and is no panic yet");
	machine.vcpus.end = end;
}

static void test_crashload(void)
{
	crashload(END_RESET);
	claim_number(handle(PANIC_DESTROY), PANIC_DESTROY,
		     "incident: the reset that follows it is a panic");
	claim_number(machine.panics, 1, "incident: and is counted as one");

	crashload(END_NONE);
	claim_number(handle_end(PANIC_PAUSE, END_TIMEOUT), END_TIMEOUT,
		     "incident: a time-out ends the VM whatever the action");
	claim_number(machine.panics, 1, "incident: and counts as the panic");

	crashload(END_NONE);
	machine.dump_late = true;
	claim_number(handle_end(PANIC_IGNORE, END_NONE), END_NONE,
		     "incident: an ignored dump that hangs lets the VM go on");
	claim_number(machine.panics, 1, "incident: and counts as the panic");
	claim(!machine.dump_late && !machine.waits,
	      "incident: once");

	crashload(END_FAULT);
	claim_number(handle(PANIC_DESTROY), PANIC_DESTROY,
		     "incident: a crash kernel that faults is a panic");
	claim_number(machine.panics, 1, "incident: and is counted as one");
}

/* Only the first notice sets the time that the crash kernel has. */
static void test_crashload_again(void)
{
	struct itimerspec left;

	machine.vcpus.end = END_NONE;
	conf.dump_timeout = 100;
	machine.dump_timeout.fd = timerfd_create(CLOCK_MONOTONIC, 0);
	report_from(0, 10, PVPANIC_CRASH_LOADED);
	handle(PANIC_DESTROY);
	conf.dump_timeout = 1000;
	report_from(0, 11, PVPANIC_CRASH_LOADED);
	handle(PANIC_DESTROY);
	timerfd_gettime(machine.dump_timeout.fd, &left);
	claim(left.it_value.tv_sec <= 100,
	      "incident: a second notice does not set the wait anew");
	claim_number(machine.wait_record.reports[0].seq, 10,
		     "incident: nor is it the one that is waited for");
	close(machine.dump_timeout.fd);
	machine.waits = false;
}

/* What comes after it in the same stop must not cost the panic its core. */
static void test_core(void)
{
	conf.core = "dir/core";
	shared.core_name = "core";
	report_from(0, 20, PVPANIC_PANICKED);
	report_from(1, 21, PVPANIC_CRASH_LOADED);
	report_from(2, 22, PVPANIC_PANICKED);
	claim_number(handle(PANIC_DESTROY), PANIC_DESTROY,
		     "incident: a panic, a notice and a panic at once");
	claim_number(machine.record.reports[0].seq, 20,
		     "incident: the first panic is what is acted on");
	claim_string(machine.record.core.file, "dir/core",
		     "incident: with a core");
	claim(strstr(machine.json, "\"seq\":20"),
	      "incident: and what a client is told of");
	machine.waits = false;

	report_from(0, 23, PVPANIC_PANICKED);
	claim_number(handle_end(PANIC_DESTROY, END_SIGNAL), END_SIGNAL,
		     "incident: a signal with a panic");
	claim_string(machine.record.core.file, NULL,
		     "incident: does not wait for a core");
	conf.core = NULL;
}

/* KVM_RUN has returned the first; the second waits, the third is no panic. */
static void test_device(void)
{
	machine.vcpus.end = END_NONE;
	claim(!ftruncate(shared.report.file.fd, 0) &&
	      !lseek(shared.report.file.fd, 0, SEEK_SET),
	      "incident: an empty report");
	report_from(0, 1, PVPANIC_PANICKED);
	wait_in_device(0, 0, 1);
	wait_in_device(1, 2, 3);
	report_from(1, 4, PVPANIC_CRASH_LOADED);
	claim_number(handle_end(PANIC_IGNORE, END_NONE), END_NONE,
		     "incident: the device's panics are ignored");
	claim_string(seqs(), "134",
		     "incident: KVM_RUN need not have returned them");
	claim_string(resumed, "13",
		     "incident: each panic is acknowledged by its number");

	wait_in_device(0, 1, 5);
	claim_number(handle_end(PANIC_DESTROY, END_SIGNAL), END_SIGNAL,
		     "incident: a signal ends the VM first");
	claim_string(seqs(), "1345", "incident: and the panic is reported");
}

void test_incident(void)
{
	FILE *file = tmpfile();

	if (!file) {
		claim(false, "incident: a file for the test");
		return;
	}
	shared.report = (struct report){
		.file.fd = fileno(file), .out = &shared.report.file,
		.hold = -1, .path = "t",
	};
	report_from(0, 3, PVPANIC_PANICKED);
	report_from(1, 1, PVPANIC_SHUTDOWN);
	report_from(2, 2, PVPANIC_PANICKED);
	claim_number(handle_end(PANIC_IGNORE, END_NONE), END_NONE,
		     "incident: ignored panics let the VM go on");
	claim_string(seqs(), "123", "incident: each is reported, by seq");
	claim_number(machine.panics, 2, "incident: notices are not counted");
	claim_number(handle(PANIC_IGNORE), PANIC_RUN,
		     "incident: with nothing new the VM goes on");
	claim_string(seqs(), "123", "incident: and nothing is reported twice");

	report_from(2, 5, PVPANIC_SHUTDOWN);
	report_from(1, 4, PVPANIC_PANICKED);
	claim_number(handle(PANIC_DESTROY), PANIC_DESTROY,
		     "incident: of several the strongest action is due");
	claim_string(seqs(), "12345", "incident: after all are reported");

	machine.vcpus.end = END_RESET;
	report_from(0, 6, PVPANIC_PANICKED);
	claim_number(handle_end(PANIC_IGNORE, END_NONE), END_RESET,
		     "incident: an end at the same time is kept");
	claim_string(seqs(), "123456", "incident: and comes after the report");
	report_from(0, 7, PVPANIC_PANICKED);
	claim_number(handle(PANIC_PAUSE), PANIC_PAUSE,
		     "incident: an action that stops the VM comes before it");
	claim_number(machine.vcpus.end, END_RESET,
		     "incident: the end is left for when it goes on");
	claim_number(machine.state, MACHINE_RUNNING,
		     "incident: none of this has changed the VM");
	test_crashload();
	test_crashload_again();
	test_core();
	test_device();
	fclose(file);
}
