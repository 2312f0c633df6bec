/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FUZZ_ACCESS_H
#define FUZZ_ACCESS_H

#include "state.h"

/* One access of a vCPU at random; fails if it does not go as the model says. */
void fuzz_access(struct fuzz *f);

#endif /* FUZZ_ACCESS_H */
