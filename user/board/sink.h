/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a serial port's bytes go: stdout, or a file. */
#ifndef SINK_H
#define SINK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/out.h"

struct sink {
	struct out *out;
	/* For "the guest's WHAT: WHERE: ...", if it takes no more. */
	const char *what;
	const char *where;
	/* Several vCPUs may put at once. */
	atomic_bool broken;	/* it does not take any more */
	atomic_uint waiting;	/* vCPUs, for its reader */
	atomic_uint dropped;	/* bytes that it did not take */
};

/*
 * vCPU threads: put out one byte; false if it is dropped.  A kick ends the wait
 * for a reader who does not read, and drops the byte: the panic matters more.
 */
bool sink_put(struct sink *sink, uint8_t byte);

#endif /* SINK_H */
