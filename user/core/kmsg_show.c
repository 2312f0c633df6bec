// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "core/core_file.h"
#include "core/kmsg_show.h"
#include "guest/guest_log.h"
#include "guest/printk_text.h"

static bool find_log(struct guest_log *log, struct core_file *core)
{
	if (core->has_info) {
		log->kernel.info = core->info;
		if (guest_log_of(log, &core->reader))
			return true;
	}
	return guest_log_find(log, &core->reader, core->vcpus, core->nr_vcpus);
}

static void show_record(const struct printk_record *record)
{
	static char lines[PRINTK_LINES_MAX];
	static char clean[TEXT_CLEAN_MAX(PRINTK_LINES_MAX)];
	struct printk_text text;

	printk_text_init(&text, lines, sizeof(lines));
	printk_text_add(&text, record);
	text_clean(clean, (uint8_t *)lines + text.start,
		   sizeof(lines) - text.start);
	fputs(clean, stdout);
}

/* The oldest first: so what of them can be read must be known before. */
static void show_ring(const struct printk_ring *ring, uint64_t *left)
{
	uint64_t records = printk_ring_records(ring);
	struct printk_record record;
	uint64_t back;

	*left = GUEST_STEP_COST;
	back = printk_ring_reach(ring);
	if (back < records)
		log_say("--kmsg: of %" PRIu64 " records the newest %" PRIu64 " are shown; more would take too long",
			records, back);
	*left = GUEST_STEP_COST;
	while (back--)
		if (printk_ring_read(ring, back, &record))
			show_record(&record);
}

void kmsg_show(const char *path)
{
	static struct core_file core;
	static struct guest_log log;
	const char *wrong;

	wrong = core_file_open(&core, path);
	if (wrong)
		log_die(STATUS_USAGE, "--kmsg %s: %s", path, wrong);
	if (!find_log(&log, &core))
		log_die(STATUS_USAGE, "--kmsg %s: no log of a Linux kernel is found in there; it must be 5.10 or newer",
			path);
	if (log.in_crash_kernel)
		log_say("--kmsg: this is the log of the kernel that crashed, not of its crash kernel");
	show_ring(&log.ring, &core.left);
	core_file_close(&core);
	if (fflush(stdout))
		log_die(STATUS_HOST, "--kmsg: cannot write the log: %s",
			strerror(errno));
}
