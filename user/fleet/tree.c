// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/status.h"
#include "fleet/label.h"
#include "fleet/layout.h"
#include "fleet/record_file.h"
#include "fleet/tree.h"

/* A path as it is shown: each byte may take four. */
#define SHOWN_MAX	1024

/* Who reads a file of records. */
struct reading {
	struct sum *sum;
	struct sum_source source;
	unsigned int found, bad;
};

static void take_record(void *context, const struct record_line *line)
{
	struct reading *reading = context;

	reading->found += line->has_signature;
	sum_add_record(reading->sum, line, &reading->source);
}

static void take_bad(void *context, unsigned int number, const char *why)
{
	struct reading *reading = context;

	reading->bad++;
	reading->sum->unread++;
	sum_say(reading->sum, "%s: line %u: %s", reading->source.file, number,
		why);
}

/* The name of @path and what is in it, as it is shown. */
static void show(char out[SHOWN_MAX], const char *path, const char *more)
{
	char whole[PATH_MAX];

	snprintf(whole, sizeof(whole), "%s%s%s", path, more ? "/" : "",
		 more ? more : "");
	label_clean(out, SHOWN_MAX, whole);
}

static void read_records(struct reading *reading, int dir, const char *name)
{
	const struct record_sink sink = { take_record, take_bad, reading };
	int fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	int err = fd < 0 ? -errno : record_file_read(fd, &sink);

	if (fd >= 0)
		close(fd);
	if (!err)
		return;
	reading->bad++;
	reading->sum->unread++;
	sum_say(reading->sum, "%s: cannot be read: %s", reading->source.file,
		strerror(-err));
}

/* Of a core beside the task, the whole path. */
static void show_core(char out[SHOWN_MAX], const char *path, const char *core)
{
	if (*core == '/')
		show(out, core, NULL);
	else if (*core)
		show(out, path, core);
	else
		*out = '\0';
}

static void add_verdict(struct sum *sum, int dir, const char *path,
			const struct task_status *status)
{
	char name[LAYOUT_NAME_MAX], file[SHOWN_MAX], core[SHOWN_MAX];
	struct reading reading = {
		.sum = sum,
		.source = { file, status->node, core },
	};

	snprintf(name, sizeof(name), LAYOUT_ATTEMPT "%u/" LAYOUT_RECORD,
		 status->attempt);
	show(file, path, name);
	show_core(core, path, status->core);
	sum->ends[status->status]++;
	if (!task_leaves_record(status->status) && faccessat(dir, name, F_OK, 0))
		return;
	read_records(&reading, dir, name);
	if (task_leaves_record(status->status) && !reading.found && !reading.bad) {
		sum->unread++;
		sum_say(sum, "%s: has no record of how the task ended, which was by status %u",
			file, status->status);
	}
}

/* What the last attempt left of itself. */
static void add_lost(struct sum *sum, int dir, const char *path,
		     unsigned int last)
{
	struct task_status status = { .attempt = last };
	char name[LAYOUT_NAME_MAX], shown[SHOWN_MAX], line[2 * SHOWN_MAX];
	const char *how = "under way, or gone";

	show(shown, path, NULL);
	if (!last) {
		snprintf(line, sizeof(line), "%s: not begun", shown);
		sum_add_lost(sum, line);
		return;
	}
	snprintf(name, sizeof(name), LAYOUT_ATTEMPT "%u/" LAYOUT_STATUS, last);
	if (!task_status_read(dir, name, &status)) {
		how = *status.error ? status.error : "killed at its very end";
	} else {
		snprintf(name, sizeof(name), LAYOUT_ATTEMPT "%u/" LAYOUT_BEGUN,
			 last);
		if (task_status_read(dir, name, &status))
			status.node[0] = '\0';
	}
	snprintf(line, sizeof(line), "%s: " LAYOUT_ATTEMPT "%u%s%s: %s", shown,
		 last, *status.node ? " on " : "", status.node, how);
	sum_add_lost(sum, line);
}

/* How many attempts there are, and the last one; is this a task's directory? */
static uint64_t count_attempts(DIR *dir, unsigned int *last, bool *is_task)
{
	const struct dirent *entry;
	uint64_t count = 0;

	*last = 0;
	*is_task = false;
	while ((entry = readdir(dir))) {
		unsigned int number = layout_attempt(entry->d_name);

		count += !!number;
		if (number > *last)
			*last = number;
		if (number || !strcmp(entry->d_name, LAYOUT_STATUS))
			*is_task = true;
	}
	return count;
}

static void add_task(struct sum *sum, DIR *dir, const char *path,
		     unsigned int last)
{
	struct task_status status;
	char shown[SHOWN_MAX];
	const char *why;

	sum->tasks++;
	why = task_status_read(dirfd(dir), LAYOUT_STATUS, &status);
	if (!why && (!status.ended || !task_is_verdict(status.status)))
		why = "is no status of panicvm-task's";
	if (!why) {
		add_verdict(sum, dirfd(dir), path, &status);
	} else if (!*why) {
		add_lost(sum, dirfd(dir), path, last);
	} else {
		show(shown, path, LAYOUT_STATUS);
		sum->unread_tasks++;
		sum_say(sum, "%s: %s", shown, why);
	}
}

static void add_file(struct sum *sum, int dir, const char *name,
		     const char *path)
{
	char file[SHOWN_MAX];
	struct reading reading = {
		.sum = sum,
		.source = { file, "", "" },
	};

	show(file, path, NULL);
	read_records(&reading, dir, name);
}

static void add_entry(struct sum *sum, int dir, const char *name,
		      const char *path, bool may_be_tasks);

static void add_entries(struct sum *sum, DIR *dir, const char *path)
{
	const struct dirent *entry;
	char inner[PATH_MAX];

	rewinddir(dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
		add_entry(sum, dirfd(dir), entry->d_name, inner, false);
	}
}

static void add_dir(struct sum *sum, int fd, const char *path,
		    bool may_be_tasks)
{
	DIR *dir = fdopendir(fd);
	unsigned int last;
	uint64_t attempts;
	bool is_task;

	if (!dir) {
		close(fd);
		return;
	}
	attempts = count_attempts(dir, &last, &is_task);
	if (is_task || !may_be_tasks) {
		sum->attempts += attempts;
		add_task(sum, dir, path, last);
	} else {
		add_entries(sum, dir, path);
	}
	closedir(dir);
}

/* Not a FIFO or a device, which could keep a reader waiting. */
static void add_other(struct sum *sum, int dir, const char *name,
		      const char *path)
{
	char shown[SHOWN_MAX];
	struct stat st;

	if (!fstatat(dir, name, &st, 0) && S_ISREG(st.st_mode)) {
		add_file(sum, dir, name, path);
		return;
	}
	show(shown, path, NULL);
	sum->unread++;
	sum_say(sum, "%s: is neither a directory nor a file", shown);
}

static void add_entry(struct sum *sum, int dir, const char *name,
		      const char *path, bool may_be_tasks)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char shown[SHOWN_MAX];

	if (fd >= 0) {
		add_dir(sum, fd, path, may_be_tasks);
		return;
	}
	if (errno == ENOTDIR) {
		add_other(sum, dir, name, path);
		return;
	}
	show(shown, path, NULL);
	sum_say(sum, "%s: cannot be read: %s", shown, strerror(errno));
	if (may_be_tasks) {
		sum->unread++;
		return;
	}
	sum->tasks++;
	sum->unread_tasks++;
}

void tree_add(struct sum *sum, const char *path)
{
	add_entry(sum, AT_FDCWD, path, path, true);
}
