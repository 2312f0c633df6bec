/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What has states has a table: for each state those that may follow it, as bits
 * of a word.  The one function that changes the state asserts that it follows
 * the table.
 */
#ifndef STATES_H
#define STATES_H

#include <stdbool.h>

#define STATE(state)	(1U << (state))

static inline bool state_may_follow(const unsigned int *next, unsigned int from,
				    unsigned int to)
{
	return next[from] & STATE(to);
}

#endif /* STATES_H */
