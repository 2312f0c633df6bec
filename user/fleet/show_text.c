// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdlib.h>

#include "fleet/show.h"
#include "fleet/when.h"

/* How many names a line has room for. */
#define NAMES_SHOWN	4

static void show_signature(FILE *out, const struct sum *sum,
			   const struct sum_signature *s)
{
	char first[WHEN_MAX], last[WHEN_MAX];

	when_show(first, s->first);
	when_show(last, s->last);
	fprintf(out, "%7" PRIu64 "  %s  %s  %s%s  ", s->count, first, last,
		s->id, s->version > SIGNATURE_VERSION ? " (newer)" : "");
	show_names(out, &sum->kernels, &s->kernels, NAMES_SHOWN, ",");
	fputs("  ", out);
	show_names(out, &sum->nodes, &s->nodes, NAMES_SHOWN, ",");
	fprintf(out, "  %s  %s  %s\n", s->example, s->core ? s->core : "-",
		s->title);
}

static void show_signatures(FILE *out, const struct sum *sum)
{
	uint32_t *order = sum_order(sum);
	uint32_t i;

	if (order)
		fprintf(out, "%7s  %-19s  %-19s  %-16s  kernels  nodes  record  core  signature\n",
			"count", "first seen", "last seen", "id");
	for (i = 0; i < sum->keys.nr; i++)
		show_signature(out, sum, &sum->signatures[order[i]]);
	if (order)
		fputs("\n", out);
	free(order);
}

static void show_ends(FILE *out, const struct sum *sum)
{
	unsigned int i;

	for (i = 0; i < 256; i++)
		if (sum->ends[i])
			fprintf(out, "%7" PRIu64 "  %s\n", sum->ends[i],
				sum_end_name(i));
	if (sum->unread_tasks)
		fprintf(out, "%7" PRIu64 "  cannot be read\n",
			sum->unread_tasks);
	if (sum->nr_lost)
		fprintf(out, "%7u  LOST\n", sum->nr_lost);
	fprintf(out, "%7" PRIu64 "  tasks, in %" PRIu64 " attempts\n",
		sum->tasks, sum->attempts);
}

static void show_records(FILE *out, const struct sum *sum)
{
	fprintf(out, "%7" PRIu64 "  records in %u signatures", sum->records,
		sum->keys.nr);
	if (sum->notices)
		fprintf(out, ", and %" PRIu64 " notices", sum->notices);
	if (sum->newer)
		fprintf(out, "; %" PRIu64 " were named by the rules of a newer panicvm",
			sum->newer);
	fputs("\n", out);
}

void show_text(FILE *out, const struct sum *sum)
{
	uint32_t i;

	show_signatures(out, sum);
	if (sum->tasks)
		show_ends(out, sum);
	show_records(out, sum);
	for (i = 0; i < sum->nr_lost; i++)
		fprintf(out, "LOST %s\n", sum->lost[i]);
	show_whole(out, sum);
	fputs("\n", out);
}
