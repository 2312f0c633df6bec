/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One name for one bug: the same on another boot, at another address, on another
 * CPU and in another task; Documentation/signature.rst says how it is made.  Pure,
 * allocates nothing, and takes time that is linear in the text, which is hostile.
 */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include "guest/regs.h"
#include "panic/decode.h"

/* A change of any rule by which an id is made changes this. */
#define SIGNATURE_VERSION	1

#define SIGNATURE_TITLE_MAX	121	/* with the NUL, as all of these */
#define SIGNATURE_ID_MAX	17
#define SIGNATURE_SYMBOL_MAX	64	/* of a longer name the end is cut off */

struct signature {
	char title[SIGNATURE_TITLE_MAX];	/* UTF-8, no control characters */
	char id[SIGNATURE_ID_MAX];		/* 16 hex digits */
};

/* How it ended; it is in the name only if the text tells of no bug. */
enum signature_end {
	SIGNATURE_PANIC,	/* the guest said so, or its crash kernel ended */
	SIGNATURE_TRIPLE_FAULT,
	SIGNATURE_KVM_ERROR,	/* KVM gave up on it */
	SIGNATURE_HOST,		/* the host did */
	SIGNATURE_RESET,
	SIGNATURE_POWER_OFF,
	SIGNATURE_HALTED,	/* all vCPUs, for good */
	SIGNATURE_HANG,		/* a time-out, or silence */
};

/* Where a vCPU was: all zero if nobody knows. */
struct signature_place {
	bool is_user;				/* not in the kernel */
	char symbol[SIGNATURE_SYMBOL_MAX];	/* kallsyms_name() of RIP */
};

struct signature_input {
	enum signature_end end;
	const char *text;	/* cleaned, or "": what the kernel logged */
	const struct guest_event *event;	/* or NULL: none was reported */
	const struct decoded *decoded;		/* of that */
	unsigned int vcpu;			/* that had the fault */
	struct signature_place places[MAX_VCPUS];
	unsigned int nr_places;
};

/* There always is a name, if of nothing but the end. */
void signature_make(struct signature *signature,
		    const struct signature_input *input);

#endif /* SIGNATURE_H */
