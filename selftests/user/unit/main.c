// SPDX-License-Identifier: GPL-2.0-only
/* The parts of panicvm that need no KVM, each against the truth about it. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static unsigned int count, failed;

void claim(bool is_true, const char *text)
{
	printf("%sok %u %s\n", is_true ? "" : "not ", ++count, text);
	failed += !is_true;
}

void claim_number(uint64_t got, uint64_t wanted, const char *text)
{
	claim(got == wanted, text);
	if (got != wanted)
		printf("# got 0x%" PRIx64 ", wanted 0x%" PRIx64 "\n", got,
		       wanted);
}

void claim_string(const char *got, const char *wanted, const char *text)
{
	bool same = got && wanted ? !strcmp(got, wanted) : got == wanted;

	claim(same, text);
	if (!same)
		printf("# got    %s\n# wanted %s\n", got ? got : "(NULL)",
		       wanted ? wanted : "(NULL)");
}

bool aborts(void (*fn)(void))
{
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (!child) {
		/* What assert() says is not for the test's reader. */
		close(STDERR_FILENO);
		fn();
		_exit(0);
	}
	return waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
	       WTERMSIG(status) == SIGABRT;
}

int main(void)
{
	printf("TAP version 13\n");
	test_acpi();
	test_bzimage();
	test_chipset();
	test_client();
	test_conf();
	test_console();
	test_core_file();
	test_crash_msr();
	test_cpuid();
	test_decode();
	test_dump();
	test_elf();
	test_exit_decode();
	test_guest_kernel();
	test_guest_log();
	test_hmp();
	test_incident();
	test_json_parse();
	test_json_split();
	test_kallsyms();
	test_kmsg();
	test_machine();
	test_mem();
	test_out();
	test_panic();
	test_printk();
	test_qmp_regs();
	test_report();
	test_rtc();
	test_serial();
	test_signature();
	test_text();
	test_vcpu();
	test_vm();
	printf("1..%u\n", count);
	return failed != 0;
}
