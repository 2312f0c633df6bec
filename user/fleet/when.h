/* SPDX-License-Identifier: GPL-2.0-only */
/* Points in time, as records write them: 2026-11-20T18:30:06.670280Z. */
#ifndef WHEN_H
#define WHEN_H

#include <stdbool.h>
#include <stdint.h>

#define WHEN_MAX	28

/* In microseconds since 1970; false: @text is no such time. */
bool when_read(const char *text, uint64_t *when);

void when_write(char out[WHEN_MAX], uint64_t when);

/* For people: 2026-11-20 18:30:06. */
void when_show(char out[WHEN_MAX], uint64_t when);

uint64_t when_now(void);

#endif /* WHEN_H */
