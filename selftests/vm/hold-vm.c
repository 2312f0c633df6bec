// SPDX-License-Identifier: GPL-2.0-only
/*
 * In the lab: keep one empty VM for as long as the lab runs.
 *
 * KVM patches the scheduler when the first VM comes, and back when the last
 * one goes.  As QEMU 7.2 emulates it, a CPU that runs the scheduler meanwhile
 * may keep the breakpoint that the patch has already removed, and oops: of four
 * runs of the kselftests, which make 150 VMs, three ended so.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/kvm.h>

int main(void)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (kvm < 0 || ioctl(kvm, KVM_CREATE_VM, 0) < 0) {
		perror("hold-vm: cannot create a VM");
		return 1;
	}
	/* Whoever waits for this program can rely on the VM. */
	if (fork())
		return 0;
	for (;;)
		pause();
}
