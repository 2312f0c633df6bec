// SPDX-License-Identifier: GPL-2.0-only
/* What KVM may answer, and does not often. */
#include <errno.h>
#include <stdarg.h>
#include <sys/ioctl.h>

#include "kvm/vm.h"
#include "fake_kvm.h"
#include "tap.h"

static int interrupts;

int __wrap_ioctl(int fd, unsigned long request, ...);
int __real_ioctl(int fd, unsigned long request, ...);

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (request == KVM_GET_MP_STATE || request == KVM_GET_VCPU_EVENTS)
		return fake_vcpu_ioctl(request, arg);
	if (request != KVM_CREATE_VM)
		return __real_ioctl(fd, request, arg);
	if (!interrupts--)
		return 17;
	errno = EINTR;
	return -1;
}

void test_vm(void)
{
	struct vm vm = { .kvm = -1 };

	interrupts = 3;
	claim(!vm_create_bare(&vm) && vm.fd == 17,
	      "vm: an interrupted KVM_CREATE_VM is tried again");
}
