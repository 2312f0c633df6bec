/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A line of a --report, which is hostile: a guest has a say in it, and so has
 * who can write the file.  It is checked here and nowhere else; what comes out
 * has the form that is said, and can be printed.
 */
#ifndef RECORD_READ_H
#define RECORD_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json_parse.h"
#include "panic/signature.h"

/* The longest line: panicvm's have at most REPORT_MAX bytes. */
#define RECORD_READ_MAX	(128 * 1024)

/* With room for "..." of a title that is longer than panicvm's. */
#define RECORD_TITLE_MAX	(SIGNATURE_TITLE_MAX + 3)
#define RECORD_RELEASE_MAX	68

struct record_line {
	uint64_t time;		/* microseconds since 1970 */
	uint64_t seq, restarts;
	uint64_t vm;		/* a hash of its name */
	const char *model;	/* "hyperv", "isa", "mmio", "none", "other" */
	const char *reason;	/* one of panicvm's, or "other" */
	uint32_t bugcheck;	/* one that panicvm knows, or 0 */
	bool panicked;
	bool waits;		/* for the dump that it announces */
	bool ends_dump;		/* of the record before, which waited */
	bool has_signature;
	uint32_t version;	/* of the signature; newer ones may come */
	char id[SIGNATURE_ID_MAX];
	char title[RECORD_TITLE_MAX];
	char release[RECORD_RELEASE_MAX];	/* "" if it is not known */
};

/* NULL, or what is wrong with it.  @json is scratch. */
const char *record_read(struct record_line *line, struct json_text *json,
			const char *text, size_t len);

#endif /* RECORD_READ_H */
