// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/log.h"
#include "sandbox/sandbox_paths.h"

/* All that the first version of Landlock knows; moves it always forbids. */
#define ALL_ACCESS	((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

#define CORE_ACCESS	(LANDLOCK_ACCESS_FS_WRITE_FILE | \
			 LANDLOCK_ACCESS_FS_MAKE_REG | \
			 LANDLOCK_ACCESS_FS_REMOVE_FILE)

/* To bind a socket, and to give it another name beside that. */
#define MONITOR_ACCESS	(LANDLOCK_ACCESS_FS_MAKE_SOCK | \
			 LANDLOCK_ACCESS_FS_REMOVE_FILE)

static int create_ruleset(void)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = ALL_ACCESS,
	};
	long fd = syscall(__NR_landlock_create_ruleset, &attr, sizeof(attr), 0);

	return fd < 0 ? -errno : (int)fd;
}

static int allow(int ruleset, int dir, uint64_t access)
{
	const struct landlock_path_beneath_attr attr = {
		.allowed_access = access,
		.parent_fd = dir,
	};

	return syscall(__NR_landlock_add_rule, ruleset,
		       LANDLOCK_RULE_PATH_BENEATH, &attr, 0) < 0 ? -errno : 0;
}

static int allow_monitor(int ruleset, const char *path)
{
	int dir = fs_open_dir(path, O_PATH);
	int err;

	if (dir < 0)
		return dir;
	err = allow(ruleset, dir, MONITOR_ACCESS);
	close(dir);
	return err;
}

static int fill_ruleset(int ruleset, int core_dir, const char *monitor)
{
	int err = 0;

	if (core_dir >= 0)
		err = allow(ruleset, core_dir, CORE_ACCESS);
	if (!err && monitor)
		err = allow_monitor(ruleset, monitor);
	return err;
}

int sandbox_paths_limit(int core_dir, const char *monitor)
{
	int ruleset = create_ruleset();
	int err;

	if (ruleset == -ENOSYS || ruleset == -EOPNOTSUPP) {
		log_say("the sandbox has no limit of paths, as this host's kernel has no Landlock; its filter of system calls is there");
		return 0;
	}
	if (ruleset < 0)
		return ruleset;
	err = fill_ruleset(ruleset, core_dir, monitor);
	if (!err && syscall(__NR_landlock_restrict_self, ruleset, 0) < 0)
		err = -errno;
	close(ruleset);
	return err;
}
