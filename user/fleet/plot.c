// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fleet/plot.h"
#include "fleet/when.h"

#define COLUMNS		60
#define COLOURS		7	/* the last is everybody else's */

/* In pixels: a column, the frame, and the room beside it. */
#define STEP		14
#define HEIGHT		160
#define LEFT		60
#define TOP		20
#define WIDTH		(COLUMNS * STEP)

static const char *const colours[COLOURS] = {
	"#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#a463f2", "#aaa",
};

struct plot {
	uint64_t first, last;
	uint64_t count[COLUMNS][COLOURS];
	uint64_t most;
};

const char *plot_colour(uint32_t rank)
{
	return colours[rank < COLOURS ? rank : COLOURS - 1];
}

static void find_span(struct plot *plot, const struct sum *sum)
{
	uint64_t i;

	plot->first = UINT64_MAX;
	for (i = 0; i < sum->records; i++) {
		if (sum->points[i].time < plot->first)
			plot->first = sum->points[i].time;
		if (sum->points[i].time > plot->last)
			plot->last = sum->points[i].time;
	}
}

static unsigned int column_of(const struct plot *plot, uint64_t time)
{
	uint64_t span = (plot->last - plot->first) / COLUMNS + 1;

	return (unsigned int)((time - plot->first) / span);
}

/* The place of each signature in @order, as a colour. */
static uint8_t *find_colours(const struct sum *sum, const uint32_t *order)
{
	uint8_t *colour = malloc(sum->keys.nr);
	uint32_t i;

	for (i = 0; colour && i < sum->keys.nr; i++)
		colour[order[i]] = (uint8_t)(i < COLOURS ? i : COLOURS - 1);
	return colour;
}

static void fill(struct plot *plot, const struct sum *sum,
		 const uint8_t *colour)
{
	uint64_t i, sums[COLUMNS] = { 0 };

	for (i = 0; i < sum->records; i++) {
		unsigned int column = column_of(plot, sum->points[i].time);

		plot->count[column][colour[sum->points[i].signature]]++;
		if (++sums[column] > plot->most)
			plot->most = sums[column];
	}
}

/* Columns grow upwards, the most frequent signature at the bottom. */
static void show_column(FILE *out, const struct plot *plot,
			unsigned int column)
{
	uint64_t below = 0;
	unsigned int i;

	for (i = 0; i < COLOURS; i++) {
		uint64_t count = plot->count[column][i];
		double height = (double)count * HEIGHT / (double)plot->most;

		if (!count)
			continue;
		below += count;
		fprintf(out, "<rect x=\"%u\" y=\"%.1f\" width=\"%u\" height=\"%.1f\" fill=\"%s\"/>\n",
			LEFT + column * STEP,
			TOP + HEIGHT - (double)below * HEIGHT / (double)plot->most,
			STEP - 1, height, colours[i]);
	}
}

static void show_axes(FILE *out, const struct plot *plot)
{
	char first[WHEN_MAX], last[WHEN_MAX];

	when_show(first, plot->first);
	when_show(last, plot->last);
	fprintf(out, "<path d=\"M%d %dH%dM%d %dH%d\" stroke=\"#bbb\" fill=\"none\"/>\n",
		LEFT, TOP, LEFT + WIDTH, LEFT, TOP + HEIGHT, LEFT + WIDTH);
	fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%" PRIu64 "</text>\n",
		LEFT - 6, TOP + 4, plot->most);
	fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">0</text>\n",
		LEFT - 6, TOP + HEIGHT + 4);
	fprintf(out, "<text x=\"%d\" y=\"%d\">%s</text>\n", LEFT,
		TOP + HEIGHT + 18, first);
	fprintf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s, UTC</text>\n",
		LEFT + WIDTH, TOP + HEIGHT + 18, last);
}

void plot_show(FILE *out, const struct sum *sum, const uint32_t *order)
{
	struct plot plot = { 0 };
	uint8_t *colour;
	unsigned int i;

	if (!sum->records)
		return;
	colour = find_colours(sum, order);
	if (!colour)
		return;
	find_span(&plot, sum);
	fill(&plot, sum, colour);
	free(colour);
	fprintf(out, "<svg width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"records over time\">\n",
		LEFT + WIDTH + 10, TOP + HEIGHT + 30, LEFT + WIDTH + 10,
		TOP + HEIGHT + 30);
	show_axes(out, &plot);
	for (i = 0; i < COLUMNS; i++)
		show_column(out, &plot, i);
	fprintf(out, "</svg>\n<p>Records over time, %" PRIu64 " s a column; the first %d signatures by the colours of the table.</p>\n",
		((plot.last - plot.first) / COLUMNS + 1 + 999999) / 1000000,
		COLOURS - 1);
}
