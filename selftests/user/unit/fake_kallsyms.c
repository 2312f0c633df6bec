// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fake_kallsyms.h"

/* 300 characters: more tokens than fit a length of one byte. */
#define TEN(x)	x x x x x x x x x x
#define LONG	"t" TEN(TEN("abc"))

const struct fake_symbol fake_symbols[] = {
	{ 0, "Afixed_percpu_data" }, { 0x1000, "Acpu_info" },
	{ 0x0, "T_stext" }, { 0x100, "tfirst" },
	{ 0x200, "Tsys_read" }, { 0x200, "t__do_read" }, { 0x200, "Wread" },
	{ 0x300, "tsecond.cold" }, { 0x5000, "Dsys_data" }, { 0x6000, LONG },
	{ 0x7000, "Wweak" }, { 0x8000, "tlast" }, { 0x9000, "B_end" },
	{ 0, NULL }
};

/* Tokens of several characters; the others stand for themselves. */
static const char *const tokens[] = { "Tsys_", "read", "_data" };
#define FIRST_TOKEN	0x80
#define TOKENS		(sizeof(tokens) / sizeof(tokens[0]))

static uint8_t *image(const struct fake_kernel *fake, uint64_t offset)
{
	return mem_at(fake->mem, fake->at + FAKE_IMAGE + offset, PAGE_SIZE);
}

static void write_tokens(const struct fake_kernel *fake)
{
	char *table = (char *)image(fake, FAKE_TOKEN_TABLE);
	uint16_t *index = (uint16_t *)image(fake, FAKE_TOKEN_INDEX);
	uint16_t at = 0;
	unsigned int i;

	for (i = 0; i < 256; i++) {
		index[i] = at;
		if (i >= FIRST_TOKEN && i < FIRST_TOKEN + TOKENS)
			at += sprintf(table + at, "%s",
				      tokens[i - FIRST_TOKEN]) + 1;
		else
			at += sprintf(table + at, "%c", i) + 1;
	}
}

/* Each token takes the place of what it stands for. */
static unsigned int compress(const char *name, uint8_t *out)
{
	unsigned int i, len = 0;

	while (*name) {
		for (i = 0; i < TOKENS; i++)
			if (!strncmp(name, tokens[i], strlen(tokens[i])))
				break;
		out[len++] = i < TOKENS ? (uint8_t)(FIRST_TOKEN + i) :
			     (uint8_t)*name;
		name += i < TOKENS ? strlen(tokens[i]) : 1;
	}
	return len;
}

static void write_names(const struct fake_kernel *fake,
			const struct fake_symbol *symbol)
{
	uint8_t *out = image(fake, FAKE_NAMES);
	uint8_t name[512];

	for (; symbol->name; symbol++) {
		unsigned int len = compress(symbol->name, name);

		*out++ = (uint8_t)((len & 0x7f) | (len > 0x7f ? 0x80 : 0));
		if (len > 0x7f)
			*out++ = (uint8_t)(len >> 7);
		memcpy(out, name, len);
		out += len;
	}
}

static uint32_t write_offsets(const struct fake_kernel *fake,
			      const struct fake_symbol *symbol,
			      enum fake_offsets kind)
{
	int32_t *out = (int32_t *)image(fake, FAKE_OFFSETS);
	int32_t i;

	for (i = 0; symbol[i].name; i++) {
		out[i] = (int32_t)symbol[i].at;
		if (kind == FAKE_NEGATIVE && i >= FAKE_PER_CPU)
			out[i] = -1 - out[i];
		else if (kind == FAKE_FROM_PLACE)
			out[i] -= FAKE_OFFSETS + 4 * i;
	}
	return (uint32_t)i;
}

static void write_note(struct fake_kernel *fake, enum fake_offsets kind)
{
	char text[VMCOREINFO_MAX];
	int len;

	len = snprintf(text, sizeof(text),
		       "OSRELEASE=6.12.0\nSYMBOL(swapper_pg_dir)=%" PRIx64
		       "\nSYMBOL(prb)=%" PRIx64 "\nNUMBER(phys_base)=%" PRId64
		       "\nSYMBOL(kallsyms_names)=%" PRIx64
		       "\nSYMBOL(kallsyms_num_syms)=%" PRIx64
		       "\nSYMBOL(kallsyms_token_table)=%" PRIx64
		       "\nSYMBOL(kallsyms_token_index)=%" PRIx64
		       "\nSYMBOL(kallsyms_offsets)=%" PRIx64 "\n",
		       FAKE_IMAGE_VA - FAKE_IMAGE + FAKE_TABLES,
		       FAKE_IMAGE_VA + 0x1000,
		       (int64_t)(fake->at + FAKE_IMAGE - 0x1200000),
		       FAKE_IMAGE_VA + FAKE_NAMES,
		       FAKE_IMAGE_VA + FAKE_NUM_SYMS,
		       FAKE_IMAGE_VA + FAKE_TOKEN_TABLE,
		       FAKE_IMAGE_VA + FAKE_TOKEN_INDEX,
		       FAKE_IMAGE_VA + FAKE_OFFSETS);
	if (kind != FAKE_FROM_PLACE)
		snprintf(text + len, sizeof(text) - (size_t)len,
			 "SYMBOL(kallsyms_relative_base)=%" PRIx64 "\n",
			 FAKE_IMAGE_VA + FAKE_RELATIVE_BASE);
	fake_kernel_note(fake, text);
}

void fake_kallsyms(struct fake_kernel *fake, enum fake_offsets kind)
{
	const struct fake_symbol *symbols = fake_symbols;
	uint64_t *base = (uint64_t *)image(fake, FAKE_RELATIVE_BASE);
	uint32_t *nr = (uint32_t *)image(fake, FAKE_NUM_SYMS);

	if (kind != FAKE_NEGATIVE)
		symbols += FAKE_PER_CPU;
	*base = FAKE_IMAGE_VA;
	write_tokens(fake);
	write_names(fake, symbols);
	*nr = write_offsets(fake, symbols, kind);
	write_note(fake, kind);
}
