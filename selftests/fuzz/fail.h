/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of a program that has found something, in TAP. */
#ifndef FUZZ_FAIL_H
#define FUZZ_FAIL_H

/* Prints where the program was, before what is wrong.  May be NULL. */
extern void (*fail_where)(void);

void fail(const char *format, ...) __attribute__((format(printf, 1, 2),
						  noreturn));

/*
 * Fail if nobody calls progress() for so long: KVM_RUN does not return, or the
 * guest goes on for ever.
 */
void fail_without_progress(unsigned int seconds);
void progress(void);

/* @got and @wanted: 0 or a negative errno. */
void verify_errno(const char *what, int got, int wanted);

#endif /* FUZZ_FAIL_H */
