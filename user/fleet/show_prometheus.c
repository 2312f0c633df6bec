// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the textfile collector of node_exporter.  A label has a word of panicvm's
 * own or a code that panicvm knows: a guest must not make new time series.
 */
#include <inttypes.h>

#include "fleet/show.h"

static void head(FILE *out, const char *name, const char *type,
		 const char *help)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void show_kinds(FILE *out, const struct sum *sum)
{
	uint32_t i;

	head(out, "panicvm_guest_panics_total", "counter",
	     "Panics of guests, and ends that no guest reported.");
	for (i = 0; i < sum->nr_kinds; i++) {
		const struct sum_kind *kind = &sum->kinds[i];

		fprintf(out, "panicvm_guest_panics_total{model=\"%s\",reason=\"%s\",bugcheck_code=\"",
			kind->model, kind->reason);
		if (kind->bugcheck)
			fprintf(out, "0x%" PRIx32, kind->bugcheck);
		fprintf(out, "\"} %" PRIu64 "\n", kind->count);
	}
}

static void show_ends(FILE *out, const struct sum *sum)
{
	unsigned int i;

	head(out, "panicvm_tasks", "gauge", "Tasks, by how they ended.");
	for (i = 0; i < 256; i++)
		if (sum->ends[i])
			fprintf(out, "panicvm_tasks{end=\"%s\"} %" PRIu64 "\n",
				sum_end_name(i), sum->ends[i]);
	fprintf(out, "panicvm_tasks{end=\"unread\"} %" PRIu64 "\n",
		sum->unread_tasks);
	fprintf(out, "panicvm_tasks{end=\"lost\"} %u\n", sum->nr_lost);
}

static void show_number(FILE *out, const char *name, const char *help,
			uint64_t value)
{
	head(out, name, "gauge", help);
	fprintf(out, "%s %" PRIu64 "\n", name, value);
}

void show_prometheus(FILE *out, const struct sum *sum)
{
	show_kinds(out, sum);
	show_ends(out, sum);
	show_number(out, "panicvm_task_attempts",
		    "Attempts at all tasks together.", sum->attempts);
	show_number(out, "panicvm_signatures",
		    "Different signatures of panics and ends.", sum->keys.nr);
	show_number(out, "panicvm_unread",
		    "Files and records that could not be read.", sum->unread);
	show_number(out, "panicvm_sum_whole",
		    "Whether each task is in the sum, with all that it left.",
		    sum_is_whole(sum));
}
