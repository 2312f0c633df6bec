// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table has all symbols in the order of their addresses.  Three arrays go
 * with each other:
 *
 *   kallsyms_offsets   for each symbol, of 32 bits, where it is
 *   kallsyms_names     for each symbol a length, of one byte or of two if the
 *                      first has bit 7 set, and so many tokens, of a byte each
 *   kallsyms_token_*   for each of 256 tokens, what it stands for
 *
 * A name begins with a letter for its type, as nm(1) gives it.  Names have no
 * index that VMCOREINFO tells of, so they are gone through from the first.
 */
#include <string.h>

#include "guest/kallsyms.h"

/* A large kernel has a fourth of these. */
#define MAX_SYMBOLS	(UINT32_C(1) << 20)
#define MAX_NAMES	(16 * MIB)

/* Linux allows no longer name, and each token stands for a character at least. */
#define MAX_TOKENS	512

/* Several names for one function; Linux takes the first of them. */
#define MAX_ALIASES	64

/* No function is larger; what is that far behind the last one is a module. */
#define MAX_FUNCTION	MIB

/* How an offset becomes an address. */
enum offset_kind {
	OFFSET_FROM_BASE,	/* added to kallsyms_relative_base */
	OFFSET_NEGATIVE,	/* before 6.15 on SMP: taken from base - 1 */
	OFFSET_FROM_PLACE,	/* as in 7.3: added to where it stands itself */
};

struct kallsyms {
	const struct guest_kernel *kernel;
	uint64_t names, token_table, token_index, offsets;
	uint32_t nr;
	enum offset_kind kind;
	uint64_t base;
};

static bool read_offset(const struct kallsyms *syms, uint32_t i,
			int32_t *offset)
{
	return guest_kernel_read(syms->kernel, syms->offsets + i * 4ULL, offset,
				 sizeof(*offset));
}

/* Where the symbol @i is. */
static bool read_address(const struct kallsyms *syms, uint32_t i, uint64_t *va)
{
	int32_t offset;

	if (!read_offset(syms, i, &offset))
		return false;
	switch (syms->kind) {
	case OFFSET_FROM_PLACE:
		*va = syms->offsets + i * 4ULL + (uint64_t)(int64_t)offset;
		break;
	case OFFSET_FROM_BASE:
		*va = syms->base + (uint32_t)offset;
		break;
	case OFFSET_NEGATIVE:
		/* The others are those of per-CPU variables, from 0. */
		*va = offset >= 0 ? (uint64_t)offset :
		      syms->base - 1 - (uint64_t)(int64_t)offset;
		break;
	}
	return true;
}

/* Only VMCOREINFO and the values themselves tell which kind it is. */
static bool find_kind(struct kallsyms *syms)
{
	int32_t last;
	uint64_t base;

	if (!vmcoreinfo_hex(&syms->kernel->info,
			    "SYMBOL(kallsyms_relative_base)", &base)) {
		syms->kind = OFFSET_FROM_PLACE;
		return true;
	}
	if (!guest_kernel_read(syms->kernel, base, &syms->base,
			       sizeof(syms->base)) ||
	    !read_offset(syms, syms->nr - 1, &last))
		return false;
	/* An image is smaller than 2 GiB. */
	syms->kind = last < 0 ? OFFSET_NEGATIVE : OFFSET_FROM_BASE;
	return true;
}

static bool open_table(struct kallsyms *syms, const struct guest_kernel *kernel)
{
	const struct vmcoreinfo *info = &kernel->info;
	uint64_t nr;

	*syms = (struct kallsyms){ .kernel = kernel };
	return vmcoreinfo_hex(info, "SYMBOL(kallsyms_names)", &syms->names) &&
	       vmcoreinfo_hex(info, "SYMBOL(kallsyms_token_table)",
			      &syms->token_table) &&
	       vmcoreinfo_hex(info, "SYMBOL(kallsyms_token_index)",
			      &syms->token_index) &&
	       vmcoreinfo_hex(info, "SYMBOL(kallsyms_offsets)",
			      &syms->offsets) &&
	       vmcoreinfo_hex(info, "SYMBOL(kallsyms_num_syms)", &nr) &&
	       guest_kernel_read(kernel, nr, &syms->nr, sizeof(syms->nr)) &&
	       syms->nr && syms->nr <= MAX_SYMBOLS && find_kind(syms);
}

/* The last symbol that is not behind @va. */
static bool find_symbol(const struct kallsyms *syms, uint64_t va, uint32_t *i)
{
	uint32_t low = 0, high = syms->nr;
	uint64_t at;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (!read_address(syms, middle, &at))
			return false;
		if (at <= va)
			low = middle;
		else
			high = middle;
	}
	*i = low;
	return read_address(syms, low, &at) && at <= va &&
	       va - at < MAX_FUNCTION;
}

static bool first_alias(const struct kallsyms *syms, uint32_t *i)
{
	unsigned int count;
	uint64_t at, before;

	if (!read_address(syms, *i, &at))
		return false;
	for (count = 0; count < MAX_ALIASES && *i; count++, --*i)
		if (!read_address(syms, *i - 1, &before) || before != at)
			break;
	return true;
}

/* Bytes of kallsyms_names, a page at a time. */
struct names {
	const struct kallsyms *syms;
	uint64_t at;		/* offset of the next byte */
	uint64_t start, end;	/* those in @page */
	uint8_t page[PAGE_SIZE];
};

static bool next_byte(struct names *names, uint8_t *byte)
{
	uint64_t va = names->syms->names + names->at;

	if (names->at >= names->end) {
		uint64_t len = PAGE_SIZE - va % PAGE_SIZE;

		if (names->at >= MAX_NAMES ||
		    !guest_kernel_read(names->syms->kernel, va, names->page,
				       len))
			return false;
		names->start = names->at;
		names->end = names->at + len;
	}
	*byte = names->page[names->at++ - names->start];
	return true;
}

static bool next_len(struct names *names, uint32_t *len)
{
	uint8_t low, high = 0;

	if (!next_byte(names, &low) ||
	    (low & 0x80 && !next_byte(names, &high)))
		return false;
	*len = (low & 0x7fU) | (uint32_t)high << 7;
	return true;
}

/* Go to the name of the symbol @i: how many tokens it has. */
static bool find_name(struct names *names, uint32_t i, uint32_t *len)
{
	uint32_t n;

	for (n = 0; n < i; n++) {
		if (!next_len(names, len))
			return false;
		names->at += *len;
	}
	return next_len(names, len) && *len <= MAX_TOKENS;
}

/* A name that is put together. */
struct name {
	char *text;
	size_t size, len;
	char type;
	bool is_bad;
};

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '$';
}

/* False: no more of it is wanted. */
static bool put_char(struct name *name, char c)
{
	if (!name->type) {
		name->type = c;
		return true;
	}
	name->is_bad = !is_name_char(c);
	if (name->is_bad || name->len + 1 >= name->size)
		return false;
	name->text[name->len++] = c;
	return true;
}

static bool put_token(const struct kallsyms *syms, uint8_t token,
		      struct name *name)
{
	uint16_t offset;
	uint64_t va;
	char c;

	if (!guest_kernel_read(syms->kernel, syms->token_index + token * 2ULL,
			       &offset, sizeof(offset)))
		return false;
	for (va = syms->token_table + offset;
	     guest_kernel_read(syms->kernel, va, &c, 1) && c; va++)
		if (!put_char(name, c))
			return false;
	return true;
}

static bool read_name(const struct kallsyms *syms, uint32_t i,
		      struct name *name)
{
	struct names names = { .syms = syms };
	uint8_t token;
	uint32_t len;

	if (!find_name(&names, i, &len))
		return false;
	while (len-- && next_byte(&names, &token))
		if (!put_token(syms, token, name))
			break;
	name->text[name->len] = '\0';
	/* Functions, and weak ones. */
	return name->len && !name->is_bad && memchr("tTwW", name->type, 4);
}

bool kallsyms_name(const struct guest_kernel *kernel, uint64_t va, char *name,
		   size_t size)
{
	struct name out = { .text = name, .size = size };
	struct kallsyms syms;
	uint32_t i;

	name[0] = '\0';
	if (open_table(&syms, kernel) && find_symbol(&syms, va, &i) &&
	    first_alias(&syms, &i) && read_name(&syms, i, &out))
		return true;
	name[0] = '\0';
	return false;
}
