// SPDX-License-Identifier: GPL-2.0-only
/*
 * In: parked vCPUs and the guest's RAM.  Out: a core, or a sentence.
 *
 * One thread leads: it finds the guest's VMCOREINFO, builds the head, looks for
 * room, and writes; with others, as long as there is RAM that nobody has taken.
 * RAM stands in the file as it does in memory, without the gap, behind the head.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "core/dump_write.h"
#include "guest/guest_kernel.h"

/* What a writer takes at a time. */
#define CHUNK		MIB

_Static_assert(MEM_HOLE % CHUNK == 0, "no chunk lies in two regions");

static int is_cancelled(const struct dump *dump)
{
	struct pollfd fd = { .fd = dump->stop, .events = POLLIN };

	return poll(&fd, 1, 0) > 0 ? -ECANCELED : 0;
}

/* What would help, to follow what went wrong. */
static const char *advice(int err)
{
	switch (err) {
	case -ENOSPC:
	case -EDQUOT:
		return "; make room, or name another directory";
	case -EACCES:
	case -EPERM:
	case -EROFS:
		return "; name a directory that panicvm may write to";
	case -ENOENT:
		return ": its directory is gone; name one that stays";
	case -EFBIG:
		return "; raise the limit on the size of files (ulimit -f)";
	case -EPIPE:
		return ": whoever was to read it has gone";
	default:
		return "";
	}
}

int dump_fail(struct dump *dump, const char *what, int err)
{
	snprintf(dump->error, sizeof(dump->error), "%s: %s%s", what,
		 strerror(-err), advice(err));
	return err;
}

static bool is_zero(const uint8_t *page)
{
	return !page[0] && !memcmp(page, page + 1, PAGE_SIZE - 1);
}

static uint64_t chunk_len(const struct dump *dump, uint64_t at)
{
	return dump->total - at < CHUNK ? dump->total - at : CHUNK;
}

static int write_all(struct dump *dump, uint64_t at, const uint8_t *bytes,
		     size_t len)
{
	int err = dump_out_write(&dump->out, dump->head.len + at, bytes, len);

	if (!err)
		atomic_fetch_add(&dump->data, len);
	return err;
}

/* What lies between pages of zeros, in one piece each. */
static int write_used(struct dump *dump, uint64_t at, const uint8_t *bytes,
		      size_t len)
{
	size_t from, to;
	int err = 0;

	for (from = 0; from < len && !err; from = to) {
		to = from;
		while (to < len && !is_zero(bytes + to))
			to += PAGE_SIZE;
		if (to == from)
			to += PAGE_SIZE;
		else
			err = write_all(dump, at + from, bytes + from,
					to - from);
	}
	return err;
}

static int count_used(struct dump *dump, uint64_t at, const uint8_t *bytes,
		      size_t len)
{
	size_t page;

	(void)at;
	for (page = 0; page < len; page += PAGE_SIZE)
		dump->needed += is_zero(bytes + page) ? 0 : PAGE_SIZE;
	return 0;
}

typedef int handle_fn(struct dump *dump, uint64_t at, const uint8_t *bytes,
		      size_t len);

/* Address of the RAM that is @at from where all RAM begins, without the gap. */
static uint64_t address(const struct dump *dump, uint64_t at)
{
	const struct mem_region *region = dump->mem->region;

	while (at >= region->size) {
		at -= region->size;
		region++;
	}
	return region->gpa + at;
}

/* Hand the pages of a chunk that may not be zero to @handle. */
static int for_used(struct dump *dump, uint64_t at, handle_fn *handle)
{
	uint64_t gpa = address(dump, at);
	uint64_t stop = gpa + chunk_len(dump, at);
	uint64_t from = gpa, to = gpa;
	int err = is_cancelled(dump);

	while (!err) {
		from = mem_used(dump->mem, to, &to);
		if (from >= stop)
			break;
		if (to > stop)
			to = stop;
		err = handle(dump, at + (from - gpa),
			     mem_at(dump->mem, from, to - from), to - from);
		if (to == stop)
			break;
	}
	return err;
}

static int write_chunk(struct dump *dump, uint64_t at)
{
	size_t len = chunk_len(dump, at);
	int err;

	if (dump->out.is_stream)
		err = write_all(dump, at,
				mem_at(dump->mem, address(dump, at), len), len);
	else
		err = for_used(dump, at, write_used);
	if (!err)
		atomic_fetch_add(&dump->completed, len);
	return err;
}

static void *writer_thread(void *arg)
{
	struct dump *dump = arg;
	int none = 0;
	uint64_t at;
	int err;

	while (!dump->err) {
		at = atomic_fetch_add(&dump->next, CHUNK);
		if (at >= dump->total)
			break;
		err = write_chunk(dump, at);
		if (err)
			atomic_compare_exchange_strong(&dump->err, &none, err);
	}
	return NULL;
}

static int write_ram(struct dump *dump)
{
	pthread_t helper[DUMP_MAX_WRITERS];
	unsigned int nr = 0;

	/* A helper that cannot be had is done without. */
	while (!dump->out.is_stream && nr + 1 < dump->nr_writers &&
	       !pthread_create(&helper[nr], NULL, writer_thread, dump))
		nr++;
	writer_thread(dump);
	while (nr)
		pthread_join(helper[--nr], NULL);
	return dump->err ? dump_fail(dump, "cannot write it", dump->err) : 0;
}

static void build_head(struct dump *dump)
{
	uint64_t cr3[CORE_HEAD_MAX_VCPUS];
	struct guest_kernel kernel;
	struct phys phys;
	unsigned int i;
	bool found;

	for (i = 0; i < dump->nr_vcpus; i++)
		cr3[i] = dump->vcpus[i]->cr3;
	phys_of_mem(&phys, dump->mem);
	found = guest_kernel_find(&kernel, &phys, cr3, dump->nr_vcpus);
	core_head_build(&dump->head, dump->mem, dump->vcpus, dump->nr_vcpus,
			found ? &kernel : NULL);
}

/* Rather now than after minutes of writing.  Mostly there is room for all. */
static int check_room(struct dump *dump)
{
	uint64_t room = dump_out_room(&dump->out);
	uint64_t at;
	int err = 0;

	if (room >= dump->head.len + dump->total)
		return 0;
	dump->needed = dump->head.len;
	for (at = 0; at < dump->total && !err; at += CHUNK)
		err = for_used(dump, at, count_used);
	if (err)
		return dump_fail(dump, "cannot write it", err);
	if (room >= dump->needed)
		return 0;
	snprintf(dump->error, sizeof(dump->error),
		 "needs %" PRIu64 " MiB, and its file system has room for %" PRIu64
		 " MiB; make room, or name another directory",
		 dump->needed / MIB + 1, room / MIB);
	return -ENOSPC;
}

int dump_write(struct dump *dump)
{
	int err;

	build_head(dump);
	err = check_room(dump);
	if (err)
		return err;
	err = dump_out_write(&dump->out, 0, dump->head.bytes, dump->head.len);
	if (err)
		return dump_fail(dump, "cannot write it", err);
	err = write_ram(dump);
	if (err)
		return err;
	err = dump_out_finish(&dump->out, dump->head.len + dump->total);
	return err ? dump_fail(dump, "cannot complete it", err) : 0;
}
