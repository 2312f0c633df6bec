// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ring that Linux begins with is static, and its head is like nothing
 * else: a size in bits, addresses of arrays, positions in them, the size of
 * the text in bits, which is larger by 5, and its address.
 *
 *   count_bits, descs, infos, head_id, tail_id,
 *   [since 6.8: last_finalized_seq,] size_bits, data, head_lpos, tail_lpos
 *
 * The first record has the id -count, of 62 bits, or of 32 bits in older
 * kernels; the next one has one more, and so on.  A block of text begins with
 * its id.
 */
#include <string.h>

#include "guest/log_buffer.h"

#define WORD		sizeof(uint64_t)

#define ID_MASK		((UINT64_C(1) << 62) - 1)
#define SHORT_IDS	(UINT64_C(1) << 32)

/* CONFIG_LOG_BUF_SHIFT is 12 or more, log_buf_len= at most 2 GiB. */
#define MIN_COUNT_BITS	7
#define MAX_COUNT_BITS	26
#define TEXT_BITS	5	/* more than those of the count */

/* All that Linux maps for itself is above. */
#define KERNEL_START	UINT64_C(0xffff800000000000)

/* Of struct printk_info; the size depends on how the kernel is built. */
#define INFO_MIN	88
#define INFO_MAX	256

enum head {
	HEAD_COUNT_BITS,
	HEAD_DESCS,
	HEAD_INFOS,
	HEAD_HEAD_ID,
	HEAD_TAIL_ID,
	HEAD_TEXT,		/* here, or one further on */
	HEAD_NR = HEAD_TEXT + 5,
};

/* From there. */
enum text_head {
	TEXT_SIZE_BITS,
	TEXT_DATA,
	TEXT_HEAD_LPOS,
	TEXT_TAIL_LPOS,
};

static bool is_address(uint64_t word)
{
	return word >= KERNEL_START && word % WORD == 0;
}

static bool is_count_bits(uint64_t word)
{
	return word >= MIN_COUNT_BITS && word <= MAX_COUNT_BITS;
}

/*
 * How many records there have been before the one with this id.  Of 62 bits,
 * ids soon begin anew at 0.
 */
static uint64_t number(const struct printk_ring *ring, uint64_t id)
{
	uint64_t first = SHORT_IDS - ring->count;

	if (id < first || id > ID_MASK / 2)
		first = 0 - ring->count;
	return (id - first) & ID_MASK;
}

/* Does the record @id say that it is the one with its number? */
static bool has_number(const struct printk_ring *ring, uint64_t id)
{
	uint64_t place = id & (ring->count - 1);
	uint64_t seq;

	return guest_kernel_read(ring->kernel,
				 ring->infos + place * ring->info_size, &seq,
				 sizeof(seq)) && seq == number(ring, id);
}

static bool find_info_size(struct printk_ring *ring)
{
	uint64_t size;

	for (size = INFO_MIN; size <= INFO_MAX; size += WORD) {
		ring->info_size = size;
		if (has_number(ring, ring->head) &&
		    (number(ring, ring->head) == 0 ||
		     has_number(ring, ring->head - 1)))
			return true;
	}
	return false;
}

static bool take_head(struct printk_ring *ring, const uint64_t *head)
{
	const uint64_t *text = head + HEAD_TEXT;

	if (text[TEXT_SIZE_BITS] != head[HEAD_COUNT_BITS] + TEXT_BITS)
		text++;
	if (!is_count_bits(head[HEAD_COUNT_BITS]) ||
	    text[TEXT_SIZE_BITS] != head[HEAD_COUNT_BITS] + TEXT_BITS ||
	    !is_address(head[HEAD_DESCS]) || !is_address(head[HEAD_INFOS]) ||
	    !is_address(text[TEXT_DATA]) ||
	    head[HEAD_HEAD_ID] > ID_MASK || head[HEAD_TAIL_ID] > ID_MASK)
		return false;
	ring->count = UINT64_C(1) << head[HEAD_COUNT_BITS];
	ring->text_size = ring->count << TEXT_BITS;
	ring->descs = head[HEAD_DESCS];
	ring->infos = head[HEAD_INFOS];
	ring->text = text[TEXT_DATA];
	ring->head = head[HEAD_HEAD_ID];
	ring->tail = head[HEAD_TAIL_ID];
	return text[TEXT_HEAD_LPOS] - text[TEXT_TAIL_LPOS] <= ring->text_size &&
	       printk_ring_records(ring) <= ring->count;
}

static bool ring_at(struct printk_ring *ring, const struct guest_kernel *kernel,
		    uint64_t va)
{
	uint64_t head[HEAD_NR];

	*ring = (struct printk_ring){
		.kernel = kernel,
		.desc_size = 24,
		.desc_begin = 8,
		.desc_next = 16,
		.info_time = 8,
		.info_len = 16,
		.info_caller = 20,
	};
	return guest_kernel_read(kernel, va, head, sizeof(head)) &&
	       take_head(ring, head) && find_info_size(ring);
}

/* Is it worth to read more at this word of a page? */
static bool may_begin(const uint8_t *page, size_t at, size_t len)
{
	uint64_t word[2];

	memcpy(word, page + at, WORD);
	if (!is_count_bits(word[0]))
		return false;
	if (at + sizeof(word) > len)
		return true;
	memcpy(&word[1], page + at + WORD, WORD);
	return is_address(word[1]);
}

/* In one page; how many there are, and in *@best the one with most records. */
static unsigned int find_in_page(const struct guest_kernel *kernel, uint64_t va,
				 const uint8_t *page, size_t len,
				 struct printk_ring *best)
{
	struct printk_ring ring;
	unsigned int found = 0;
	size_t at;

	for (at = 0; at + WORD <= len; at += WORD) {
		if (!may_begin(page, at, len) ||
		    !ring_at(&ring, kernel, va + at))
			continue;
		found++;
		if (!best->kernel ||
		    number(&ring, ring.head) > number(best, best->head))
			*best = ring;
	}
	return found;
}

bool log_buffer_find(struct printk_ring *ring, struct guest_kernel *kernel)
{
	const uint64_t end = GUEST_IMAGE_START + GUEST_IMAGE_MAX;
	uint64_t va = GUEST_IMAGE_START;
	unsigned int found = 0;
	uint8_t page[PAGE_SIZE];
	size_t len;

	*ring = (struct printk_ring){ .kernel = NULL };
	while ((len = guest_kernel_next(kernel, &va, end, page))) {
		found += find_in_page(kernel, va, page, len, ring);
		va += len;
	}
	kernel->runs = kernel->runs && found == 1 && *kernel->reader->left;
	return found;
}

/* What is read at once of the text without a ring: a block is no longer. */
#define BLOCK_MAX	(PRINTK_TEXT_MAX + 2 * WORD)

/* Lost records and those without text have no block: so many in a row. */
#define SKIP_MAX	64

static const char first_line[] = "Linux version ";
#define FIRST_LINE	(sizeof(first_line) - 1)

static uint64_t word_at(const uint8_t *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

static bool is_count(uint64_t count)
{
	return count >= UINT64_C(1) << MIN_COUNT_BITS &&
	       count <= UINT64_C(1) << MAX_COUNT_BITS && !(count & (count - 1));
}

/* The id of the very first record, of a ring of any size. */
static bool is_first_id(uint64_t id)
{
	return is_count(SHORT_IDS - id) || is_count(ID_MASK + 1 - id);
}

/* A page, behind the end of the one before: an id and a line may be in both. */
struct window {
	uint8_t before[24];	/* whole words, or zero */
	uint8_t page[PAGE_SIZE];
};

_Static_assert(sizeof(((struct window *)0)->before) >= WORD + FIRST_LINE,
	       "an id and a line are no longer");

/* Where the block of the first line begins, in a window. */
static bool find_first(const struct window *window, size_t *at)
{
	const uint8_t *start = window->before;
	const uint8_t *end = start + sizeof(*window);
	const uint8_t *from = start;
	const uint8_t *line;

	while ((line = memmem(from, (size_t)(end - from), first_line,
			      FIRST_LINE))) {
		*at = (size_t)(line - start) - WORD;
		if (line >= start + WORD && *at % WORD == 0 &&
		    is_first_id(word_at(start + *at)))
			return true;
		from = line + 1;
	}
	return false;
}

/*
 * Each page is read once, so this is not on the sum of what reads may cost; and
 * none but those, since one that the guest has not used is one by being read.
 */
static bool find_start(const struct guest_reader *reader, uint64_t *gpa)
{
	struct window window = { 0 };
	struct guest_scan scan = { 0 };
	uint64_t next = 0;
	size_t at;

	while (guest_scan_next(reader, &scan, gpa)) {
		if (*gpa == next)
			memcpy(window.before, window.page + PAGE_SIZE -
			       sizeof(window.before), sizeof(window.before));
		else
			memset(window.before, 0, sizeof(window.before));
		next = *gpa + PAGE_SIZE;
		if (!reader->read(reader, *gpa, window.page, PAGE_SIZE)) {
			next = 0;
		} else if (find_first(&window, &at)) {
			*gpa += at - sizeof(window.before);
			return true;
		}
	}
	return false;
}

/* The newest lines that fit. */
struct tail {
	char *text;
	size_t size, len;
};

static void drop_line(struct tail *tail)
{
	const char *newline = memchr(tail->text, '\n', tail->len);
	size_t len = (size_t)(newline - tail->text) + 1;

	tail->len -= len;
	memmove(tail->text, tail->text + len, tail->len);
}

static void add_line(struct tail *tail, const uint8_t *text, size_t len)
{
	if (len + 1 > tail->size)
		return;
	while (tail->len + len + 1 > tail->size)
		drop_line(tail);
	memcpy(tail->text + tail->len, text, len);
	tail->len += len;
	tail->text[tail->len++] = '\n';
}

/* The block after the one with @id; 0: there is none. */
static size_t find_next(const uint8_t *block, size_t len, uint64_t id)
{
	size_t at;

	for (at = WORD; at + WORD <= len; at += WORD)
		if (((word_at(block + at) - id - 1) & ID_MASK) < SKIP_MAX &&
		    word_at(block + at) <= ID_MASK)
			return at;
	return 0;
}

/* The end of a text is padded, and the last block has nothing behind it. */
static size_t text_len(const uint8_t *block, size_t len)
{
	const uint8_t *end = memchr(block + WORD, 0, len - WORD);

	return end ? (size_t)(end - block) - WORD : len - WORD;
}

size_t log_buffer_text(const struct guest_reader *reader, char *text,
		       size_t size)
{
	struct tail tail = { text, size, 0 };
	uint8_t block[BLOCK_MAX];
	uint64_t gpa;
	size_t len;

	if (!find_start(reader, &gpa))
		return 0;
	do {
		if (!guest_read(reader, gpa, block, sizeof(block)))
			break;
		len = find_next(block, sizeof(block), word_at(block));
		add_line(&tail, block + WORD,
			 text_len(block, len ? len : sizeof(block)));
		gpa += len;
	} while (len);
	return tail.len;
}
