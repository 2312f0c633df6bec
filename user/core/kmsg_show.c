// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "core/core_file.h"
#include "core/kmsg_show.h"
#include "guest/printk.h"

static bool find_kernel(struct guest_kernel *kernel,
			const struct core_file *core)
{
	if (core->has_info) {
		kernel->info = core->info;
		if (guest_kernel_init(kernel, &core->reader))
			return true;
	}
	return guest_kernel_find(kernel, &core->reader, core->cr3,
				 core->nr_vcpus);
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

static void show_ring(const struct printk_ring *ring)
{
	uint64_t back = printk_ring_records(ring);
	struct printk_record record;

	while (back--)
		if (printk_ring_read(ring, back, &record))
			show_record(&record);
}

void kmsg_show(const char *path)
{
	static struct guest_kernel kernel;
	static struct core_file core;
	struct printk_ring ring;
	const char *wrong;

	wrong = core_file_open(&core, path);
	if (wrong)
		log_die(STATUS_USAGE, "--kmsg %s: %s", path, wrong);
	if (!find_kernel(&kernel, &core))
		log_die(STATUS_USAGE, "--kmsg %s: no Linux kernel says in there where it is; it must be 5.10 or newer, with VMCORE_INFO",
			path);
	if (!printk_ring_open(&ring, &kernel))
		log_die(STATUS_USAGE, "--kmsg %s: the log of the kernel in there cannot be read",
			path);
	show_ring(&ring);
	core_file_close(&core);
	if (fflush(stdout))
		log_die(STATUS_HOST, "--kmsg: cannot write the log: %s",
			strerror(errno));
}
