/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest's memory tells of it: the text that it handed over, the kernel's
 * log, whether the kernel panicked, and which kernel that is.
 */
#ifndef KMSG_H
#define KMSG_H

#include "base/text.h"
#include "guest/guest_kernel.h"
#include "guest/mem.h"
#include "guest/regs.h"

/* What is taken of a page that a guest hands over. */
#define KMSG_PAGE	4096

/*
 * What is taken of a kernel's log, in whole lines.  A panic of Linux with its
 * call traces is 2 to 6 KiB.
 */
#define KMSG_TAIL	8192

/*
 * What is taken of it for a signature: a bug's own lines may be far above those
 * of the panic that comes of it.
 */
#define KMSG_OWN_TAIL	32768
#define KMSG_OWN_MAX	TEXT_CLEAN_MAX(KMSG_OWN_TAIL)

/* Room for a page or a tail, cleaned. */
#define KMSG_MAX	TEXT_CLEAN_MAX(KMSG_TAIL)

/* Bytes of the kernel's identity; of longer ones the end is cut off. */
#define KMSG_RELEASE_MAX	128
#define KMSG_COMMAND_LINE_MAX	2048
#define KMSG_BUILD_ID_MAX	64

enum kmsg_source {
	KMSG_NONE,
	KMSG_NOTIFY_MSG,	/* the page that the guest handed over */
	KMSG_PRINTK_RING,	/* the log, found by VMCOREINFO */
	KMSG_LOG_BUFFER,	/* the log, found by what it looks like */
};

/* As the report calls it: NULL for none. */
const char *kmsg_source_name(enum kmsg_source source);

/* All strings are cleaned, and empty if they are not known. */
struct kmsg {
	enum kmsg_source source;	/* of @text; KMSG_NONE: it is empty */
	char text[KMSG_MAX];

	/*
	 * The kernel that a vCPU runs has its own panic in its log, or it is
	 * the crash kernel of one that crashed.  Nothing that a program in the
	 * guest writes, to /dev/kmsg or to its own memory, makes this true.
	 */
	bool panicked;

	/*
	 * A crash kernel has taken over.  All else here is of the kernel that
	 * crashed, but for a text from the page.
	 */
	bool in_crash_kernel;

	/* Each is one line. */
	char release[KMSG_RELEASE_MAX + 1];
	char command_line[KMSG_COMMAND_LINE_MAX + 1];
	char build_id[KMSG_BUILD_ID_MAX + 1];	/* lower-case hex */
};

/*
 * What one VM's readings tell the next; all zero at first, and always right to
 * forget.
 */
struct kmsg_memory {
	uint64_t place;			/* where a kernel was found, or 0 */
	bool has_callers;		/* that one prints the callers' ids */
	uint64_t not_before;		/* ns: do not search all RAM earlier */
};

/* The text that a guest hands over, as it says; with @bytes 0 it does not. */
struct kmsg_page {
	uint64_t gpa;
	uint64_t bytes;
};

/*
 * All of it.  The text is that of @page, or else of the kernel's log; of the
 * log too if that has the kernel's panic, and the page has not.  The vCPUs are
 * parked; @vcpus, @nr of them, tell which kernel runs.  @own[KMSG_OWN_MAX], if
 * not NULL, gets what the kernel itself logged, and no program; it is empty if
 * its log is not known.
 */
void kmsg_read(struct kmsg_memory *memory, const struct mem *mem,
	       const struct kmsg_page *page, const struct regs *const *vcpus,
	       unsigned int nr, struct kmsg *kmsg, char *own);

/* The same without a page, from any reader. */
void kmsg_read_log(struct kmsg_memory *memory,
		   const struct guest_reader *reader,
		   const struct regs *const *vcpus, unsigned int nr,
		   struct kmsg *kmsg, char *own);

/* That page alone, into @out[KMSG_MAX]. */
size_t kmsg_read_page(const struct mem *mem, const struct kmsg_page *page,
		      char *out);

/*
 * The kernel that kmsg_read() has found a vCPU to run, for other readers, as
 * of its symbols: in a crash kernel this is that, not the one before.  It is
 * not searched for; false: none is known, or none runs.  @kernel uses @reader
 * from then on.
 */
bool kmsg_find_kernel(const struct kmsg_memory *memory,
		      const struct guest_reader *reader,
		      const struct regs *const *vcpus, unsigned int nr,
		      struct guest_kernel *kernel);

#endif /* KMSG_H */
