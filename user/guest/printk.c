// SPDX-License-Identifier: GPL-2.0-only
/*
 * A descriptor's id counts records; id modulo their count is its place, and
 * the two top bits of its state word say how far its writer has come.  Places
 * in the text ring count bytes since the start; modulo its size they are a
 * place in it.  A block is its id and the text, never split: one that does not
 * fit before the end of the ring begins anew at its start.
 */
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

/* A descriptor, and the facts of a record, are smaller still. */
#define MAX_STRUCT	256

/* After the length of the text: facility, and flags with the level on top. */
#define FACILITY_AT	2
#define LEVEL_AT	3
#define LEVEL_SHIFT	5

/* The kernel says who it is in the first few lines. */
#define FIRST_LINES	64

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
		{ "OFFSET(printk_info.caller_id)", &ring->info_caller },
	};

	if (!read_numbers(&ring->kernel->info, wanted,
			  sizeof(wanted) / sizeof(wanted[0])))
		return false;
	ring->desc_begin = block + begin;
	ring->desc_next = block + next;
	return true;
}

/* Does each structure have its fields, and room in ours? */
static bool is_possible(const struct printk_ring *ring)
{
	return ring->desc_size <= MAX_STRUCT && ring->info_size <= MAX_STRUCT &&
	       ring->desc_state + WORD <= ring->desc_size &&
	       ring->desc_begin + WORD <= ring->desc_size &&
	       ring->desc_next + WORD <= ring->desc_size &&
	       ring->info_time + WORD <= ring->info_size &&
	       ring->info_len + sizeof(uint32_t) <= ring->info_size &&
	       ring->info_caller + sizeof(uint32_t) <= ring->info_size;
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
	       read_layout(ring, &layout) && is_possible(ring) &&
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

static uint64_t word_at(const uint8_t *bytes, uint64_t offset)
{
	uint64_t word;

	memcpy(&word, bytes + offset, sizeof(word));
	return word;
}

static bool read_text(const struct printk_ring *ring, const uint8_t *desc,
		      struct printk_record *record)
{
	uint64_t begin = word_at(desc, ring->desc_begin);
	uint64_t next = word_at(desc, ring->desc_next);
	uint64_t va, room;

	/* An empty line; or one whose text did not fit, or has been lost. */
	if (NO_TEXT(begin) && NO_TEXT(next))
		return record->len == 0;
	if (!find_text(ring, begin, next, &va, &room))
		return false;
	if (record->len > room)
		record->len = room;
	return guest_kernel_read(ring->kernel, va, record->text, record->len);
}

static void take_facts(const struct printk_ring *ring, const uint8_t *info,
		       struct printk_record *record)
{
	uint16_t len;

	memcpy(&len, info + ring->info_len, sizeof(len));
	memcpy(&record->caller, info + ring->info_caller,
	       sizeof(record->caller));
	record->time = word_at(info, ring->info_time);
	record->facility = info[ring->info_len + FACILITY_AT];
	record->level = info[ring->info_len + LEVEL_AT] >> LEVEL_SHIFT;
	record->has_caller = ring->has_callers;
	record->len = len < PRINTK_TEXT_MAX ? len : PRINTK_TEXT_MAX;
}

bool printk_ring_read(const struct printk_ring *ring, uint64_t back,
		      struct printk_record *record)
{
	uint64_t id = (ring->head - back) & ID_MASK;
	uint64_t place = id & (ring->count - 1);
	uint8_t desc[MAX_STRUCT], info[MAX_STRUCT];

	if (!guest_kernel_read(ring->kernel,
			       ring->descs + place * ring->desc_size, desc,
			       ring->desc_size) ||
	    !is_complete(word_at(desc, ring->desc_state), id) ||
	    !guest_kernel_read(ring->kernel,
			       ring->infos + place * ring->info_size, info,
			       ring->info_size))
		return false;
	take_facts(ring, info, record);
	return read_text(ring, desc, record);
}

uint64_t printk_ring_reach(const struct printk_ring *ring)
{
	const uint64_t *left = ring->kernel->reader->left;
	uint64_t records = printk_ring_records(ring);
	struct printk_record record;
	uint64_t back = 0;

	while (back < records && *left)
		printk_ring_read(ring, back++, &record);
	/* With nothing left, the last of them was not read as a whole. */
	return *left || !back ? back : back - 1;
}

static bool is_kern_line(const struct printk_record *record, const char *prefix)
{
	size_t len = strlen(prefix);

	return record->facility == PRINTK_KERN && record->len >= len &&
	       !memcmp(record->text, prefix, len);
}

/*
 * panic() writes the first; the second once it has done all it could, when the
 * first may have been overwritten.
 */
#define PANIC		"Kernel panic - not syncing"
#define PANIC_ENDS	"---[ end Kernel panic - not syncing"

bool printk_ring_find_panic(const struct printk_ring *ring, uint64_t *back)
{
	const uint64_t *left = ring->kernel->reader->left;
	uint64_t records = printk_ring_records(ring);
	struct printk_record record;
	bool found = false;
	uint64_t i;

	for (i = 0; i < records && *left; i++) {
		if (!printk_ring_read(ring, i, &record) ||
		    record.level != PRINTK_EMERG)
			continue;
		/* The oldest: what made others happen. */
		if (is_kern_line(&record, PANIC) ||
		    (!found && is_kern_line(&record, PANIC_ENDS))) {
			found = true;
			*back = i;
		}
	}
	return found;
}

bool printk_ring_find_line(const struct printk_ring *ring, const char *prefix,
			   struct printk_record *record)
{
	uint64_t records = printk_ring_records(ring);
	unsigned int i;

	for (i = 1; i <= FIRST_LINES && i <= records; i++)
		if (printk_ring_read(ring, records - i, record) &&
		    is_kern_line(record, prefix))
			return true;
	return false;
}

/* What lines of /dev/kmsg are made with, if they show callers. */
static const char callers_format[] = ",caller=%c%u";

bool printk_prints_callers(const struct guest_kernel *kernel, uint64_t va,
			   uint64_t end)
{
	const size_t more = sizeof(callers_format) - 1;
	uint8_t bytes[PAGE_SIZE + sizeof(callers_format)];
	size_t len;

	while ((len = guest_kernel_next(kernel, &va, end, bytes))) {
		va += len;
		/* It may begin at the end of one page. */
		if (guest_kernel_read(kernel, va, bytes + len, more))
			len += more;
		if (memmem(bytes, len, callers_format, sizeof(callers_format)))
			return true;
	}
	return false;
}
