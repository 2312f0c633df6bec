// SPDX-License-Identifier: GPL-2.0-only
#include "guest/crash_kernel.h"
#include "guest/guest_log.h"
#include "guest/log_buffer.h"

/* The strings of the image lie before its variables. */
static bool prints_callers(const struct guest_kernel *kernel)
{
	uint64_t start, end;

	return vmcoreinfo_hex(&kernel->info, "SYMBOL(_stext)", &start) &&
	       vmcoreinfo_hex(&kernel->info, "SYMBOL(prb)", &end) &&
	       start >= GUEST_IMAGE_START &&
	       printk_prints_callers(kernel, start, end);
}

/* The kernel before this one, if this is a crash kernel. */
static bool find_crashed(const struct guest_log *log,
			 struct guest_kernel *crashed)
{
	const struct guest_reader *reader = log->kernel.reader;
	struct printk_record record;
	uint64_t gpa;

	return printk_ring_find_line(&log->ring, GUEST_LOG_COMMAND_LINE,
				     &record) &&
	       crash_kernel_find_note(reader, record.text, record.len, &gpa) &&
	       guest_kernel_load(crashed, reader, gpa) &&
	       guest_kernel_has_crashed(crashed);
}

/* What leads there from a kernel that runs was not made up by a program. */
static void go_back(struct guest_log *log, struct guest_kernel *crashed)
{
	struct printk_ring ring;

	if (!printk_ring_open(&ring, crashed))
		return;
	crashed->runs = log->kernel.runs;
	ring.has_callers = prints_callers(crashed);
	ring.kernel = &log->kernel;
	log->kernel = *crashed;
	log->ring = ring;
	log->in_crash_kernel = true;
}

static bool open_log(struct guest_log *log)
{
	struct guest_kernel crashed;

	if (!printk_ring_open(&log->ring, &log->kernel))
		return false;
	log->ring.has_callers = log->has_callers;
	log->place = log->kernel.gpa;
	/* Until a crash kernel has its own tables, vCPUs tell of this one. */
	log->in_crash_kernel = guest_kernel_has_crashed(&log->kernel);
	if (!log->in_crash_kernel && find_crashed(log, &crashed))
		go_back(log, &crashed);
	return true;
}

bool guest_log_at(struct guest_log *log, const struct guest_reader *reader,
		  uint64_t place, bool has_callers, const struct paging *vcpus,
		  unsigned int nr)
{
	*log = (struct guest_log){ .has_callers = has_callers };
	return guest_kernel_at(&log->kernel, reader, place, vcpus, nr) &&
	       open_log(log);
}

bool guest_log_of(struct guest_log *log, const struct guest_reader *reader)
{
	if (!guest_kernel_init(&log->kernel, reader))
		return false;
	log->has_callers = prints_callers(&log->kernel);
	return open_log(log);
}

/* With the tables of one of the vCPUs. */
static bool find_buffer(struct guest_log *log,
			const struct guest_reader *reader,
			const struct paging *vcpus, unsigned int nr)
{
	unsigned int i;

	*reader->left = GUEST_STEP_COST;
	for (i = 0; i < nr; i++) {
		*log = (struct guest_log){
			.kernel = { .reader = reader, .runs = true,
				    .paging = vcpus[i], },
		};
		if (!log_buffer_find(&log->ring, &log->kernel))
			continue;
		log->ring.has_callers =
			printk_prints_callers(&log->kernel, GUEST_IMAGE_START,
					      GUEST_IMAGE_START +
					      GUEST_IMAGE_MAX);
		return true;
	}
	return false;
}

bool guest_log_find(struct guest_log *log, const struct guest_reader *reader,
		    const struct paging *vcpus, unsigned int nr)
{
	*log = (struct guest_log){ .place = 0 };
	if (!guest_kernel_find(&log->kernel, reader, vcpus, nr))
		return find_buffer(log, reader, vcpus, nr);
	log->has_callers = prints_callers(&log->kernel);
	return open_log(log) || find_buffer(log, reader, vcpus, nr);
}
