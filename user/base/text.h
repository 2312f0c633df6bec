/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes from a guest, made fit for a terminal and for JSON. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room that text_clean() needs for @len bytes, with the final NUL. */
#define TEXT_CLEAN_MAX(len)	((len) * 4 + 1)

/*
 * The character of UTF-8 at @in, of which there are @len > 0 bytes: how many
 * it has, and which it is; 0 if it is none.
 */
size_t text_char(const uint8_t *in, size_t len, uint32_t *code);

/*
 * Valid UTF-8 of @in into @out; each control character but newline and tab,
 * and each byte that is not UTF-8, becomes \xNN.  Returns the length.
 */
size_t text_clean(char *out, const uint8_t *in, size_t len);

/*
 * The same into @out[@size], as far as it fits: the first character or \xNN
 * that does not is left out, and all after it.
 */
size_t text_clean_cut(char *out, size_t size, const uint8_t *in, size_t len);

/* Is there nothing in @text that text_clean() would change? */
bool text_is_clean(const char *text);

#endif /* TEXT_H */
