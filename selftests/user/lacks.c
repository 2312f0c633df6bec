// SPDX-License-Identifier: GPL-2.0-only
/*
 * LD_PRELOAD=./lacks.so: a KVM that lacks something, on a host whose KVM has it.
 * LACKS names it: "filter", the filter of MSRs, as before Linux 5.10; "hyperv",
 * the emulation of Hyper-V, as without CONFIG_KVM_HYPERV.  "memory": there is a
 * filter of MSRs, but it cannot be had.
 */
#include <dlfcn.h>
#include <errno.h>
#include <linux/kvm.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

static int (*real_ioctl)(int fd, unsigned long request, ...);
static const char *lacks;

__attribute__((constructor))
static void find_real(void)
{
	*(void **)&real_ioctl = dlsym(RTLD_NEXT, "ioctl");
	lacks = getenv("LACKS");
}

static bool is_lacking(const char *what)
{
	return lacks && !strcmp(lacks, what);
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (request == KVM_CHECK_EXTENSION &&
	    ((arg == (void *)KVM_CAP_X86_MSR_FILTER && is_lacking("filter")) ||
	     (arg == (void *)KVM_CAP_HYPERV && is_lacking("hyperv"))))
		return 0;
	if (request == KVM_X86_SET_MSR_FILTER && is_lacking("memory")) {
		errno = ENOMEM;
		return -1;
	}
	return real_ioctl(fd, request, arg);
}
