/* SPDX-License-Identifier: GPL-2.0-only */
/* From an option's text to its value; none of these returns if it has none. */
#ifndef CONF_VALUES_H
#define CONF_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "kvm/backend.h"
#include "panic/model.h"
#include "panic/panic.h"

/* What others use for QEMU's isa-debug-exit. */
#define CONF_EXIT_PORT		0xf4
#define CONF_TIMEOUT_MAX	(365UL * 24 * 3600)

/* A number from @min to @max. */
unsigned long conf_number(const char *option, const char *text,
			  unsigned long min, unsigned long max);

/* Is it "on", and not @other? */
bool conf_is_on(const char *option, const char *text, const char *other);

/* --memory, in bytes */
uint64_t conf_memory(const char *text);

/* --panic; and what only shows with all options read. */
struct models conf_models(const char *text);
void conf_check_models(const struct models *models, uint64_t memory);

uint16_t conf_exit_port(const char *text);

enum backend_choice conf_backend(const char *text);
enum panic_action conf_action(const char *text);

/* --on-crashload; @seconds: the time that a crash kernel has, 0 for any. */
void conf_crashload(const char *text, struct panic_policy *policy,
		    unsigned int *seconds);

#endif /* CONF_VALUES_H */
