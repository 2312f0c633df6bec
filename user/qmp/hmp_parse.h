/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A command line of QEMU's human monitor: those commands of it that are here,
 * with QEMU's words for what is wrong with them.  The line may be any text that is
 * shorter than HMP_LINE_MAX.
 */
#ifndef HMP_PARSE_H
#define HMP_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* The longest line, with its NUL. */
#define HMP_LINE_MAX	256

/* What xp shows at most, in bytes: its answer is up to ten times as long. */
#define HMP_BYTES_MAX	4096

enum hmp_kind {
	HMP_HELP,
	HMP_REGISTERS,
	HMP_MTREE,
	HMP_GPA2HVA,
	HMP_XP,
};

struct hmp_command {
	enum hmp_kind kind;
	uint64_t address;	/* gpa2hva, xp */
	bool all, has_cpu;	/* registers: of all vCPUs; of that one */
	uint64_t cpu;
	uint64_t count;		/* xp: of values, no more than fit */
	unsigned int size;	/* of a value, in bytes: 1, 2, 4 or 8 */
	char format;		/* one of xduoc */
};

/* False: there is nothing to do but to show @out, which says what is wrong. */
bool hmp_parse(const char *line, struct hmp_command *command, struct buf *out);

/* A line for each command. */
void hmp_put_help(struct buf *out);

#endif /* HMP_PARSE_H */
