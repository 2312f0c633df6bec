/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FUZZ_FAIL_H
#define FUZZ_FAIL_H

/* If set, it prints where the program was, before what is wrong. */
extern void (*fail_where)(void);

void fail(const char *format, ...) __attribute__((format(printf, 1, 2),
						  noreturn));

/*
 * Fail if progress() is not called for so long, as when KVM_RUN does not return
 * or a guest goes on for ever.
 */
void fail_without_progress(unsigned int seconds);
void progress(void);

/* @got and @wanted: 0 or a negative errno. */
void verify_errno(const char *what, int got, int wanted);

#endif /* FUZZ_FAIL_H */
