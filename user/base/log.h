/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LOG_H
#define LOG_H

#include "base/out.h"
#include "base/status.h"

/* The longest sentence: less than PIPE_BUF, so that a pipe keeps it whole. */
#define LOG_MAX		2048

/* Early in main(): after it a stderr that is not read stops nothing. */
void log_open(void);

/* Sentences begin with this name, of static storage, instead of "panicvm". */
void log_as(const char *program);

/* stderr, to write records to; its "lost" counts sentences and records. */
struct out *log_out(void);

/* One sentence on stderr, behind the program's name. */
__attribute__((format(printf, 1, 2)))
void log_say(const char *fmt, ...);

/* Text without a newline, written at once or not at all. */
__attribute__((format(printf, 1, 2)))
void log_progress(const char *fmt, ...);

/*
 * For the set-up of a boot, which may be a later one: log_say(), and return
 * @status, which callers hand on as it is, up to session.c.  0 is success.
 */
__attribute__((format(printf, 2, 3)))
enum status log_fail(enum status status, const char *fmt, ...);

/*
 * Only before the first boot: say the sentence, put the terminal back, and
 * exit.  Once a guest has run there may be a record, a core or a VM to keep.
 */
__attribute__((noreturn, format(printf, 2, 3)))
void log_die(enum status status, const char *fmt, ...);

#endif /* LOG_H */
