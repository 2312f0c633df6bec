/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line, checked. */
#ifndef CONF_H
#define CONF_H

#include <stdbool.h>
#include <stdint.h>

#include "board/boot.h"
#include "kvm/backend.h"
#include "panic/model.h"
#include "panic/panic.h"

/* Of a core: what stands behind it in other names must fit too. */
#define CONF_CORE_NAME_MAX	200
/* With these a record is never longer than REPORT_MAX. */
#define CONF_CORE_MAX		1024
#define CONF_NAME_MAX		256

struct conf {
	struct boot boot;
	uint64_t memory;		/* bytes */
	unsigned int smp;
	bool irqchip;			/* and a timer; else local APICs alone */
	struct models models;
	enum backend_choice backend;
	struct panic_policy policy;
	unsigned int restarts;		/* at most */
	unsigned int dump_timeout;	/* seconds for a crash kernel; 0: any */
	const char *core;		/* a file, or NULL */
	const char *report;		/* a file, "-", or NULL */
	const char *results;		/* a file, or NULL: no COM2 */
	int exit_port;			/* -1: none */
	bool sandbox;
	const char *monitor;		/* path of a socket, or NULL */
	const char *name;
	unsigned int timeout;		/* seconds, 0 for none */
	unsigned int silence;		/* the same */
	const char *kmsg;		/* a core, and nothing else is done */
	bool version;			/* nothing else is asked for */
};

/* Does not return when the command line is wrong, nor from --help. */
void conf_parse(struct conf *conf, int argc, char **argv);

#endif /* CONF_H */
