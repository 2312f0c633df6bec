// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table: each system call of a panicvm whose guest runs, and why it makes
 * it.  Rules are tried in their order: so that of KVM_RUN is first.
 */
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <linux/sched.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/sandbox_bpf.h"
#include "sandbox/sandbox_filter.h"

static const uint32_t requests[] = {
	KVM_RUN,
	KVM_IRQ_LINE,			/* COM1 */
	/* What a record and a core have of each vCPU, and KVM's latch. */
	KVM_GET_REGS, KVM_GET_SREGS, KVM_GET_MSRS, KVM_GET_DEVICE_ATTR,
	KVM_SET_DEVICE_ATTR,		/* acknowledge a panic */
	KVM_NMI,			/* inject-nmi */
	KVM_GET_MP_STATE, KVM_GET_VCPU_EVENTS,	/* has it halted for good? */
	/* A restart: the VM is made again, as it was when panicvm started. */
	KVM_CREATE_VM, KVM_CHECK_EXTENSION, KVM_GET_VCPU_MMAP_SIZE,
	KVM_GET_SUPPORTED_CPUID, KVM_SET_IDENTITY_MAP_ADDR, KVM_SET_TSS_ADDR,
	KVM_CREATE_IRQCHIP, KVM_CREATE_PIT2, KVM_ENABLE_CAP,
	KVM_SET_USER_MEMORY_REGION,
	KVM_X86_SET_MSR_FILTER,		/* the crash MSRs of Hyper-V */
	KVM_CREATE_DEVICE, KVM_HAS_DEVICE_ATTR, KVM_CREATE_VCPU,
	KVM_SET_CPUID2, KVM_SET_SIGNAL_MASK, KVM_SET_REGS, KVM_SET_SREGS,
	KVM_SET_MSRS, KVM_GET_STATS_FD,
	/* The terminal, raw and back; TCGETS2 and so on are newer libcs'. */
	TCGETS, TCSETS, TCGETS2, TCSETS2,
	TIOCGPGRP,			/* is panicvm in its foreground? */
	0
};

static const uint32_t names[] = { PR_SET_NAME, PR_GET_NAME, 0 };

static const struct rule rules[] = {
	{ .nr = __NR_ioctl, .test = IN, .arg = 1, .list = requests },

	/* The console, the records, wake-ups: of what is open already. */
	{ .nr = __NR_read },
	{ .nr = __NR_write },
	{ .nr = __NR_writev },		/* assert() */
	{ .nr = __NR_sendto },		/* a socket, which is not waited for */
	{ .nr = __NR_close },
	{ .nr = __NR_poll },
	{ .nr = __NR_ppoll },
	/* instead of poll(), when others lower RLIMIT_NOFILE */
	{ .nr = __NR_select },
	{ .nr = __NR_pselect6 },
	{ .nr = __NR_restart_syscall },	/* poll(), after SIGSTOP, SIGCONT */

	/* Time: for records and time-outs; by vDSO only where the TSC is good */
	{ .nr = __NR_clock_gettime },
	{ .nr = __NR_timerfd_create },
	{ .nr = __NR_timerfd_settime },

	/* Signals: to kick vCPU threads, and to be asked to end. */
	{ .nr = __NR_signalfd4 },
	{ .nr = __NR_eventfd2 },
	{ .nr = __NR_getpid },
	{ .nr = __NR_getpgrp },		/* is the terminal this job's? */
	{ .nr = __NR_gettid },
	{ .nr = __NR_rt_sigprocmask },
	{ .nr = __NR_rt_sigreturn },
	{ .nr = __NR_rt_sigtimedwait },

	/*
	 * Threads.  The flags of clone3() are out of a filter's sight; where
	 * it is missing, libc uses clone().
	 */
	{ .nr = __NR_futex },
	{ .nr = __NR_clone3, .test = FAILS, .error = ENOSYS },
	{ .nr = __NR_clone, .test = WITH, .arg = 0, .bits = CLONE_THREAD },
	{ .nr = __NR_set_robust_list },
	{ .nr = __NR_rseq },
	{ .nr = __NR_prctl, .test = IN, .arg = 0, .list = names },
	{ .nr = __NR_sched_getaffinity }, /* malloc() in a second thread */
	{ .nr = __NR_exit },
	{ .nr = __NR_exit_group },

	/* Memory: stacks, guests', libc's own; none that can be executed. */
	{ .nr = __NR_mmap, .test = WITHOUT, .arg = 2, .bits = PROT_EXEC },
	{ .nr = __NR_mprotect, .test = WITHOUT, .arg = 2, .bits = PROT_EXEC },
	{ .nr = __NR_munmap },
	{ .nr = __NR_madvise },
	{ .nr = __NR_brk },
	{ .nr = __NR_getrandom },	/* malloc() of newer libcs */

	/* Images, read again at a restart; libc's fstat() is one of two. */
	{ .nr = __NR_pread64 },
	{ .nr = __NR_fstat },
	{ .nr = __NR_newfstatat },

	/* A core, into a file with holes that is open, or passed by "fd:". */
	{ .nr = __NR_pwrite64 },
	{ .nr = __NR_lseek },
	{ .nr = __NR_ftruncate },
	{ .nr = __NR_fsync },
	{ .nr = __NR_fstatfs },		/* is there room for it? */
};

/* AF_UNIX and SOCK_STREAM are 1 both: that is the domain, and the type. */
static const uint32_t sockets[] = {
	AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0
};

static const uint32_t descriptor[] = { F_GETFL, F_DUPFD_CLOEXEC, 0 };

/* Its clients come and go; rename-restart makes another socket. */
static const struct rule monitor_rules[] = {
	{ .nr = __NR_accept4 },
	{ .nr = __NR_shutdown },	/* before close(): no more input */
	{ .nr = __NR_recvmsg },		/* with the descriptors of "fd:" */
	{ .nr = __NR_fcntl, .test = IN, .arg = 1, .list = descriptor },
	{ .nr = __NR_socket, .test = IN, .arg2 = 1, .list = sockets },
	{ .nr = __NR_bind },
	{ .nr = __NR_listen },
	{ .nr = __NR_fchmod },
	{ .nr = __NR_umask },		/* for the mode of that socket alone */
	{ .nr = __NR_link },
	{ .nr = __NR_unlink },
	/* What is at that path already is not ours: then it is not taken. */
	{ .nr = __NR_connect, .test = FAILS, .error = EACCES },
};

static void add_rules(struct bpf *bpf, const struct rule *rule, size_t nr)
{
	while (nr--)
		bpf_add_rule(bpf, rule++);
}

#define ADD_RULES(bpf, rules) \
	add_rules(bpf, rules, sizeof(rules) / sizeof((rules)[0]))

/* Only panicvm's own threads can be kicked. */
static void add_kick(struct bpf *bpf)
{
	const uint32_t self[] = { (uint32_t)getpid(), 0 };
	const struct rule kick = { .nr = __NR_tgkill, .test = IN, .list = self };

	bpf_add_rule(bpf, &kick);
}

/* A core is made beside its name, and gets that when it is whole. */
static void add_core(struct bpf *bpf, int core_dir)
{
	const uint32_t dir[] = { (uint32_t)core_dir, 0 };
	const struct rule open = { .nr = __NR_openat, .test = IN, .list = dir };
	const struct rule rename = {
		.nr = __NR_renameat, .test = IN, .arg2 = 2, .list = dir,
	};
	const struct rule unlink = {
		.nr = __NR_unlinkat, .test = IN, .list = dir,
	};

	/* Find partial cores that a killed panicvm left. */
	const struct rule list = {
		.nr = __NR_getdents64, .test = IN, .list = dir,
	};
	const struct rule lock = { .nr = __NR_flock };

	bpf_add_rule(bpf, &list);
	bpf_add_rule(bpf, &lock);
	bpf_add_rule(bpf, &open);
	bpf_add_rule(bpf, &rename);
	bpf_add_rule(bpf, &unlink);
}

int sandbox_filter_load(int core_dir, bool monitor)
{
	struct bpf bpf;

	bpf_begin(&bpf);
	ADD_RULES(&bpf, rules);
	add_kick(&bpf);
	if (core_dir >= 0)
		add_core(&bpf, core_dir);
	if (monitor)
		ADD_RULES(&bpf, monitor_rules);
	return bpf_load(&bpf);
}
