/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FUZZ_THREADS_H
#define FUZZ_THREADS_H

#include <stdint.h>

/* Phase 2; fails if something is not as it must be in any order of threads. */
void fuzz_threads(uint64_t seed, uint64_t operations);

#endif /* FUZZ_THREADS_H */
