/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Phase 2: a thread for each vCPU, and more for the device.  Nobody knows who
 * is first; what must hold all the same is verified.
 */
#ifndef FUZZ_THREADS_H
#define FUZZ_THREADS_H

#include <stdint.h>

void fuzz_threads(uint64_t seed, uint64_t operations);

#endif /* FUZZ_THREADS_H */
