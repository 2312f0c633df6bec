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
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "core/dump_write.h"
#include "guest/guest_kernel.h"

/* What a writer takes at a time. */
#define CHUNK		MIB

_Static_assert(MEM_HOLE % CHUNK == 0, "no chunk lies in two regions");

static int is_cancelled(const struct dump_work *work)
{
	struct pollfd fd = { .fd = work->stop, .events = POLLIN };

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

int dump_fail(struct dump_work *work, const char *what, int err)
{
	if (work->out.refused)
		snprintf(work->error, sizeof(work->error), "%s: its name %s",
			 what, work->out.refused);
	else
		snprintf(work->error, sizeof(work->error), "%s: %s%s", what,
			 strerror(-err), advice(err));
	return err;
}

static bool is_zero(const uint8_t *page)
{
	return !page[0] && !memcmp(page, page + 1, PAGE_SIZE - 1);
}

static uint64_t chunk_len(const struct dump_work *work, uint64_t at)
{
	return work->total - at < CHUNK ? work->total - at : CHUNK;
}

static int write_all(struct dump_work *work, uint64_t at, const uint8_t *bytes,
		     size_t len)
{
	int err = dump_out_write(&work->out, work->head.len + at, bytes, len);

	if (!err)
		atomic_fetch_add(&work->data, len);
	return err;
}

/* What lies between pages of zeros, in one piece each. */
static int write_used(struct dump_work *work, uint64_t at, const uint8_t *bytes,
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
			err = write_all(work, at + from, bytes + from,
					to - from);
	}
	return err;
}

static int count_used(struct dump_work *work, uint64_t at, const uint8_t *bytes,
		      size_t len)
{
	size_t page;

	(void)at;
	for (page = 0; page < len; page += PAGE_SIZE)
		work->needed += is_zero(bytes + page) ? 0 : PAGE_SIZE;
	return 0;
}

typedef int handle_fn(struct dump_work *work, uint64_t at, const uint8_t *bytes,
		      size_t len);

/* Address of the RAM that is @at from where all RAM begins, without the gap. */
static uint64_t address(const struct dump_work *work, uint64_t at)
{
	const struct mem_region *region = work->part.region;

	while (at >= region->size) {
		at -= region->size;
		region++;
	}
	return region->gpa + at;
}

/* Hand the pages of a chunk that may not be zero to @handle. */
static int for_used(struct dump_work *work, uint64_t at, handle_fn *handle)
{
	uint64_t gpa = address(work, at);
	uint64_t stop = gpa + chunk_len(work, at);
	uint64_t from = gpa, to = gpa;
	int err = is_cancelled(work);

	while (!err) {
		from = mem_used(&work->part, to, &to);
		if (from >= stop)
			break;
		if (to > stop)
			to = stop;
		err = handle(work, at + (from - gpa),
			     mem_at(&work->part, from, to - from), to - from);
		if (to == stop)
			break;
	}
	return err;
}

static int write_chunk(struct dump_work *work, uint64_t at)
{
	size_t len = chunk_len(work, at);
	int err;

	if (work->out.is_stream)
		err = write_all(work, at,
				mem_at(&work->part, address(work, at), len),
				len);
	else
		err = for_used(work, at, write_used);
	if (!err)
		atomic_fetch_add(&work->completed, len);
	return err;
}

static void *writer_thread(void *arg)
{
	struct dump_work *work = arg;
	int none = 0;
	uint64_t at;
	int err;

	while (!work->err) {
		at = atomic_fetch_add(&work->next, CHUNK);
		if (at >= work->total)
			break;
		err = write_chunk(work, at);
		if (err)
			atomic_compare_exchange_strong(&work->err, &none, err);
	}
	return NULL;
}

static int write_ram(struct dump_work *work)
{
	pthread_t helper[DUMP_MAX_WRITERS];
	unsigned int nr = 0;

	/* A helper that cannot be had is done without. */
	while (!work->out.is_stream && nr + 1 < work->nr_writers &&
	       !pthread_create(&helper[nr], NULL, writer_thread, work))
		nr++;
	writer_thread(work);
	while (nr)
		pthread_join(helper[--nr], NULL);
	return work->err ? dump_fail(work, "cannot write it", work->err) : 0;
}

static void build_head(struct dump_work *work)
{
	struct paging vcpus[MAX_VCPUS];
	uint64_t left = GUEST_STEP_COST;
	struct guest_kernel kernel;
	struct guest_reader reader;
	unsigned int nr;
	bool found;

	nr = paging_of_vcpus(vcpus, work->vcpus, work->nr_vcpus);
	guest_reader_of_mem(&reader, work->mem, &left);
	found = guest_kernel_find(&kernel, &reader, vcpus, nr);
	core_head_build(&work->head, &work->part, work->vcpus, work->nr_vcpus,
			found ? &kernel : NULL);
}

/* Rather now than after minutes of writing.  Mostly there is room for all. */
static int check_room(struct dump_work *work)
{
	uint64_t room = dump_out_room(&work->out);
	uint64_t at;
	int err = 0;

	if (room >= work->head.len + work->total)
		return 0;
	work->needed = work->head.len;
	for (at = 0; at < work->total && !err; at += CHUNK)
		err = for_used(work, at, count_used);
	if (err)
		return dump_fail(work, "cannot write it", err);
	if (room >= work->needed)
		return 0;
	snprintf(work->error, sizeof(work->error),
		 "needs %" PRIu64 " MiB, and its file system has room for %" PRIu64
		 " MiB; make room, or name another directory",
		 work->needed / MIB + 1, room / MIB);
	return -ENOSPC;
}

int dump_write(struct dump_work *work)
{
	int err;

	build_head(work);
	err = check_room(work);
	if (err)
		return err;
	err = dump_out_write(&work->out, 0, work->head.bytes, work->head.len);
	if (err)
		return dump_fail(work, "cannot write it", err);
	err = write_ram(work);
	if (err)
		return err;
	err = dump_out_finish(&work->out, work->head.len + work->total);
	return err ? dump_fail(work, "cannot complete it", err) : 0;
}
