// SPDX-License-Identifier: GPL-2.0-only
/*
 * One page that needs nothing from elsewhere and runs no script.  Whatever came
 * from a guest or a file goes through put(), in an element that keeps its
 * direction to itself; labels have been through label_clean() before.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fleet/plot.h"
#include "fleet/show.h"
#include "fleet/when.h"

/* More than anybody reads, and than a browser likes to lay out. */
#define ROWS_MAX	1000

static const char start[] =
"<!DOCTYPE html>\n"
"<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
"<meta name=\"viewport\" content=\"width=device-width\">\n"
"<title>Panics</title>\n"
"<style>\n"
"body { font: 14px/1.4 sans-serif; margin: 2em; color: #222; background: #fff }\n"
"table { border-collapse: collapse; margin: 1em 0 }\n"
"th, td { text-align: left; vertical-align: top; padding: .3em .8em; border-bottom: 1px solid #ddd }\n"
"th { white-space: nowrap } td.n { text-align: right }\n"
"td.t { overflow-wrap: anywhere; min-width: 16em; max-width: 40em }\n"
"td.p { overflow-wrap: anywhere; min-width: 8em; font-size: 12px }\n"
"td.d { white-space: nowrap } code { color: #666 }\n"
".bad { color: #b00; font-weight: bold } i.k { display: inline-block; width: .8em; height: .8em; margin-right: .4em }\n"
"svg { max-width: 100%; height: auto } svg text { font: 11px sans-serif; fill: #444 }\n"
"</style></head><body>\n<h1>Panics</h1>\n";

static void put(FILE *out, const char *text)
{
	static const char special[] = "&<>\"'";
	size_t n;

	fputs("<bdi>", out);
	while (*text) {
		n = strcspn(text, special);
		fwrite(text, 1, n, out);
		text += n;
		if (*text)
			fprintf(out, "&#%d;", *text++);
	}
	fputs("</bdi>", out);
}

static void put_names(FILE *out, const struct names *names,
		      const struct name_set *set)
{
	unsigned int i;

	for (i = 0; i < set->nr; i++) {
		fputs(i ? ", " : "", out);
		put(out, names->text[set->number[i]]);
	}
	if (set->more)
		fputs(", and more", out);
}

static void show_tasks(FILE *out, const struct sum *sum)
{
	unsigned int i;

	fprintf(out, "<p%s>", sum_is_whole(sum) ? "" : " class=\"bad\"");
	show_whole(out, sum);
	fputs("</p>\n<table><tr><th>tasks<th>end</tr>\n", out);
	for (i = 0; i < 256; i++)
		if (sum->ends[i])
			fprintf(out, "<tr><td class=\"n\">%" PRIu64 "<td>%s</tr>\n",
				sum->ends[i], sum_end_name(i));
	if (sum->unread_tasks)
		fprintf(out, "<tr class=\"bad\"><td class=\"n\">%" PRIu64 "<td>cannot be read</tr>\n",
			sum->unread_tasks);
	if (sum->nr_lost)
		fprintf(out, "<tr class=\"bad\"><td class=\"n\">%u<td>LOST</tr>\n",
			sum->nr_lost);
	fprintf(out, "<tr><td class=\"n\">%" PRIu64 "<td>in all, in %" PRIu64 " attempts</tr>\n</table>\n",
		sum->tasks, sum->attempts);
}

static void show_row(FILE *out, const struct sum *sum,
		     const struct sum_signature *s, uint32_t rank)
{
	char first[WHEN_MAX], last[WHEN_MAX];

	when_show(first, s->first);
	when_show(last, s->last);
	fprintf(out, "<tr><td class=\"n\">%" PRIu64 "<td class=\"t\"><i class=\"k\" style=\"background:%s\"></i>",
		s->count, plot_colour(rank));
	put(out, s->title);
	fprintf(out, "<br><code>%s%s</code><td class=\"d\">%s<br>%s<td class=\"p\">",
		s->id, s->version > SIGNATURE_VERSION ? " (newer)" : "", first,
		last);
	put_names(out, &sum->kernels, &s->kernels);
	fputs("<td class=\"p\">", out);
	put_names(out, &sum->nodes, &s->nodes);
	fputs("<td class=\"p\">", out);
	put(out, s->example);
	if (s->core) {
		fputs("<br>", out);
		put(out, s->core);
	}
	fputs("</tr>\n", out);
}

static void show_table(FILE *out, const struct sum *sum, const uint32_t *order)
{
	uint32_t i;

	fputs("<table><tr><th>count<th>signature<th>first and last seen<th>kernels<th>nodes<th>record and core of one</tr>\n",
	      out);
	for (i = 0; i < sum->keys.nr && i < ROWS_MAX; i++)
		show_row(out, sum, &sum->signatures[order[i]], i);
	fputs("</table>\n", out);
	if (sum->keys.nr > i)
		fprintf(out, "<p>%u more are left out here; <code>panicvm-sum --json</code> has them.</p>\n",
			sum->keys.nr - i);
}

static void show_lost(FILE *out, const struct sum *sum)
{
	uint32_t i;

	if (!sum->nr_lost)
		return;
	fputs("<h2>Lost, or under way</h2>\n<ul>\n", out);
	for (i = 0; i < sum->nr_lost && i < ROWS_MAX; i++) {
		fputs("<li>", out);
		put(out, sum->lost[i]);
		fputs("</li>\n", out);
	}
	fputs("</ul>\n", out);
	if (sum->nr_lost > i)
		fprintf(out, "<p>And %u more.</p>\n", sum->nr_lost - i);
}

void show_html(FILE *out, const struct sum *sum)
{
	uint32_t *order = sum_order(sum);

	fputs(start, out);
	show_tasks(out, sum);
	plot_show(out, sum, order);
	show_table(out, sum, order);
	show_lost(out, sum);
	fputs("</body></html>\n", out);
	free(order);
}
