// SPDX-License-Identifier: GPL-2.0-only
/* Cores, written to all kinds of places and read back. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/core_file.h"
#include "core/core_note.h"
#include "core/dump.h"
#include "fake_kernel.h"
#include "tap.h"

#define MEMORY	(FAKE_MEMORY + 12 * KIB)

static char work[32] = "/tmp/panicvm-unit-XXXXXX";
static char path[sizeof(work) + 8];
static int dir;
static struct mem mem;
static struct regs regs[2];
static struct fake_kernel fake;
static struct dump dump;

static int start(const struct dump_target *target)
{
	const struct regs *const vcpus[] = { &regs[0], &regs[1] };

	return dump_start(&dump, target, &mem, NULL, vcpus, 2);
}

/* As main does: not before it is told. */
static enum dump_state finish(void)
{
	struct pollfd done = { .fd = dump.done, .events = POLLIN };

	claim_number((uint64_t)poll(&done, 1, 60000), 1, "dump: ends, and says so");
	return dump_finish(&dump);
}

static enum dump_state to_file(const char *name)
{
	const struct dump_target target = { .dir = dir, .name = name, .fd = -1 };

	return start(&target) ? dump.state : finish();
}

static enum dump_state to_fd(int fd)
{
	const struct dump_target target = { .dir = -1, .fd = fd };

	return start(&target) ? dump.state : finish();
}

static unsigned int files(void)
{
	struct stat st;

	return !stat(path, &st);
}

static bool same_ram(const struct core_file *core)
{
	static uint8_t page[PAGE_SIZE];
	uint64_t gpa;

	for (gpa = 0; gpa < MEMORY; gpa += PAGE_SIZE)
		if (!guest_read(&core->reader, gpa, page, sizeof(page)) ||
		    memcmp(page, mem_at(&mem, gpa, sizeof(page)),
			   sizeof(page)))
			return false;
	return true;
}

static void test_file(void)
{
	static struct core_file core;
	struct stat st;

	claim_string(dump_state_name(dump.state), "none", "dump: none at first");
	claim_number(to_file("core"), DUMP_COMPLETED, "dump: to a file");
	claim_number(dump.work.completed, MEMORY, "dump: all RAM is done with");
	claim(!stat(path, &st) && (uint64_t)st.st_size == dump.size,
	      "dump: it is as long as it says");
	claim((uint64_t)st.st_blocks * 512 < MEMORY / 16,
	      "dump: pages of zeros are holes");
	claim_number(st.st_mode & 0777, 0600, "dump: it is its owner's alone");
	claim_string(core_file_open(&core, path), NULL, "dump: it can be read");
	claim(same_ram(&core), "dump: all RAM is in it");
	claim_number(core.nr_vcpus, 2, "dump: and both vCPUs");
	claim_number(core.vcpus[1].root, regs[1].cr3, "dump: with their registers");
	claim(core.has_info && !strncmp(core.info.text, "OSRELEASE=6.12.0", 16),
	      "dump: and the kernel's VMCOREINFO");
	core_file_close(&core);
}

/* As drgn asks for one: a byte, and all notes. */
static void test_part(void)
{
	const struct dump_target target = { .dir = dir, .name = "part", .fd = -1 };
	const struct regs *const vcpus[] = { &regs[0], &regs[1] };
	static struct core_file core;
	struct mem part;
	char byte = 0;

	claim(mem_part(&mem, FAKE_MEMORY - 1, 1, &part) &&
	      !dump_start(&dump, &target, &mem, &part, vcpus, 2) &&
	      finish() == DUMP_COMPLETED, "dump: of a part of RAM");
	claim_number(dump.work.total, PAGE_SIZE, "dump: which is a page");
	claim_number(dump.size, dump.work.head.len + PAGE_SIZE,
		     "dump: there is no more in it");
	snprintf(path, sizeof(path), "%s/part", work);
	claim_string(core_file_open(&core, path), NULL, "dump: it can be read");
	claim(core.has_info && core.nr_vcpus == 2,
	      "dump: the notes are of all the VM");
	claim(guest_read(&core.reader, FAKE_MEMORY - 1, &byte, 1) &&
	      byte == *(char *)mem_at(&mem, FAKE_MEMORY - 1, 1),
	      "dump: the part is where it is in memory");
	claim(!guest_read(&core.reader, 0, &byte, 1),
	      "dump: the rest is not there");
	core_file_close(&core);
	unlink(path);
	snprintf(path, sizeof(path), "%s/core", work);
}

/* An older core stays as long as the new one is not whole. */
static void test_replaced(void)
{
	struct stat before, after;

	stat(path, &before);
	claim_number(to_file("core"), DUMP_COMPLETED, "dump: over an older one");
	claim(!stat(path, &after) && before.st_ino != after.st_ino,
	      "dump: which is replaced, not written to");
}

static void expect_failure(enum dump_state state, const char *error,
			   const char *what)
{
	claim_number(state, DUMP_FAILED, what);
	claim_string(dump.work.error, error, "dump: and that is said");
	claim_number(dump.size, 0, "dump: no size is said then");
}

static void test_no_file(void)
{
	char gone[] = "/tmp/panicvm-unit-XXXXXX";
	struct dump_target target = { .name = "core", .fd = -1 };

	if (!mkdtemp(gone))
		return;
	target.dir = open(gone, O_RDONLY | O_DIRECTORY);
	rmdir(gone);
	claim_number((uint64_t)-start(&target), ENOENT,
		     "dump: to a directory that is gone");
	claim_string(dump.work.error,
		     "cannot create it: No such file or directory: its directory is gone; name one that stays",
		     "dump: which is said");
	close(target.dir);
}

/* What has come to stand at its name while it was written. */
static void test_taken_name(void)
{
	const struct dump_target target = { .dir = dir, .name = "core", .fd = -1 };
	struct dump_out out;

	unlinkat(dir, "core", 0);
	claim_number((uint64_t)-dump_out_open(&out, &target, dump.work.stop), 0,
		     "dump: a file can be created");
	claim(!mkfifoat(dir, "core", 0600), "dump: its name is taken");
	claim_number((uint64_t)-dump_out_finish(&out, 0), EEXIST,
		     "dump: which is not replaced");
	claim(out.refused && !strncmp(out.refused, "is a FIFO,", 10),
	      "dump: and is called what it is");
	dump_out_abandon(&out);
	unlinkat(dir, "core", 0);
}

static unsigned int has(const char *name)
{
	return !faccessat(dir, name, F_OK, 0);
}

static void make(const char *name)
{
	close(openat(dir, name, O_WRONLY | O_CREAT, 0600));
}

/* One that is gone has left some; one that is there, itself, has another. */
static void test_stale(void)
{
	const struct dump_target target = { .dir = dir, .name = "core", .fd = -1 };
	static const char *const others[] = {
		"core.partial-0", "core.partial-0000000g", "core.1x.partial-00000000",
		"other.partial-00000000", "core.partial-000000000",
	};
	struct dump_out out;
	size_t i;

	dump_out_open(&out, &target, dump.work.stop);
	make("core.partial-00000000");
	make("core.12.partial-0123abcd");
	for (i = 0; i < 5; i++)
		make(others[i]);
	dump_out_clean(&target);
	claim(has(out.partial), "dump: a partial that is written to stays");
	claim(!has("core.partial-00000000") && !has("core.12.partial-0123abcd"),
	      "dump: those of a run that is gone do not");
	for (i = 0; i < 5; i++)
		claim(has(others[i]) && !unlinkat(dir, others[i], 0),
		      "dump: what is none stays");
	make("core.partial-00000000");
	dump_out_finish(&out, 0);
	claim(has("core"), "dump: it gets its name");
	unlinkat(dir, "core", 0);
	claim_number(to_file("core"), DUMP_COMPLETED, "dump: the next core");
	claim(!has("core.partial-00000000"), "dump: cleans up before it");
}

/* RLIMIT_FSIZE ends a file in the middle, as a full disk does. */
static void test_partial(void)
{
	const struct rlimit small = { 64 * KIB, RLIM_INFINITY };
	struct rlimit old;

	unlinkat(dir, "core", 0);
	getrlimit(RLIMIT_FSIZE, &old);
	setrlimit(RLIMIT_FSIZE, &small);
	expect_failure(to_file("core"),
		       "cannot write it: File too large; raise the limit on the size of files (ulimit -f)",
		       "dump: a file that may not grow");
	setrlimit(RLIMIT_FSIZE, &old);
	claim_number(files(), 0, "dump: nothing is left under its name");
	claim(!rmdir(work) && !mkdir(work, 0700), "dump: nor another");
	close(dir);
	dir = open(work, O_RDONLY | O_DIRECTORY);
}

/* What is there already in a file that is passed: kept before its position. */
static void test_passed_file(void)
{
	char word[8] = "";
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	int i;

	for (i = 0; i < 4096; i++)
		if (write(fd, "garbage", 8) != 8)
			return;
	lseek(fd, 4096, SEEK_SET);
	claim_number(to_fd(fd), DUMP_COMPLETED, "dump: to a file that is open");
	claim_number((uint64_t)lseek(fd, 0, SEEK_CUR), 4096 + dump.size,
		     "dump: its position is behind the core");
	claim_number((uint64_t)lseek(fd, 0, SEEK_END), 4096 + dump.size,
		     "dump: so is its end");
	claim(pread(fd, word, 8, 4088) == 8 && !strcmp(word, "garbage"),
	      "dump: what stood before is kept");
	claim(pread(fd, word, 8, 8192 + (off_t)dump.work.head.len) == 8 &&
	      !word[0], "dump: what stood behind is gone");
	close(fd);
	unlinkat(dir, "core", 0);
}

static void *copy_out(void *pipe)
{
	static char bytes[64 * KIB];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ssize_t len;

	while ((len = read(*(int *)pipe, bytes, sizeof(bytes))) > 0)
		if (write(fd, bytes, (size_t)len) != len)
			break;
	close(fd);
	return NULL;
}

static void test_pipe(void)
{
	static struct core_file core;
	pthread_t reader;
	int fds[2];

	if (pipe(fds) || pthread_create(&reader, NULL, copy_out, fds))
		return;
	claim_number(to_fd(fds[1]), DUMP_COMPLETED, "dump: to a pipe");
	close(fds[1]);
	pthread_join(reader, NULL);
	close(fds[0]);
	claim_string(core_file_open(&core, path), NULL, "dump: out of the pipe");
	claim(same_ram(&core), "dump: all RAM came through it");
	core_file_close(&core);
	unlinkat(dir, "core", 0);
}

static void test_bad_fds(void)
{
	int full = open("/dev/full", O_WRONLY);
	int fds[2];

	expect_failure(to_fd(full),
		       "cannot write it: No space left on device; make room, or name another directory",
		       "dump: to a device that is full");
	close(full);
	if (pipe(fds))
		return;
	close(fds[0]);
	expect_failure(to_fd(fds[1]),
		       "cannot write it: Broken pipe: whoever was to read it has gone",
		       "dump: to a pipe whose reader has gone");
	close(fds[1]);
	claim_number((uint64_t)-start(&(struct dump_target){ .fd = 999 }), EBADF,
		     "dump: to no descriptor at all");
}

/* SIGSYS must stay unblocked in every thread: see sandbox.c. */
static bool blocks_sigsys(const char *thread)
{
	char name[300], line[128];
	uint64_t mask = 0;
	FILE *file;

	snprintf(name, sizeof(name), "/proc/self/task/%s/status", thread);
	file = fopen(name, "r");
	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "SigBlk: %" SCNx64, &mask);
	if (file)
		fclose(file);
	return mask >> (SIGSYS - 1) & 1;
}

static void test_mask(void)
{
	struct dump_target target = { .dir = -1 };
	unsigned int blocking = 0;
	struct dirent *thread;
	int fds[2];
	DIR *tasks;
	char byte;

	if (pipe(fds))
		return;
	target.fd = fds[1];
	start(&target);
	/* A thread that has written has its own mask by then. */
	if (read(fds[0], &byte, 1) != 1)
		return;
	tasks = opendir("/proc/self/task");
	while (tasks && (thread = readdir(tasks)))
		if (*thread->d_name != '.')
			blocking += blocks_sigsys(thread->d_name);
	closedir(tasks);
	claim_number(blocking, 0, "dump: none of its threads blocks SIGSYS");
	dump_cancel(&dump);
	finish();
	close(fds[0]);
	close(fds[1]);
}

static void finish_twice(void)
{
	dump_end(&dump);
}

static void test_states(void)
{
	claim(aborts(finish_twice), "dump: one that is over cannot end again");
}

/* Whoever quits does not wait for a reader that never reads. */
static void test_cancel(void)
{
	struct dump_target target = { .dir = -1 };
	int fds[2];

	if (pipe(fds))
		return;
	target.fd = fds[1];
	claim_number((uint64_t)start(&target), 0, "dump: to one who never reads");
	claim_number(dump.state, DUMP_ACTIVE, "dump: is active");
	dump_cancel(&dump);
	expect_failure(finish(), "cannot write it: Operation canceled",
		       "dump: can be cancelled");
	close(fds[0]);
	close(fds[1]);
	claim_number(to_file("core"), DUMP_COMPLETED,
		     "dump: after that the next one succeeds");
	unlinkat(dir, "core", 0);
}

static void prepare(void)
{
	snprintf(path, sizeof(path), "%s/core", work);
	dir = open(work, O_RDONLY | O_DIRECTORY);
	fake_kernel_init(&fake, &mem, 0);
	memset(mem_at(&mem, MEMORY - PAGE_SIZE, PAGE_SIZE), 0xa5, PAGE_SIZE);
	memset(mem_at(&mem, 20 * MIB, PAGE_SIZE), 0, PAGE_SIZE);
	regs[0] = fake_kernel_regs(&fake);
	regs[1].cr3 = 0x1234000;
}

void test_dump(void)
{
	if (mem_alloc(&mem, MEMORY) || !mkdtemp(work) || dump_init(&dump)) {
		claim(false, "dump: a place for the test");
		return;
	}
	mem_init();
	prepare();
	test_file();
	test_part();
	test_replaced();
	test_no_file();
	test_taken_name();
	test_stale();
	test_partial();
	test_passed_file();
	test_pipe();
	test_bad_fds();
	test_cancel();
	test_mask();
	test_states();
	dump_close(&dump);
	mem_free(&mem);
	close(dir);
	claim(!rmdir(work), "dump: nothing is left behind");
}
