// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "guest/printk_text.h"

#define NS_PER_S	UINT64_C(1000000000)
#define NS_PER_US	1000

/* A forged ring can have millions of records without a word in them. */
#define TAIL_RECORDS	8192

void printk_text_init(struct printk_text *text, char *buf, size_t size)
{
	*text = (struct printk_text){ buf, size, size };
}

static void push(struct printk_text *text, const char *bytes, size_t len)
{
	text->start -= len;
	memcpy(text->buf + text->start, bytes, len);
}

static bool push_line(struct printk_text *text, const char *prefix,
		      const char *line, size_t len)
{
	if (strlen(prefix) + len + 1 > text->start)
		return false;
	push(text, "\n", 1);
	push(text, line, len);
	push(text, prefix, strlen(prefix));
	return true;
}

bool printk_text_add(struct printk_text *text,
		     const struct printk_record *record)
{
	char prefix[PRINTK_PREFIX_MAX + 1];
	size_t left = record->len;
	const char *newline;
	size_t line;

	snprintf(prefix, sizeof(prefix), "[%5" PRIu64 ".%06" PRIu64 "] ",
		 record->time / NS_PER_S, record->time % NS_PER_S / NS_PER_US);
	/* Every line gets a time of its own, from the last to the first. */
	do {
		newline = memrchr(record->text, '\n', left);
		line = newline ? (size_t)(newline - record->text) + 1 : 0;
		if (!push_line(text, prefix, record->text + line, left - line))
			return false;
		left = line - 1;
	} while (newline);
	return true;
}

void printk_text_add_tail(struct printk_text *text,
			  const struct printk_ring *ring)
{
	uint64_t records = printk_ring_records(ring);
	struct printk_record record;
	uint64_t back;

	if (records > TAIL_RECORDS)
		records = TAIL_RECORDS;
	for (back = 0; back < records; back++)
		if (printk_ring_read(ring, back, &record) &&
		    !printk_text_add(text, &record))
			break;
}
