// SPDX-License-Identifier: GPL-2.0-only
/*
 * LD_PRELOAD=./delay.so: make panicvm slow where it talks to the kernel, so
 * that what is rare on a fast and idle host happens here.  One call of eight to
 * ioctl(), of two to fsync(), to pthread_create() and to read() of a counter
 * (an eventfd, a timerfd) is delayed, before or after it, for up to DELAY_US
 * microseconds; a new thread starts late.  DELAY_SEED chooses which calls.
 *
 * DELAY_FSYNC_US: each fsync() takes that long, and nothing else is delayed.
 *
 * CLOCK_SPEED: the monotonic clock runs so many times as fast, and poll() waits for
 * so much less; with 0 the clock stands still.  So each boot lasts long, or what
 * panicvm waits for never comes.  The kernel's timers, as for --timeout, are as ever.
 *
 * Delays are sleeps in ppoll(), which panicvm's seccomp filter allows.
 */
#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define KERNEL_SIGSET_SIZE	8
#define NSEC_PER_SEC		UINT64_C(1000000000)

static struct {
	int (*ioctl)(int fd, unsigned long request, ...);
	int (*fsync)(int fd);
	int (*clock_gettime)(clockid_t clock, struct timespec *time);
	int (*poll)(struct pollfd *fds, nfds_t nr, int ms);
	ssize_t (*read)(int fd, void *buf, size_t count);
	int (*pthread_create)(pthread_t *thread, const pthread_attr_t *attr,
			      void *(*fn)(void *arg), void *arg);
} real;

static unsigned int delay_us, fsync_us, clock_speed = 1;
static uint64_t clock_start;
static atomic_uint seed;
static __thread uint32_t state;

static unsigned int number(const char *name)
{
	const char *text = getenv(name);

	return text ? (unsigned int)strtoul(text, NULL, 10) : 0;
}

static uint64_t now(void)
{
	struct timespec time;

	real.clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * NSEC_PER_SEC + (uint64_t)time.tv_nsec;
}

__attribute__((constructor))
static void find_real(void)
{
	if (real.read)
		return;
	*(void **)&real.ioctl = dlsym(RTLD_NEXT, "ioctl");
	*(void **)&real.fsync = dlsym(RTLD_NEXT, "fsync");
	*(void **)&real.pthread_create = dlsym(RTLD_NEXT, "pthread_create");
	*(void **)&real.clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
	*(void **)&real.poll = dlsym(RTLD_NEXT, "poll");
	*(void **)&real.read = dlsym(RTLD_NEXT, "read");
	delay_us = number("DELAY_US");
	fsync_us = number("DELAY_FSYNC_US");
	if (getenv("CLOCK_SPEED"))
		clock_speed = number("CLOCK_SPEED");
	clock_start = now();
	seed = number("DELAY_SEED");
}

/* Marsaglia's xorshift; each thread has its own numbers. */
static uint32_t next_random(void)
{
	if (!state)
		state = (++seed * 0x9e3779b1) | 1;
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static void sleep_us(unsigned int us)
{
	struct timespec time = {
		.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000,
	};
	sigset_t all;

	/* A kick must not end this sleep, but the call that follows. */
	sigfillset(&all);
	syscall(__NR_ppoll, NULL, 0, &time, &all, KERNEL_SIGSET_SIZE);
}

static void delay(unsigned int one_of)
{
	if (delay_us && next_random() % one_of == 0)
		sleep_us(next_random() % delay_us);
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;
	int ret;

	find_real();
	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	delay(16);
	ret = real.ioctl(fd, request, arg);
	delay(16);
	return ret;
}

int fsync(int fd)
{
	delay(4);
	if (fsync_us)
		sleep_us(fsync_us);
	delay(4);
	return real.fsync(fd);
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
	uint64_t ns;

	find_real();
	if (clock != CLOCK_MONOTONIC)
		return real.clock_gettime(clock, time);
	ns = clock_start + (now() - clock_start) * clock_speed;
	time->tv_sec = (time_t)(ns / NSEC_PER_SEC);
	time->tv_nsec = (long)(ns % NSEC_PER_SEC);
	return 0;
}

int poll(struct pollfd *fds, nfds_t nr, int ms)
{
	find_real();
	if (ms > 0 && clock_speed > 1)
		ms = ms / (int)clock_speed + 1;
	return real.poll(fds, nr, ms);
}

ssize_t read(int fd, void *buf, size_t count)
{
	ssize_t n;

	find_real();
	n = real.read(fd, buf, count);
	if (count == sizeof(uint64_t))
		delay(2);
	return n;
}

struct start {
	void *(*fn)(void *arg);
	void *arg;
};

/*
 * A ring: long before its place is used again, a thread has begun.  Not
 * malloc(): in a new thread it may read /sys, which the filter forbids.
 */
static struct start starts[256];
static atomic_uint started;

static void *start_late(void *arg)
{
	const struct start start = *(struct start *)arg;

	delay(2);
	return start.fn(start.arg);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attr,
		   void *(*fn)(void *arg), void *arg)
{
	struct start *start = &starts[started++ % 256];
	int ret;

	find_real();
	*start = (struct start){ .fn = fn, .arg = arg };
	ret = real.pthread_create(thread, attr, start_late, start);
	delay(2);
	return ret;
}
