/* SPDX-License-Identifier: GPL-2.0-only */
/* A vCPU's registers: into KVM for the start, out of KVM for the report. */
#ifndef VCPU_STATE_H
#define VCPU_STATE_H

#include "board/boot.h"
#include "guest/regs.h"

/* 0 or -errno; @fd is the vCPU's. */
int vcpu_state_start(int fd, const struct entry *entry);
int vcpu_state_read(int fd, struct regs *regs);

#endif /* VCPU_STATE_H */
