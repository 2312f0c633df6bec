// SPDX-License-Identifier: GPL-2.0-only
/* Several vCPUs have reported by the time that all are parked. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "incident.h"
#include "tap.h"

#define CPUS	3

static struct machine machine;
static struct conf conf = { .smp = CPUS, .name = "vm" };

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

/* Without the text for people: it is not what is tested here. */
static enum end handle(enum panic_action on_panic)
{
	int out = dup(STDERR_FILENO);
	int null = open("/dev/null", O_WRONLY);
	enum end end;

	conf.on_panic = on_panic;
	dup2(null, STDERR_FILENO);
	end = incident_handle(&machine);
	dup2(out, STDERR_FILENO);
	close(null);
	close(out);
	return end;
}

/* The values of seq in the records so far, in their order. */
static const char *seqs(void)
{
	static char text[64];
	char line[8192];
	FILE *f = fdopen(dup(machine.report.fd), "r");
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

void test_incident(void)
{
	FILE *file = tmpfile();

	if (!file) {
		claim(false, "incident: a file for the test");
		return;
	}
	machine.conf = &conf;
	machine.report = (struct report){ .fd = fileno(file), .path = "t" };
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

	machine.crew.end = END_RESET;
	report_from(0, 6, PVPANIC_PANICKED);
	claim_number(handle(PANIC_IGNORE), END_RESET,
		     "incident: an end at the same time is kept");
	claim_string(seqs(), "123456", "incident: and comes after the report");
	fclose(file);
}
