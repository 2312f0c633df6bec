/* SPDX-License-Identifier: GPL-2.0-only */
/* When the records of a sum came, as SVG: a column for each span of time. */
#ifndef PLOT_H
#define PLOT_H

#include <stdio.h>

#include "fleet/sum.h"

/* @order: of the signatures.  The first have a colour each, the rest one. */
void plot_show(FILE *out, const struct sum *sum, const uint32_t *order);

/* The colour of the signature that is the @rank-th in that order. */
const char *plot_colour(uint32_t rank);

#endif /* PLOT_H */
