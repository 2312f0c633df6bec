/* SPDX-License-Identifier: GPL-2.0-only */
/* A sum, as people, programs, Prometheus and browsers want it. */
#ifndef SHOW_H
#define SHOW_H

#include <stdio.h>

#include "fleet/sum.h"

void show_text(FILE *out, const struct sum *sum);
void show_json(FILE *out, const struct sum *sum);
void show_prometheus(FILE *out, const struct sum *sum);
void show_html(FILE *out, const struct sum *sum);

/*
 * Into a file that is there, whole, or as it was before: it is renamed into
 * place.  0 or -errno.
 */
int show_file(const char *path, const struct sum *sum,
	      void (*show)(FILE *out, const struct sum *sum));

/* The names of a set with @comma between them; "-" for none. */
void show_names(FILE *out, const struct names *names,
		const struct name_set *set, unsigned int max,
		const char *comma);

/* The sentence that says what is missing, if something is. */
void show_whole(FILE *out, const struct sum *sum);

#endif /* SHOW_H */
