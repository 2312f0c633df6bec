// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "fleet/keep.h"
#include "fleet/layout.h"

static void set_name(struct keep *keep, const char *id, unsigned int number)
{
	snprintf(keep->name, sizeof(keep->name), "%s.%u", id, number);
}

bool keep_wants(const struct keep *keep, const char *id)
{
	struct keep last = *keep;

	if (keep->dir < 0)
		return true;
	set_name(&last, id, keep->max);
	return faccessat(keep->dir, last.name, F_OK, 0) < 0;
}

/* link() gives each name to one core. */
static int take_name(struct keep *keep, int dir, const char *id)
{
	unsigned int number;

	for (number = 1; number <= keep->max; number++) {
		set_name(keep, id, number);
		if (!linkat(dir, LAYOUT_CORE, keep->dir, keep->name, 0))
			return 0;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

int keep_core(struct keep *keep, struct attempt *attempt, const char *id)
{
	char *core = attempt->status.core;
	int err = take_name(keep, attempt->dir, id);

	if (err) {
		keep->name[0] = '\0';
		if (err != -EEXIST)
			return err;
		*core = '\0';
	} else {
		snprintf(core, TASK_CORE_MAX, "%s/%s", keep->path, keep->name);
	}
	return unlinkat(attempt->dir, LAYOUT_CORE, 0) < 0 ? -errno : 0;
}

void keep_undo(struct keep *keep)
{
	if (*keep->name)
		unlinkat(keep->dir, keep->name, 0);
	keep->name[0] = '\0';
}
