// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "guest/printk_text.h"

#define NS_PER_S	UINT64_C(1000000000)
#define NS_PER_US	1000

/* Of a caller's id: it is a CPU's, in an interrupt. */
#define CALLER_IS_CPU	(UINT32_C(1) << 31)

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

static void make_prefix(char prefix[PRINTK_PREFIX_MAX + 1],
			const struct printk_record *record)
{
	char caller[12], column[sizeof(caller) + 2] = "";

	if (record->has_caller) {
		snprintf(caller, sizeof(caller), "%c%" PRIu32,
			 record->caller & CALLER_IS_CPU ? 'C' : 'T',
			 record->caller & ~CALLER_IS_CPU);
		snprintf(column, sizeof(column), "[%6s]", caller);
	}
	snprintf(prefix, PRINTK_PREFIX_MAX + 1,
		 "[%5" PRIu64 ".%06" PRIu64 "]%s ", record->time / NS_PER_S,
		 record->time % NS_PER_S / NS_PER_US, column);
}

bool printk_text_add(struct printk_text *text,
		     const struct printk_record *record)
{
	char prefix[PRINTK_PREFIX_MAX + 1];
	size_t left = record->len;
	const char *newline;
	size_t line;

	make_prefix(prefix, record);
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
			  const struct printk_ring *ring, uint64_t back,
			  bool own)
{
	const uint64_t *left = ring->kernel->reader->left;
	uint64_t records = printk_ring_records(ring);
	struct printk_record record;

	for (; back < records && *left; back++)
		if (printk_ring_read(ring, back, &record) &&
		    (!own || record.facility == PRINTK_KERN) &&
		    !printk_text_add(text, &record))
			break;
}

/* What a record takes as text, at most; for a window that need not be exact. */
static size_t text_size(const struct printk_record *record)
{
	char prefix[PRINTK_PREFIX_MAX + 1];
	size_t lines = 1;
	size_t i;

	make_prefix(prefix, record);
	for (i = 0; i < record->len; i++)
		lines += record->text[i] == '\n';
	return record->len + lines * (strlen(prefix) + 1);
}

uint64_t printk_text_newest(const struct printk_ring *ring, uint64_t back,
			    size_t size)
{
	struct printk_record record;
	uint64_t newest = back;
	size_t len = 0;

	while (*ring->kernel->reader->left) {
		if (printk_ring_read(ring, newest, &record))
			len += text_size(&record);
		if (!newest || len > size)
			break;
		newest--;
	}
	/* What was too much is not one of them. */
	return len > size && newest < back ? newest + 1 : newest;
}
