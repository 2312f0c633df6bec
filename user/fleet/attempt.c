// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fleet/attempt.h"
#include "fleet/copy.h"
#include "fleet/label.h"
#include "fleet/layout.h"
#include "fleet/when.h"

/* What panicvm writes; the core is not always wanted. */
static const char *const files[] = {
	LAYOUT_CORE, LAYOUT_RECORD, LAYOUT_CONSOLE, LAYOUT_LOG,
};

#define NR_FILES	(sizeof(files) / sizeof(files[0]))

/* Each directory on the way that is not there; others may do so as well. */
static int make_path(const char *path)
{
	char part[PATH_MAX];
	char *slash;

	if (snprintf(part, sizeof(part), "%s", path) >= (int)sizeof(part))
		return -ENAMETOOLONG;
	for (slash = part + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(part, 0777) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return mkdir(part, 0777) < 0 && errno != EEXIST ? -errno : 0;
}

int attempt_open_task(const char *path)
{
	int err = make_path(path);
	int fd;

	if (err)
		return err;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

unsigned int attempt_count(int task, unsigned int *last)
{
	int fd = openat(task, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	unsigned int count = 0;

	*last = 0;
	while (dir && (entry = readdir(dir))) {
		unsigned int number = layout_attempt(entry->d_name);

		count += !!number;
		if (number > *last)
			*last = number;
	}
	if (dir)
		closedir(dir);
	return count;
}

/* mkdir() gives each number to one attempt. */
static int make_dir(struct attempt *a, unsigned int number)
{
	char name[LAYOUT_NAME_MAX];

	for (; number <= LAYOUT_ATTEMPTS_MAX; number++) {
		snprintf(name, sizeof(name), LAYOUT_ATTEMPT "%u", number);
		if (!mkdirat(a->task, name, 0777)) {
			a->status.attempt = number;
			a->dir = openat(a->task, name,
					O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			return a->dir < 0 ? -errno : 0;
		}
		if (errno != EEXIST)
			return -errno;
	}
	return -EMFILE;
}

static int make_work(struct attempt *a, const char *path, const char *local)
{
	int len;

	a->is_local = local;
	if (!local) {
		a->work = a->dir;
		len = snprintf(a->path, sizeof(a->path), "%s/" LAYOUT_ATTEMPT "%u",
			       path, a->status.attempt);
		return len < (int)sizeof(a->path) ? 0 : -ENAMETOOLONG;
	}
	len = snprintf(a->path, sizeof(a->path), "%s/panicvm-task-XXXXXX", local);
	if (len >= (int)sizeof(a->path))
		return -ENAMETOOLONG;
	if (!mkdtemp(a->path))
		return -errno;
	a->work = open(a->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return a->work < 0 ? -errno : 0;
}

int attempt_begin(struct attempt *a, int task, const char *path,
		  unsigned int number, const char *node, const char *local)
{
	int err;

	*a = (struct attempt){ .task = task, .dir = -1, .work = -1 };
	label_clean(a->status.node, sizeof(a->status.node), node);
	a->status.began = when_now();
	err = make_dir(a, number);
	if (!err)
		err = task_status_write(a->dir, LAYOUT_BEGUN, &a->status);
	if (!err)
		err = make_work(a, path, local);
	return err;
}

static int flush(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (fsync(fd) < 0)
		err = -errno;
	close(fd);
	return err;
}

int attempt_bring_home(struct attempt *a, bool with_core)
{
	size_t i;
	int err;

	for (i = with_core ? 0 : 1; i < NR_FILES; i++) {
		err = a->is_local ? copy_file(a->work, a->dir, files[i]) :
				    flush(a->dir, files[i]);
		if (err)
			return err;
	}
	return 0;
}

void attempt_clean_up(struct attempt *a)
{
	size_t i;

	if (!a->is_local || a->work < 0)
		return;
	for (i = 0; i < NR_FILES; i++)
		unlinkat(a->work, files[i], 0);
	rmdir(a->path);
}

int attempt_end(struct attempt *a, bool *counts)
{
	char name[LAYOUT_NAME_MAX];
	int err;

	*counts = false;
	a->status.ended = when_now();
	err = task_status_write(a->dir, LAYOUT_STATUS, &a->status);
	if (err || !task_is_verdict(a->status.status) || *a->status.error)
		return err;
	snprintf(name, sizeof(name), LAYOUT_ATTEMPT "%u/" LAYOUT_STATUS,
		 a->status.attempt);
	*counts = !linkat(a->task, name, a->task, LAYOUT_STATUS, 0);
	if (!*counts && errno != EEXIST)
		return -errno;
	return fsync(a->task) < 0 ? -errno : 0;
}
