// SPDX-License-Identifier: GPL-2.0-only
/*
 * A descriptor's id counts records; id modulo their count is its place, and
 * the two top bits of its state word say how far its writer has come.  Places
 * in the text ring count bytes since the start; modulo its size they are a
 * place in it.  A block is its id and the text, never split: one that does not
 * fit before the end of the ring begins anew at its start.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "guest/printk.h"

#define WORD		sizeof(uint64_t)

#define STATE_SHIFT	62
#define ID_MASK		((UINT64_C(1) << STATE_SHIFT) - 1)

enum state {
	STATE_RESERVED,
	STATE_COMMITTED,
	STATE_FINALIZED,
	STATE_REUSABLE,
};

/* Both ends of a block are odd: it has no text. */
#define NO_TEXT(lpos)	((lpos) & 1)

/* Larger rings than Linux allows are forged: 2 GiB, 32 bytes a record. */
#define MAX_TEXT_BITS	31
#define MAX_COUNT_BITS	26

/* Structures are small; sums of a few of these cannot wrap. */
#define MAX_OFFSET	4096

#define NS_PER_S	UINT64_C(1000000000)
#define NS_PER_US	1000

/* A forged ring can have millions of records without a word in them. */
#define TAIL_RECORDS	8192

struct wanted {
	const char *key;
	uint64_t *value;
};

static bool read_numbers(const struct vmcoreinfo *info,
			 const struct wanted *wanted, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!vmcoreinfo_decimal(info, wanted[i].key, wanted[i].value) ||
		    *wanted[i].value > MAX_OFFSET)
			return false;
	return true;
}

/* The offsets that are of no interest once the ring is found. */
struct layout {
	uint64_t desc_ring, text_ring;
	uint64_t count_bits, descs, infos, head, tail;
	uint64_t size_bits, data;
};

static bool read_layout(struct printk_ring *ring, struct layout *l)
{
	uint64_t block, begin, next;
	const struct wanted wanted[] = {
		{ "OFFSET(printk_ringbuffer.desc_ring)", &l->desc_ring },
		{ "OFFSET(printk_ringbuffer.text_data_ring)", &l->text_ring },
		{ "OFFSET(prb_desc_ring.count_bits)", &l->count_bits },
		{ "OFFSET(prb_desc_ring.descs)", &l->descs },
		{ "OFFSET(prb_desc_ring.infos)", &l->infos },
		{ "OFFSET(prb_desc_ring.head_id)", &l->head },
		{ "OFFSET(prb_desc_ring.tail_id)", &l->tail },
		{ "OFFSET(prb_data_ring.size_bits)", &l->size_bits },
		{ "OFFSET(prb_data_ring.data)", &l->data },
		{ "SIZE(prb_desc)", &ring->desc_size },
		{ "OFFSET(prb_desc.state_var)", &ring->desc_state },
		{ "OFFSET(prb_desc.text_blk_lpos)", &block },
		{ "OFFSET(prb_data_blk_lpos.begin)", &begin },
		{ "OFFSET(prb_data_blk_lpos.next)", &next },
		{ "SIZE(printk_info)", &ring->info_size },
		{ "OFFSET(printk_info.ts_nsec)", &ring->info_time },
		{ "OFFSET(printk_info.text_len)", &ring->info_len },
	};

	if (!read_numbers(&ring->kernel->info, wanted,
			  sizeof(wanted) / sizeof(wanted[0])))
		return false;
	ring->desc_begin = block + begin;
	ring->desc_next = block + next;
	return true;
}

static bool read_word(const struct printk_ring *ring, uint64_t va,
		      uint64_t *value)
{
	return guest_kernel_read(ring->kernel, va, value, sizeof(*value));
}

/* A size is kept as the number of its bits. */
static bool read_size(const struct printk_ring *ring, uint64_t va,
		      uint32_t max_bits, uint64_t *size)
{
	uint32_t bits;

	if (!guest_kernel_read(ring->kernel, va, &bits, sizeof(bits)) ||
	    bits > max_bits)
		return false;
	*size = UINT64_C(1) << bits;
	return true;
}

static bool read_rings(struct printk_ring *ring, uint64_t prb,
		       const struct layout *l)
{
	uint64_t descs = prb + l->desc_ring;
	uint64_t text = prb + l->text_ring;

	return read_size(ring, descs + l->count_bits, MAX_COUNT_BITS,
			 &ring->count) &&
	       read_word(ring, descs + l->descs, &ring->descs) &&
	       read_word(ring, descs + l->infos, &ring->infos) &&
	       read_word(ring, descs + l->head, &ring->head) &&
	       read_word(ring, descs + l->tail, &ring->tail) &&
	       read_size(ring, text + l->size_bits, MAX_TEXT_BITS,
			 &ring->text_size) &&
	       read_word(ring, text + l->data, &ring->text);
}

bool printk_ring_open(struct printk_ring *ring,
		      const struct guest_kernel *kernel)
{
	struct layout layout;
	uint64_t symbol, prb;

	*ring = (struct printk_ring){ .kernel = kernel };
	return vmcoreinfo_hex(&kernel->info, "SYMBOL(prb)", &symbol) &&
	       read_layout(ring, &layout) &&
	       read_word(ring, symbol, &prb) &&
	       read_rings(ring, prb, &layout) &&
	       printk_ring_records(ring) <= ring->count;
}

uint64_t printk_ring_records(const struct printk_ring *ring)
{
	return ((ring->head - ring->tail) & ID_MASK) + 1;
}

static bool is_complete(uint64_t state, uint64_t id)
{
	return (state & ID_MASK) == id &&
	       (state >> STATE_SHIFT == STATE_COMMITTED ||
		state >> STATE_SHIFT == STATE_FINALIZED);
}

/* The text of a block and what it has room for. */
static bool find_text(const struct printk_ring *ring, uint64_t begin,
		      uint64_t next, uint64_t *va, uint64_t *room)
{
	uint64_t mask = ring->text_size - 1;
	uint64_t last = next - 1;	/* it may end just where the ring does */
	uint64_t at = begin & mask;

	if ((begin & ~mask) == (last & ~mask)) {
		*room = next - begin;
	} else if (((begin + ring->text_size) & ~mask) == (last & ~mask)) {
		at = 0;
		*room = next & mask;
	} else {
		return false;
	}
	if (*room < WORD || *room > ring->text_size - at)
		return false;
	*room -= WORD;
	*va = ring->text + at + WORD;
	return true;
}

static bool read_text(const struct printk_ring *ring, uint64_t desc,
		      struct printk_record *record)
{
	uint64_t begin, next, va, room;

	if (!read_word(ring, desc + ring->desc_begin, &begin) ||
	    !read_word(ring, desc + ring->desc_next, &next))
		return false;
	/* An empty line; or one whose text did not fit, or has been lost. */
	if (NO_TEXT(begin) && NO_TEXT(next))
		return record->len == 0;
	if (!find_text(ring, begin, next, &va, &room))
		return false;
	if (record->len > room)
		record->len = room;
	return guest_kernel_read(ring->kernel, va, record->text, record->len);
}

bool printk_ring_read(const struct printk_ring *ring, uint64_t back,
		      struct printk_record *record)
{
	uint64_t id = (ring->head - back) & ID_MASK;
	uint64_t place = id & (ring->count - 1);
	uint64_t desc = ring->descs + place * ring->desc_size;
	uint64_t info = ring->infos + place * ring->info_size;
	uint64_t state;
	uint16_t len;

	if (!read_word(ring, desc + ring->desc_state, &state) ||
	    !is_complete(state, id) ||
	    !read_word(ring, info + ring->info_time, &record->time) ||
	    !guest_kernel_read(ring->kernel, info + ring->info_len, &len,
			       sizeof(len)))
		return false;
	record->len = len < PRINTK_TEXT_MAX ? len : PRINTK_TEXT_MAX;
	return read_text(ring, desc, record);
}

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
