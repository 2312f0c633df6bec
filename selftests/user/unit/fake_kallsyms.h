/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table of symbols in the memory of a fake kernel, as scripts/kallsyms.c of
 * Linux makes it, with what VMCOREINFO tells of it.
 */
#ifndef FAKE_KALLSYMS_H
#define FAKE_KALLSYMS_H

#include "fake_kernel.h"

/* How its offsets are to be read. */
enum fake_offsets {
	FAKE_FROM_BASE,		/* 6.15 and later, and without SMP */
	FAKE_NEGATIVE,		/* 6.0 to 6.14 */
	FAKE_FROM_PLACE,	/* 7.3 */
};

struct fake_symbol {
	uint32_t at;		/* from the begin of the image */
	const char *name;	/* its type before it */
};

/* In their order; the first two are per-CPU variables of FAKE_NEGATIVE. */
extern const struct fake_symbol fake_symbols[];
#define FAKE_PER_CPU	2
#define FAKE_LONG_NAME	300

/* Where in the image the parts are. */
#define FAKE_NUM_SYMS		0x20000
#define FAKE_NAMES		0x20008
#define FAKE_TOKEN_TABLE	0x24000
#define FAKE_TOKEN_INDEX	0x28000
#define FAKE_OFFSETS		0x2c000
#define FAKE_RELATIVE_BASE	0x2e000

void fake_kallsyms(struct fake_kernel *fake, enum fake_offsets kind);

#endif /* FAKE_KALLSYMS_H */
