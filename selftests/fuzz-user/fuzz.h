/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the targets share.  Each is one function that libFuzzer calls with input
 * after input; what is wrong ends it: a sanitizer, or must().
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void must(bool is_true, const char *text);

/* Fit for a terminal and for JSON: no byte of it is a guest's escape. */
void must_be_clean(const char *text, size_t room);

/*
 * What a guest has written over its memory, as input: of each change, where (a
 * byte, for @place), which byte there (two), how many (one), and the bytes.
 * fuzz_undo() takes all of them back.
 */
void fuzz_change(uint8_t *(*place)(uint8_t which), const uint8_t *data,
		 size_t size);
void fuzz_undo(void);

#endif /* FUZZ_H */
