/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What QMP needs of a VM.  vmm/ fills this in, so that qmp/ knows no VM; struct
 * machine is a name here and no more.  All of it is called by the main thread.
 */
#ifndef QMP_OPS_H
#define QMP_OPS_H

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct machine;

/* The longest record of a panic. */
#define QMP_RECORD_MAX	(80 * 1024)

struct qmp_facts {
	const char *version;	/* panicvm's, MAJOR.MINOR */
	const char *name;	/* of the VM */
	const char *state;	/* as QEMU's RunState has it */
	bool running;
	bool panicked;		/* stopped by a panic */
	unsigned int panics;	/* in all boots */
	const char *record;	/* of the newest panic, a JSON object; or NULL */
	unsigned int cpus;
};

struct qmp_dump {
	const char *status;	/* as QEMU's DumpStatus has it */
	bool active;
	uint64_t completed, total;	/* bytes of guest RAM */
	const char *error;	/* of one that failed, else NULL */
};

/* Of the guest's physical memory. */
struct qmp_range {
	uint64_t begin, length;
};

/* The log of the guest's kernel: UTF-8, until the next one is asked for. */
struct qmp_log {
	const char *source;	/* "printk-ring", "log-buffer"; NULL: none */
	const char *text;	/* NULL: none */
};

/* A sentence that is returned says why it was not done; NULL: it was done. */
struct qmp_ops {
	struct qmp_facts (*facts)(const struct machine *machine);
	/* The thread of a vCPU, as gettid() says; 0: there is none yet. */
	int (*thread)(const struct machine *machine, unsigned int cpu);
	/* One piece of RAM after the other; false: there is no such @piece. */
	bool (*ram)(const struct machine *machine, unsigned int piece,
		    struct qmp_range *range);
	/* The dump under way, or the last one. */
	struct qmp_dump (*last_dump)(const struct machine *machine);

	/* Only from qmp_take_turns(): the VM is stopped. */
	const char *(*stop)(struct machine *machine);
	const char *(*cont)(struct machine *machine);
	const char *(*reset)(struct machine *machine);
	const char *(*nmi)(struct machine *machine, unsigned int cpu);
	/*
	 * Begin to write a core, of the memory in @range or, if that is NULL,
	 * of all, to the file @path or, if that is NULL, to @fd.
	 * qmp_dump_done() is called at its end.
	 */
	const char *(*dump)(struct machine *machine,
			    const struct qmp_range *range, const char *path,
			    int fd);
	struct qmp_log (*log)(struct machine *machine);
	/* Where all of these bytes are, until the VM goes on; or NULL. */
	const void *(*memory)(const struct machine *machine, uint64_t gpa,
			      uint64_t len);
	/* A vCPU's, in the lines of QEMU's "info registers". */
	void (*registers)(const struct machine *machine, unsigned int cpu,
			  struct buf *out);

	/* At any time: the VM ends when its turn comes. */
	void (*quit)(struct machine *machine);
};

#endif /* QMP_OPS_H */
