/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all VMs of a session share: what was opened at the start (later, in the
 * sandbox, nothing can be), and what is counted over all of them.
 */
#ifndef SHARED_H
#define SHARED_H

#include "base/event_loop.h"
#include "base/fs.h"
#include "board/boot.h"
#include "board/console.h"
#include "panic/report.h"
#include "vmm/conf.h"

struct shared {
	const struct conf *conf;
	struct event_loop loop;
	struct images images;
	struct fs_held held;		/* no core replaces any of these */
	int kvm;			/* /dev/kvm */
	int core_dir;			/* or -1 */
	const char *core_name;		/* in it */
	struct out std_out;
	struct report report;
	struct report_rate rate;
	unsigned int left_out;		/* notices for the next record to count */
	struct console console;
	struct event_source emptied;	/* COM1, which was full, by its guest */
	struct sink results;
	struct out results_file;
	int results_hold;		/* of fs_open_out() */
	unsigned int restarts;
	unsigned int cores;		/* that were begun, for --core */
};

#endif /* SHARED_H */
