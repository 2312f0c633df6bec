// SPDX-License-Identifier: GPL-2.0-only
/*
 * In: a panicvm that has all it needs open.  Out: one that can do no more than
 * run a guest.  The order: what libc would open later is opened now, then no
 * way to gain privileges, then none left, then no paths but some, and last the
 * filter, which would not allow any of this.
 *
 * A call that the filter does not know raises SIGSYS in the thread that made
 * it, so SIGSYS must stay unblocked everywhere: blocked, it kills silently.
 */
#include <errno.h>
#include <linux/capability.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/log.h"
#include "sandbox/sandbox.h"
#include "sandbox/sandbox_filter.h"
#include "sandbox/sandbox_paths.h"

#define THREAD_NAME_MAX	16	/* PR_GET_NAME, with the NUL */

/* A build for tests only. */
#ifndef SANITIZED
#define SANITIZED	0
#endif

struct call_name {
	int nr;
	const char *name;
};

/* What an intruder would try first; of others the number says enough. */
static const struct call_name call_names[] = {
	{ __NR_open, "open" }, { __NR_openat, "openat" },
	{ __NR_openat2, "openat2" }, { __NR_creat, "creat" },
	{ __NR_execve, "execve" }, { __NR_execveat, "execveat" },
	{ __NR_fork, "fork" }, { __NR_vfork, "vfork" },
	{ __NR_clone, "clone" }, { __NR_socket, "socket" },
	{ __NR_connect, "connect" }, { __NR_ptrace, "ptrace" },
	{ __NR_kill, "kill" }, { __NR_tgkill, "tgkill" },
	{ __NR_ioctl, "ioctl" }, { __NR_mmap, "mmap" },
	{ __NR_mprotect, "mprotect" }, { __NR_rt_sigaction, "rt_sigaction" },
	{ __NR_prctl, "prctl" }, { __NR_unlink, "unlink" },
	{ __NR_rename, "rename" }, { __NR_fcntl, "fcntl" },
};

static const char *name_of(int nr)
{
	size_t i;

	for (i = 0; i < sizeof(call_names) / sizeof(call_names[0]); i++)
		if (call_names[i].nr == nr)
			return call_names[i].name;
	return "one that panicvm never makes";
}

/* Words and numbers: nothing here takes a lock or memory. */
static void on_forbidden(int sig, siginfo_t *info, void *context)
{
	const ucontext_t *uc = context;
	const greg_t *regs = uc->uc_mcontext.gregs;
	char thread[THREAD_NAME_MAX] = "";

	prctl(PR_GET_NAME, thread);
	log_say("the sandbox ends panicvm: thread '%s' made system call %d (%s) with 0x%llx, 0x%llx, 0x%llx; a guest has taken it over, or it is a defect, which --sandbox off gets around",
		thread, info->si_syscall, name_of(info->si_syscall),
		regs[REG_RDI], regs[REG_RSI], regs[REG_RDX]);
	/* SA_RESETHAND: this time it kills. */
	raise(sig);
}

static int catch_forbidden(void)
{
	const struct sigaction action = {
		.sa_sigaction = on_forbidden,
		.sa_flags = SA_SIGINFO | SA_RESETHAND | SA_NODEFER,
	};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGSYS);
	if (sigaction(SIGSYS, &action, NULL) < 0 ||
	    sigprocmask(SIG_UNBLOCK, &set, NULL) < 0)
		return -errno;
	return 0;
}

/*
 * The bounding set is for CAP_SETPCAP to shrink; who lacks that has nothing
 * to gain from it, with no_new_privs.
 */
static int drop_bounding_set(void)
{
	int cap = 0;

	while (!prctl(PR_CAPBSET_DROP, cap, 0, 0, 0))
		cap++;
	/* There is no such capability: that was the last. */
	return errno == EINVAL || errno == EPERM ? 0 : -errno;
}

static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {
		{ 0 },
	};
	int err = drop_bounding_set();

	if (err)
		return err;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 ||
	    syscall(__NR_capset, &header, none) < 0)
		return -errno;
	return 0;
}

static void *do_nothing(void *arg)
{
	return arg;
}

/*
 * What libc does once, when it is first asked: for gmtime_r() it reads the
 * time zone, for a thread it handles a signal of its own.
 */
static int prepare_libc(void)
{
	pthread_t thread;
	int err;

	tzset();
	err = pthread_create(&thread, NULL, do_nothing, NULL);
	if (!err)
		err = pthread_join(thread, NULL);
	return -err;
}

static void check(const char *step, int err)
{
	if (err)
		log_die(STATUS_HOST, "the sandbox cannot be entered: %s: %s; --sandbox off does without it",
			step, strerror(-err));
}

void sandbox_enter(const struct sandbox *sandbox)
{
	check("libc", prepare_libc());
	check("SIGSYS", catch_forbidden());
	check("no_new_privs", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ?
			      -errno : 0);
	check("capabilities", drop_capabilities());
	/* LeakSanitizer reads /proc and attaches to all threads, at the end. */
	if (SANITIZED)
		return;
	check("Landlock",
	      sandbox_paths_limit(sandbox->core_dir, sandbox->monitor));
	check("seccomp",
	      sandbox_filter_load(sandbox->core_dir, sandbox->monitor));
}
