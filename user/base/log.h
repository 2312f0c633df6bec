/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LOG_H
#define LOG_H

#include "base/out.h"
#include "base/status.h"

/* The longest sentence; less than PIPE_BUF, so that none mix in a pipe. */
#define LOG_MAX		2048

/* Early in main(): from here on nobody who does not read stderr is waited for. */
void log_open(void);

/* stderr, for what is no sentence; its "lost" counts both. */
struct out *log_out(void);

/* One sentence on stderr, behind "panicvm: ". */
__attribute__((format(printf, 1, 2)))
void log_say(const char *fmt, ...);

/* As it is, at once or not at all. */
__attribute__((format(printf, 1, 2)))
void log_progress(const char *fmt, ...);

/*
 * For set-up only: say the sentence, put the terminal back, and exit.  Once
 * the guest runs there may be a record to save: return an error instead.
 */
__attribute__((noreturn, format(printf, 2, 3)))
void log_die(enum status status, const char *fmt, ...);

#endif /* LOG_H */
