// SPDX-License-Identifier: GPL-2.0-only
/*
 * In the lab: have every CPU interrupt the others five times a second.
 *
 * QEMU 7.2 clears a bit of a CPU's pending interrupts at each exit of a nested
 * guest, and not atomically: one that comes at that moment is lost.  If it is
 * the timer's, the CPU gets no other, and what runs on it, be it a guest in a
 * loop, runs on: CPU 0 of a lab was seen to do so for a minute, until another
 * CPU found that RCU had stalled, and sent it an NMI.  Any interrupt will do,
 * as then all that are pending are looked at anew.
 */
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#define CPUS_MAX	64
#define EVERY_MS	200

static int pipes[CPUS_MAX][2];

static void stay_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		_exit(1);
}

/* To wake who sleeps there takes an interrupt. */
static void nudge_others(int cpu, int cpus)
{
	int i;

	stay_on(cpu);
	for (;;) {
		usleep(EVERY_MS * 1000);
		for (i = 0; i < cpus; i++)
			if (i != cpu && write(pipes[i][1], "", 1) < 0)
				_exit(1);
	}
}

static void be_nudged(int cpu)
{
	char c;

	stay_on(cpu);
	while (read(pipes[cpu][0], &c, 1) == 1)
		;
	_exit(1);
}

int main(void)
{
	int cpu, cpus = sysconf(_SC_NPROCESSORS_ONLN);

	if (cpus < 2 || cpus > CPUS_MAX)
		return 0;
	for (cpu = 0; cpu < cpus; cpu++)
		if (pipe(pipes[cpu])) {
			perror("nudge: pipe()");
			return 1;
		}
	for (cpu = 0; cpu < cpus; cpu++) {
		if (!fork())
			be_nudged(cpu);
		if (!fork())
			nudge_others(cpu, cpus);
	}
	return 0;
}
