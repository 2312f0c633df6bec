/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LOG_H
#define LOG_H

#include "base/status.h"

/* One sentence on stderr, behind "panicvm: ". */
__attribute__((format(printf, 1, 2)))
void log_say(const char *fmt, ...);

/*
 * For set-up only: say the sentence, put the terminal back, and exit.  Once
 * the guest runs there may be a record to save: return an error instead.
 */
__attribute__((noreturn, format(printf, 2, 3)))
void log_die(enum status status, const char *fmt, ...);

#endif /* LOG_H */
