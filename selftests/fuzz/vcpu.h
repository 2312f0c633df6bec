/* SPDX-License-Identifier: GPL-2.0-only */
/* Accesses of vCPUs. */
#ifndef FUZZ_VCPU_H
#define FUZZ_VCPU_H

#include "state.h"

/* One of a vCPU at random; fails if it is not as the model says. */
void fuzz_vcpu(struct fuzz *f);

#endif /* FUZZ_VCPU_H */
