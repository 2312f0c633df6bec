/* SPDX-License-Identifier: GPL-2.0-only */
/* What stands for KVM: ioctl() comes to test_vm.c. */
#ifndef FAKE_KVM_H
#define FAKE_KVM_H

/* KVM_GET_MP_STATE and KVM_GET_VCPU_EVENTS, in test_vcpu.c. */
int fake_vcpu_ioctl(unsigned long request, void *arg);

#endif /* FAKE_KVM_H */
