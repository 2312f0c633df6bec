// SPDX-License-Identifier: GPL-2.0-only
/* Several vCPUs have reported by the time that all are parked. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/kvm_guest_panic.h>

#include "vmm/incident.h"
#include "vmm/session.h"
#include "tap.h"

#define CPUS	3

static struct session session;
static struct conf conf = { .smp = CPUS, .name = "vm" };
static struct machine machine = {
	.session = &session,
	.conf = &conf,
	.state = RUNSTATE_RUNNING,
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
	machine.vcpus[id].has_event = true;
	machine.vcpus[id].event = (struct guest_event){
		.model = MODEL_ISA,
		.vcpu = id,
		.seq = seq,
		.code = code,
	};
}

/*
 * Without the text for people: it is not what is tested here.  Gives the end
 * that the VM came to, or END_NONE if it is to go on.
 */
static enum end handle(enum panic_action on_panic)
{
	int out = dup(STDERR_FILENO);
	int null = open("/dev/null", O_WRONLY);

	conf.policy.on_panic = on_panic;
	dup2(null, STDERR_FILENO);
	incident_handle(&machine);
	dup2(out, STDERR_FILENO);
	close(null);
	close(out);
	return machine.state == RUNSTATE_SHUTDOWN ? machine.end : END_NONE;
}

/* The values of seq in the records so far, in their order. */
static const char *seqs(void)
{
	static char text[64];
	char line[8192];
	FILE *f = fdopen(dup(session.report.fd), "r");
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
	machine.state = RUNSTATE_RUNNING;
	machine.crew.end = END_NONE;
	machine.panics = 0;
	report_from(0, 8, PVPANIC_CRASH_LOADED);
	claim_number(handle(PANIC_DESTROY), END_NONE,
		     "incident: a crash kernel is waited for");
	claim_number(machine.panics, 0, "incident: and is no panic yet");
	machine.crew.end = end;
}

static void test_crashload(void)
{
	crashload(END_RESET);
	claim_number(handle(PANIC_DESTROY), END_PANIC,
		     "incident: the reset that follows it ends as a panic");
	claim_number(machine.panics, 1, "incident: and is counted as one");

	crashload(END_TIMEOUT);
	claim_number(handle(PANIC_PAUSE), END_TIMEOUT,
		     "incident: a time-out ends the VM whatever the action");
	claim_number(machine.panics, 1, "incident: and counts as the panic");

	crashload(END_DUMP_TIMEOUT);
	claim_number(handle(PANIC_IGNORE), END_NONE,
		     "incident: an ignored dump that hangs lets the VM go on");
	claim_number(machine.crew.end, END_NONE,
		     "incident: as if nothing had ended it");

	crashload(END_FAULT);
	claim_number(handle(PANIC_DESTROY), END_PANIC,
		     "incident: a crash kernel that faults ends as a panic");
	claim_number(machine.panics, 1, "incident: and is counted as one");
}

/* KVM_RUN has returned the first; the second waits, the third is no panic. */
static void test_device(void)
{
	machine.state = RUNSTATE_RUNNING;
	machine.crew.end = END_NONE;
	claim(!ftruncate(session.report.fd, 0) &&
	      !lseek(session.report.fd, 0, SEEK_SET),
	      "incident: an empty report");
	report_from(0, 1, PVPANIC_PANICKED);
	wait_in_device(0, 0, 1);
	wait_in_device(1, 2, 3);
	report_from(1, 4, PVPANIC_CRASH_LOADED);
	claim_number(handle(PANIC_IGNORE), END_NONE,
		     "incident: the device's panics are ignored");
	claim_string(seqs(), "134",
		     "incident: KVM_RUN need not have returned them");
	claim_string(resumed, "13",
		     "incident: each panic is acknowledged by its number");

	wait_in_device(0, 1, 5);
	machine.crew.end = END_SIGNAL;
	claim_number(handle(PANIC_DESTROY), END_SIGNAL,
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
	session.report = (struct report){ .fd = fileno(file), .path = "t" };
	report_from(0, 3, PVPANIC_PANICKED);
	report_from(1, 1, PVPANIC_CRASH_LOADED);
	report_from(2, 2, PVPANIC_PANICKED);
	claim_number(handle(PANIC_IGNORE), END_NONE,
		     "incident: ignored panics let the VM go on");
	claim_string(seqs(), "123", "incident: each is reported, by seq");
	claim_number(machine.panics, 2, "incident: notices are not counted");
	claim_number(handle(PANIC_IGNORE), END_NONE,
		     "incident: with nothing new the VM goes on");
	claim_string(seqs(), "123", "incident: and nothing is reported twice");

	report_from(2, 5, PVPANIC_SHUTDOWN);
	report_from(1, 4, PVPANIC_PANICKED);
	claim_number(handle(PANIC_DESTROY), END_PANIC,
		     "incident: one that destroys ends the VM");
	claim_string(seqs(), "12345", "incident: after all are reported");

	machine.state = RUNSTATE_RUNNING;
	machine.crew.end = END_RESET;
	report_from(0, 6, PVPANIC_PANICKED);
	claim_number(handle(PANIC_IGNORE), END_RESET,
		     "incident: an end at the same time is kept");
	claim_string(seqs(), "123456", "incident: and comes after the report");

	machine.state = RUNSTATE_RUNNING;
	machine.crew.end = END_NONE;
	report_from(1, 7, PVPANIC_PANICKED);
	claim_number(handle(PANIC_PAUSE), END_NONE,
		     "incident: one that pauses does not end the VM");
	claim_number(machine.state, RUNSTATE_GUEST_PANICKED,
		     "incident: but stops it");
	test_crashload();
	test_device();
	fclose(file);
}
