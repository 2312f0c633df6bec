// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

void buf_init(struct buf *buf, char *text, size_t size)
{
	*buf = (struct buf){ .text = text, .size = size };
	text[0] = '\0';
}

void buf_put(struct buf *buf, const char *text)
{
	size_t len = strlen(text);

	if (len >= buf->size - buf->len) {
		buf->full = true;
		return;
	}
	memcpy(buf->text + buf->len, text, len + 1);
	buf->len += len;
}

void buf_print(struct buf *buf, const char *fmt, ...)
{
	char text[256];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (len < 0 || (size_t)len >= sizeof(text)) {
		buf->full = true;
		return;
	}
	buf_put(buf, text);
}
