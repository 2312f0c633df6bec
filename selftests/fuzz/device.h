/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FUZZ_DEVICE_H
#define FUZZ_DEVICE_H

#include "state.h"

/* One call at random; fails if the answer is not as the model says. */
void fuzz_device(struct fuzz *f);

#endif /* FUZZ_DEVICE_H */
