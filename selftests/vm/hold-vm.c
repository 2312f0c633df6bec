// SPDX-License-Identifier: GPL-2.0-only
/*
 * In the lab: keep two VMs for as long as the lab runs, one with a local APIC
 * that is not enabled, and one without.
 *
 * KVM patches the scheduler when the first VM comes, and back when the last
 * one goes; and itself, when the first vCPU comes that has no APIC or has not
 * enabled it, and back when the last one of either kind goes.  As QEMU 7.2
 * emulates it, a CPU that runs that code meanwhile may keep the breakpoint that
 * the patch has already removed, and oops: of four runs of the kselftests,
 * which make 150 VMs, three ended so.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/kvm.h>

/* A vCPU that never runs, so that nothing about it changes. */
static int hold(int kvm, bool apic)
{
	int vm = ioctl(kvm, KVM_CREATE_VM, 0);

	if (vm < 0 || (apic && ioctl(vm, KVM_CREATE_IRQCHIP, 0) < 0))
		return -1;
	return ioctl(vm, KVM_CREATE_VCPU, 0);
}

int main(void)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (kvm < 0 || hold(kvm, true) < 0 || hold(kvm, false) < 0) {
		perror("hold-vm: cannot create a VM");
		return 1;
	}
	/* When this process ends, the VMs are there and stay. */
	if (fork())
		return 0;
	for (;;)
		pause();
}
