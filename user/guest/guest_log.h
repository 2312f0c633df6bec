/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The log that tells what has happened: of the kernel in a guest's memory, or
 * if that is a crash kernel, of the kernel that crashed.
 */
#ifndef GUEST_LOG_H
#define GUEST_LOG_H

#include "guest/printk.h"

/* How the line of the log begins that has the kernel's command line. */
#define GUEST_LOG_COMMAND_LINE	"Command line: "

/* Must stay where it is: the ring refers to the kernel. */
struct guest_log {
	struct guest_kernel kernel;	/* without a note it has no gpa */
	struct printk_ring ring;
	bool in_crash_kernel;		/* another kernel runs now */

	/* For guest_log_at(): of the kernel that runs. */
	uint64_t place;
	bool has_callers;
};

/*
 * Find it, by VMCOREINFO or else by what a log looks like.  @vcpus: the tables
 * that @nr vCPUs use.
 */
bool guest_log_find(struct guest_log *log, const struct guest_reader *reader,
		    const struct paging *vcpus, unsigned int nr);

/* The same, if the kernel at @place still runs. */
bool guest_log_at(struct guest_log *log, const struct guest_reader *reader,
		  uint64_t place, bool has_callers, const struct paging *vcpus,
		  unsigned int nr);

/* The same, by the VMCOREINFO in log->kernel.info, which a core brought. */
bool guest_log_of(struct guest_log *log, const struct guest_reader *reader);

#endif /* GUEST_LOG_H */
