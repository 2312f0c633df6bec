// SPDX-License-Identifier: GPL-2.0-only
/*
 * The main thread: waits for the crew, the terminal, signals and the clock, all
 * in one poll().  An event or an end stops the crew; then, with every vCPU
 * parked, the events are reported in the order of seq and the policy says
 * whether there is a next instruction.
 *
 * Never wait for a vCPU thread but in crew_wait(), and only for a stopped crew.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "acpi.h"
#include "incident.h"
#include "log.h"
#include "machine.h"

static void create_memory(struct mem *mem, uint64_t size)
{
	int err = mem_alloc(mem, size);

	if (err)
		log_die(STATUS_HOST, "--memory %" PRIu64
			"M: the host has no room: %s; give the guest less",
			size / MIB, strerror(-err));
}

static void open_kvm(struct vm *vm)
{
	const char *why;

	if (vm_open(vm, &why) < 0)
		log_die(STATUS_HOST, "/dev/kvm %s", why);
}

void machine_build(struct machine *machine, const struct conf *conf)
{
	struct vm *vm = &machine->vm;
	struct entry entry;
	unsigned int i;
	uint64_t rsdp;

	machine->conf = conf;
	/* What was asked for is checked before what the host can do. */
	create_memory(&vm->mem, conf->memory);
	rsdp = acpi_place(&vm->mem, conf->smp, &conf->models);
	entry = boot_load(conf, &vm->mem, rsdp);
	report_open(&machine->report, conf->report);
	open_kvm(vm);
	vm_create(vm);
	backend_attach(&machine->backend, vm, conf);
	serial_init(&machine->serial, vm);
	for (i = 0; i < conf->smp; i++)
		vcpu_create(&machine->vcpus[i], machine, i, &entry);
	backend_say(&machine->backend);
}

static void start_crew(struct machine *m)
{
	int err = crew_init(&m->crew);
	unsigned int i;

	for (i = 0; i < m->conf->smp && !err; i++)
		err = crew_add(&m->crew, vcpu_thread, &m->vcpus[i]);
	if (err)
		log_die(STATUS_HOST, "cannot start the vCPU threads: %s",
			strerror(-err));
}

/* What the main thread waits for; a negative descriptor is not polled. */
enum source {
	SOURCE_CREW,
	SOURCE_SIGNAL,
	SOURCE_TIMEOUT,
	SOURCE_STDIN,
	SOURCE_NR,
};

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int open_timeout(unsigned int seconds)
{
	const struct itimerspec when = { .it_value.tv_sec = seconds };
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);

	/* 0 seconds disarm it: there is no time-out. */
	if (fd >= 0 && timerfd_settime(fd, 0, &when, NULL) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static void open_sources(const struct machine *m, struct pollfd *fds)
{
	fds[SOURCE_CREW].fd = m->crew.wake;
	fds[SOURCE_SIGNAL].fd = open_signals();
	fds[SOURCE_TIMEOUT].fd = open_timeout(m->conf->timeout);
	fds[SOURCE_STDIN].fd = STDIN_FILENO;
	if (fds[SOURCE_SIGNAL].fd < 0 || fds[SOURCE_TIMEOUT].fd < 0)
		log_die(STATUS_HOST, "cannot watch signals and time: %s",
			strerror(errno));
}

static void take_signal(struct machine *m, int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return;
	m->signal = (int)info.ssi_signo;
	crew_end(&m->crew, END_SIGNAL);
}

static void take_input(struct machine *m)
{
	uint8_t bytes[SERIAL_FIFO];
	int len = console_get(&m->console, bytes, serial_room(&m->serial));

	if (len == -EINTR) {
		m->signal = SIGINT;
		crew_end(&m->crew, END_SIGNAL);
	} else {
		serial_feed(&m->serial, bytes, (size_t)len);
	}
}

/* While COM1 is full its input stays where it is: look again in a moment. */
#define FULL_RETRY_MS	10

static int wait_sources(struct machine *m, struct pollfd *fds)
{
	bool full = !serial_room(&m->serial);
	bool listen = !m->console.closed && !full;
	int i;

	for (i = 0; i < SOURCE_NR; i++)
		fds[i].events = POLLIN;
	fds[SOURCE_STDIN].fd = listen ? STDIN_FILENO : -1;
	return poll(fds, SOURCE_NR, full ? FULL_RETRY_MS : -1);
}

/* True: the crew was asked to stop. */
static bool take_wake(struct machine *m)
{
	uint64_t wakes;

	/* A wake-up may come late, after what it was for has been handled. */
	return read(m->crew.wake, &wakes, sizeof(wakes)) == sizeof(wakes) &&
	       crew_stopping(&m->crew);
}

static enum end watch(struct machine *m, struct pollfd *fds)
{
	enum end end = END_NONE;

	while (end == END_NONE) {
		if (wait_sources(m, fds) < 0 && errno != EINTR)
			crew_end(&m->crew, END_HOST);
		if (fds[SOURCE_SIGNAL].revents)
			take_signal(m, fds[SOURCE_SIGNAL].fd);
		if (fds[SOURCE_TIMEOUT].revents)
			crew_end(&m->crew, END_TIMEOUT);
		if (fds[SOURCE_STDIN].revents)
			take_input(m);
		if (!take_wake(m))
			continue;
		crew_wait(&m->crew);
		end = incident_handle(m);
		if (end == END_NONE)
			crew_go(&m->crew);
	}
	return end;
}

enum end machine_run(struct machine *machine)
{
	struct pollfd fds[SOURCE_NR] = { 0 };
	enum end end;

	start_crew(machine);
	open_sources(machine, fds);
	console_open(&machine->console,
		     machine->report.fd == STDOUT_FILENO);
	crew_go(&machine->crew);
	end = watch(machine, fds);
	crew_quit(&machine->crew);
	console_restore();
	return end;
}

void machine_close(struct machine *machine)
{
	vm_close(&machine->vm);
}
