/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line, checked. */
#ifndef CONF_H
#define CONF_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"
#include "panic.h"

#define CONF_MAX_SMP	8

enum backend_choice {
	CHOOSE_AUTO,
	CHOOSE_KERNEL,
	CHOOSE_USERSPACE,
};

struct conf {
	const char *kernel;		/* one of these two */
	const char *flat;
	const char *initrd;		/* or NULL */
	const char *append;
	uint64_t memory;		/* bytes */
	unsigned int smp;
	struct models models;
	enum backend_choice backend;
	enum panic_action on_panic;
	const char *report;		/* a file, "-", or NULL */
	const char *name;
	unsigned int timeout;		/* seconds, 0 for none */
	bool version;			/* nothing else is asked for */
};

/* Does not return when the command line is wrong, nor from --help. */
void conf_parse(struct conf *conf, int argc, char **argv);

#endif /* CONF_H */
