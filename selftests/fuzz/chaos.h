/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FUZZ_CHAOS_H
#define FUZZ_CHAOS_H

#include "random.h"
#include "reporter.h"

/* One call at random; any answer that the contract has for it will do. */
void chaos_call(struct shared *s, struct random *r);

/* Let all vCPUs go on. */
void chaos_end(struct shared *s);

#endif /* FUZZ_CHAOS_H */
