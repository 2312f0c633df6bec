/* SPDX-License-Identifier: GPL-2.0-only */
/* What an event means: names for its bits, and what is in its parameters. */
#ifndef DECODE_H
#define DECODE_H

#include "guest/kmsg.h"
#include "panic/event.h"

enum guest_kind {
	GUEST_UNKNOWN,
	GUEST_LINUX,
	GUEST_WINDOWS,
};

struct decoded {
	enum guest_kind guest;
	uint64_t os_id;			/* 0 if the guest never said */
	unsigned int version[3];
	const char *bugcheck;		/* Windows: the name, or NULL */
	bool has_message;		/* P3 and P4 are a page of text */
};

struct decoded decode_event(const struct guest_event *ev);

/* The page of text that @ev hands over with NOTIFY_MSG; else an empty one. */
struct kmsg_page decode_page(const struct guest_event *ev);

const char *decode_guest_name(enum guest_kind guest);

/* The name of the @i-th bit that @ev's model knows and its code has, or NULL */
const char *decode_bit_name(const struct guest_event *ev, unsigned int i);

#endif /* DECODE_H */
