// SPDX-License-Identifier: GPL-2.0-only
/*
 * A broken device: a guest that writes a letter to its port has panicvm do
 * what an intruder would.  build links this into a panicvm of its own, in front
 * of chipset_access(); sandbox is the test.  What fails says so on stderr.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "vmm/machine.h"

#define BROKEN		0xe9
#define I386_GETPID	20
#define X32_GETPID	(0x40000000 + 39)

enum end __real_chipset_access(struct chipset *chipset,
			       const struct vcpu_access *access,
			       uint8_t *data);
enum end __wrap_chipset_access(struct chipset *chipset,
			       const struct vcpu_access *access,
			       uint8_t *data);

static long start_program(void)
{
	char *const argv[] = { (char *)"true", NULL };

	return execv("/bin/true", argv);
}

static long start_child(void)
{
	long pid = syscall(__NR_clone, SIGCHLD, 0, 0, 0, 0);

	if (!pid)
		_exit(0);
	return pid;
}

/* libc's handler is one that this process does not have to run. */
static long handle_signal(void)
{
	return signal(SIGUSR1, SIG_IGN) == SIG_ERR ? -1 : 0;
}

static long map_code(int prot)
{
	void *page = mmap(NULL, 4096, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return -1;
	return prot & PROT_EXEC ? 0 :
	       mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static long call_i386(void)
{
	long result;

	asm volatile("int $0x80" : "=a"(result) : "a"(I386_GETPID) : "memory");
	return result;
}

/* Kernels without x32 say ENOSYS, which is no matter. */
static long call_x32(void)
{
	syscall(X32_GETPID);
	return 0;
}

static long connect_to_nobody(void)
{
	const struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	return connect(fd, (const struct sockaddr *)&addr, sizeof(addr));
}

/* What is allowed, but not for every path. */
static long reach(const struct shared *shared, uint8_t letter)
{
	switch (letter) {
	case 'c':
		return openat(shared->core_dir, "/etc/passwd", O_RDONLY);
	case 'C':
		return openat(shared->core_dir, "beside", O_CREAT | O_WRONLY,
			      0600);
	case 'u':
		return unlink("elsewhere/file");
	case 'U':
		return unlink("monitor/file");
	case 'n':
		return connect_to_nobody();
	case 'l':
		return syscall(__NR_landlock_create_ruleset, NULL, 0,
			       LANDLOCK_CREATE_RULESET_VERSION);
	default:
		return 0;
	}
}

static long attack(uint8_t letter)
{
	switch (letter) {
	case 'o':
		return open("/etc/passwd", O_RDONLY);
	case 'O':
		return syscall(__NR_open, "/etc/passwd", O_RDONLY);
	case 'w':
		return openat(AT_FDCWD, "/tmp/panicvm-was-here",
			      O_CREAT | O_WRONLY, 0600);
	case 'x':
		return start_program();
	case 'f':
		return start_child();
	case 's':
		return socket(AF_INET, SOCK_STREAM, 0);
	case 'p':
		return ptrace(PTRACE_DETACH, 1, NULL, NULL);
	case 'k':
		return kill(1, 0);
	case 'h':
		return handle_signal();
	case 'm':
		return map_code(PROT_READ | PROT_EXEC);
	case 'M':
		return map_code(PROT_READ | PROT_WRITE);
	case 'i':
		return ioctl(STDERR_FILENO, FIONBIO, &(int){ 0 });
	case 'r':
		return prctl(PR_SET_DUMPABLE, 1);
	case '3':
		return call_i386();
	case 'X':
		return call_x32();
	default:
		return 0;
	}
}

enum end __wrap_chipset_access(struct chipset *chipset,
			       const struct vcpu_access *access,
			       uint8_t *data)
{
	const struct machine *m = container_of(chipset, struct machine,
					       chipset);

	if (access->at == BROKEN && access->write &&
	    (attack(*data) < 0 || reach(m->shared, *data) < 0))
		fprintf(stderr, "broken: '%c': %s\n", *data, strerror(errno));
	return __real_chipset_access(chipset, access, data);
}
