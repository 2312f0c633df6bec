// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/json_parse.h"
#include "base/version.h"
#include "fleet/label.h"
#include "fleet/layout.h"
#include "fleet/task_status.h"
#include "fleet/when.h"

/* A core's path of which each byte takes six, and some. */
#define TEXT_MAX	(8 * 1024)

static void put_time(struct json *json, const char *key, uint64_t when)
{
	char text[WHEN_MAX];

	when_write(text, when);
	json_string(json, key, text);
}

static void put_status(struct buf *buf, const struct task_status *s)
{
	struct json json = { .buf = buf };

	json_open(&json, NULL, '{');
	json_number(&json, "version", TASK_STATUS_VERSION);
	json_number(&json, "attempt", s->attempt);
	json_string(&json, "node", s->node);
	put_time(&json, "began", s->began);
	if (s->ended) {
		put_time(&json, "ended", s->ended);
		json_number(&json, "status", s->status);
		json_string(&json, "error", *s->error ? s->error : NULL);
		json_string(&json, "core", *s->core ? s->core : NULL);
	}
	json_string(&json, "panicvm", VERSION);
	json_close(&json, '}');
	buf_put(buf, "\n");
}

static int write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		len -= (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

/* No two attempts have one directory, so nobody else has this name. */
static int write_part(int dir, const char *part, const struct buf *buf)
{
	int fd = openat(dir, part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			0666);
	int err;

	if (fd < 0)
		return -errno;
	err = write_all(fd, buf->text, buf->len);
	if (close(fd) < 0 && !err)
		err = -errno;
	return err;
}

int task_status_write(int dir, const char *name,
		      const struct task_status *status)
{
	char text[TEXT_MAX], part[LAYOUT_NAME_MAX];
	struct buf buf;
	int err;

	buf_init(&buf, text, sizeof(text));
	put_status(&buf, status);
	if (buf.full)
		return -ENAMETOOLONG;
	snprintf(part, sizeof(part), "%s.part", name);
	err = write_part(dir, part, &buf);
	if (!err && renameat(dir, part, dir, name) < 0)
		err = -errno;
	if (err)
		unlinkat(dir, part, 0);
	else if (fsync(dir) < 0)
		err = -errno;
	return err;
}

static unsigned int member(const struct json_text *j, const char *key,
			   enum json_type type)
{
	unsigned int value = json_member(j, 0, key);

	return value && j->values[value].type == type ? value : 0;
}

static bool get_number(const struct json_text *j, const char *key,
		       uint64_t max, unsigned int *out)
{
	unsigned int value = member(j, key, JSON_NUMBER);
	uint64_t number;

	if (!value || !json_get_number(j, value, &number) || number > max)
		return false;
	*out = (unsigned int)number;
	return true;
}

static void get_label(const struct json_text *j, const char *key, char *out,
		      size_t size)
{
	unsigned int value = member(j, key, JSON_STRING);
	char raw[TASK_CORE_MAX] = "";

	if (value)
		json_get_string(j, value, raw, sizeof(raw));
	label_clean(out, size, raw);
}

static void get_time(const struct json_text *j, const char *key, uint64_t *out)
{
	unsigned int value = member(j, key, JSON_STRING);
	char text[WHEN_MAX];

	*out = 0;
	if (value && json_get_string(j, value, text, sizeof(text)))
		when_read(text, out);
}

static const char *take(struct task_status *s, const char *text, size_t len)
{
	struct json_text j;
	unsigned int version;

	if (json_parse_top(&j, text, len, 1) ||
	    j.values[0].type != JSON_OBJECT ||
	    !get_number(&j, "version", 9999, &version))
		return "is no status of panicvm-task's";
	if (version > TASK_STATUS_VERSION)
		return "is of a newer panicvm-task";
	*s = (struct task_status){ 0 };
	if (!get_number(&j, "attempt", LAYOUT_ATTEMPTS_MAX, &s->attempt))
		return "is no status of panicvm-task's";
	get_label(&j, "node", s->node, sizeof(s->node));
	get_label(&j, "error", s->error, sizeof(s->error));
	get_label(&j, "core", s->core, sizeof(s->core));
	get_time(&j, "began", &s->began);
	get_time(&j, "ended", &s->ended);
	if (s->ended && !get_number(&j, "status", 255, &s->status))
		return "is no status of panicvm-task's";
	return NULL;
}

const char *task_status_read(int dir, const char *name,
			     struct task_status *status)
{
	char text[TEXT_MAX];
	ssize_t len;
	int fd;

	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? "" : strerror(errno);
	len = read(fd, text, sizeof(text));
	if (len < 0) {
		int err = errno;

		close(fd);
		return strerror(err);
	}
	close(fd);
	return take(status, text, (size_t)len);
}
