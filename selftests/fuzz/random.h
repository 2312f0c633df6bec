/* SPDX-License-Identifier: GPL-2.0-only */
/* xorshift64*: small, and the same everywhere. */
#ifndef FUZZ_RANDOM_H
#define FUZZ_RANDOM_H

#include <stdint.h>

struct random {
	uint64_t state;	/* not 0 */
};

static inline uint64_t pick_any(struct random *random)
{
	uint64_t x = random->state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	random->state = x;
	return x * 0x2545f4914f6cdd1dULL;
}

/* From 0 to @limit - 1. */
static inline uint64_t pick(struct random *random, uint64_t limit)
{
	return (pick_any(random) >> 32) % limit;
}

#define PICK_OF(random, array)						\
	((array)[pick((random), sizeof(array) / sizeof((array)[0]))])

#endif /* FUZZ_RANDOM_H */
