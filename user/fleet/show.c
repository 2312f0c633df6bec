// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fleet/show.h"

void show_names(FILE *out, const struct names *names,
		const struct name_set *set, unsigned int max,
		const char *comma)
{
	unsigned int i;

	if (!set->nr)
		fputs("-", out);
	for (i = 0; i < set->nr && i < max; i++)
		fprintf(out, "%s%s", i ? comma : "",
			names->text[set->number[i]]);
	if (set->nr > max || set->more)
		fprintf(out, "%s+%u%s", comma, set->nr - i,
			set->more ? " or more" : "");
}

void show_whole(FILE *out, const struct sum *sum)
{
	const char *comma = "NOT WHOLE: ";

	if (sum_is_whole(sum)) {
		fputs("whole: the sum is that of the tasks", out);
		return;
	}
	if (sum->expected && sum->expected != sum->tasks) {
		fprintf(out, "%s%" PRIu64 " tasks of %" PRIu64, comma,
			sum->tasks, sum->expected);
		comma = ", ";
	}
	if (sum->nr_lost) {
		fprintf(out, "%s%u lost or under way", comma, sum->nr_lost);
		comma = ", ";
	}
	if (sum->unread_tasks) {
		fprintf(out, "%s%" PRIu64 " tasks that cannot be read", comma,
			sum->unread_tasks);
		comma = ", ";
	}
	if (sum->unread)
		fprintf(out, "%s%" PRIu64 " records or files that cannot be read",
			comma, sum->unread);
}

/* fclose() alone does not say that the disk has it. */
static int finish(FILE *out)
{
	int err = 0;

	if (fflush(out) || ferror(out) || fsync(fileno(out)))
		err = errno ? -errno : -EIO;
	if (fclose(out) && !err)
		err = -errno;
	return err;
}

int show_file(const char *path, const struct sum *sum,
	      void (*show)(FILE *out, const struct sum *sum))
{
	char part[PATH_MAX];
	FILE *out;
	int fd, err;

	if (snprintf(part, sizeof(part), "%s.part-%d", path, (int)getpid()) >=
	    (int)sizeof(part))
		return -ENAMETOOLONG;
	fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!out)
		return -errno;
	show(out, sum);
	err = finish(out);
	if (!err && rename(part, path) < 0)
		err = -errno;
	if (err)
		unlink(part);
	return err;
}
