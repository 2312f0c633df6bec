/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A stream of bytes, cut into JSON texts: QMP has objects, not lines.  An
 * object or array ends with the bracket that closes it; anything else is no
 * command anyway, and ends with the line or where a bracket opens.
 *
 * The bytes are the caller's.  What is in a text is json_parse()'s business.
 */
#ifndef JSON_SPLIT_H
#define JSON_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

enum json_piece {
	PIECE_NONE,	/* more bytes are needed */
	PIECE_TEXT,	/* in[0] to in[used - 1] are one */
	PIECE_BAD,	/* no JSON has the last of them there; more is dropped */
	PIECE_DROPPED,	/* the end of what was dropped, or more of it */
};

struct json_split {
	enum {
		SPLIT_BETWEEN,
		SPLIT_NESTED,	/* within brackets */
		SPLIT_LINE,
	} state;
	bool string, escape;	/* NESTED: within a string, behind a \ */
	bool drop;		/* until the text ends */
	size_t depth;		/* NESTED: brackets that are open */
	size_t at;		/* bytes of the input looked at already */
};

/*
 * Look at @in, which begins with all that was not used before.  The first
 * @*used bytes are done with when the caller has seen to the piece.
 */
enum json_piece json_split(struct json_split *split, const char *in, size_t len,
			   size_t *used);

/* There is no room for the text that has begun: it is dropped to its end. */
void json_split_drop(struct json_split *split);

#endif /* JSON_SPLIT_H */
