// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's fault injection.  Enters: which allocation of this thread is to
 * fail, or that all allocations of the kernel's workers are.  Leaves: whether one
 * has failed.  On a kernel without fault injection the program ends.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "inject.h"

#define DEBUGFS		"/sys/kernel/debug/"

/* How many allocations of workers may fail; the kernel counts down from it. */
#define WORKERS_TIMES	"1000"

static int fail_nth;

static void write_setting(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		fail("%s: %s; is this a kernel with fault injection?", path,
		     strerror(errno));
	close(fd);
}

/* Allocations that may sleep are to fail too, of whatever size, and quietly. */
void inject_set_up(void)
{
	write_setting(DEBUGFS "failslab/ignore-gfp-wait", "N");
	write_setting(DEBUGFS "failslab/verbose", "0");
	write_setting(DEBUGFS "fail_page_alloc/ignore-gfp-wait", "N");
	write_setting(DEBUGFS "fail_page_alloc/min-order", "0");
	write_setting(DEBUGFS "fail_page_alloc/verbose", "0");
	/*
	 * vmalloc() warns, with a back trace, that it has failed, and the lab
	 * takes any back trace on the console for trouble.  What is an error is
	 * printed all the same, and WARN() also taints the kernel.
	 */
	write_setting("/proc/sys/kernel/printk", "4");
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR);
	if (fail_nth < 0)
		fail("/proc/thread-self/fail-nth: %s", strerror(errno));
}

void inject_nth(unsigned int n)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(fail_nth, text, length, 0) != length)
		fail("fail-nth cannot be set: %s", strerror(errno));
}

bool inject_has_failed(void)
{
	char text[16] = "";

	if (pread(fail_nth, text, sizeof(text) - 1, 0) <= 0)
		fail("fail-nth cannot be read: %s", strerror(errno));
	return !atoi(text);
}

static bool is_worker(const char *pid)
{
	char path[300], comm[32] = "";
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return false;
	n = read(fd, comm, sizeof(comm) - 1);
	close(fd);
	return n > 0 && !strncmp(comm, "kworker/", 8);
}

/* Any of the kernel's worker threads may be the one that runs a work. */
static void mark_workers(void)
{
	struct dirent *entry;
	DIR *proc = opendir("/proc");
	char path[300];

	while (proc && (entry = readdir(proc))) {
		if (!is_worker(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/make-it-fail",
			 entry->d_name);
		write_setting(path, "1");
	}
	closedir(proc);
}

/* The filter comes first, as without it probability is that of all tasks. */
void inject_workers(void)
{
	mark_workers();
	write_setting(DEBUGFS "failslab/task-filter", "Y");
	write_setting(DEBUGFS "failslab/times", WORKERS_TIMES);
	write_setting(DEBUGFS "failslab/probability", "100");
}

void inject_workers_end(void)
{
	write_setting(DEBUGFS "failslab/probability", "0");
	write_setting(DEBUGFS "failslab/task-filter", "N");
}

bool inject_worker_has_failed(void)
{
	char text[16] = "";
	int fd = open(DEBUGFS "failslab/times", O_RDONLY);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		fail("failslab/times: %s", strerror(errno));
	close(fd);
	return atoi(text) < atoi(WORKERS_TIMES);
}
