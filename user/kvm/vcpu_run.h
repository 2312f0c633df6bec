/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VCPU_RUN_H
#define VCPU_RUN_H

/* The thread of a struct vcpu: runs the guest whenever the VM runs. */
void *vcpu_thread(void *vcpu);

#endif /* VCPU_RUN_H */
