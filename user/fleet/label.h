/* SPDX-License-Identifier: GPL-2.0-only */
/* Names that come from guests, files and other machines, fit to be shown. */
#ifndef LABEL_H
#define LABEL_H

#include <stddef.h>

/*
 * @text into @out[@size], in UTF-8 and on one line.  What a terminal or browser
 * would obey, or not show, is written as \u{202e}, and what is not UTF-8 as
 * \x80.  What does not fit is "..." in the end.
 */
void label_clean(char *out, size_t size, const char *text);

#endif /* LABEL_H */
