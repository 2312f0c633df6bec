// SPDX-License-Identifier: GPL-2.0-only
/*
 * LD_PRELOAD=./fail.so: one call of panicvm's main thread fails, with ENOMEM: of
 * those that set a VM up, the one with number FAIL_AT, from 1 on.  They are
 * counted from the moment that any thread makes the ioctl() with the request
 * FAIL_FROM.  What fails is said on stderr.
 */
#include <dlfcn.h>
#include <errno.h>
#include <linux/kvm.h>
#include <linux/kvm_guest_panic.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

static struct {
	int (*ioctl)(int fd, unsigned long request, ...);
	void *(*mmap)(void *addr, size_t len, int prot, int flags, int fd,
		      off_t offset);
	ssize_t (*pread)(int fd, void *buf, size_t count, off_t offset);
	int (*eventfd)(unsigned int count, int flags);
	int (*timerfd_create)(int clock, int flags);
	int (*socket)(int domain, int type, int protocol);
	int (*listen)(int fd, int backlog);
	int (*pthread_create)(pthread_t *thread, const pthread_attr_t *attr,
			      void *(*fn)(void *arg), void *arg);
} real;

static unsigned long from, left;
static atomic_bool counts;

static unsigned long number(const char *name)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 0) : 0;
}

static void find_real(void)
{
	if (real.pthread_create)
		return;
	*(void **)&real.ioctl = dlsym(RTLD_NEXT, "ioctl");
	*(void **)&real.mmap = dlsym(RTLD_NEXT, "mmap");
	*(void **)&real.pread = dlsym(RTLD_NEXT, "pread");
	*(void **)&real.eventfd = dlsym(RTLD_NEXT, "eventfd");
	*(void **)&real.timerfd_create = dlsym(RTLD_NEXT, "timerfd_create");
	*(void **)&real.socket = dlsym(RTLD_NEXT, "socket");
	*(void **)&real.listen = dlsym(RTLD_NEXT, "listen");
	*(void **)&real.pthread_create = dlsym(RTLD_NEXT, "pthread_create");
}

/* A sanitizer has made calls before this, when there was no environment. */
__attribute__((constructor))
static void begin(void)
{
	find_real();
	from = number("FAIL_FROM");
	left = number("FAIL_AT");
}

/* Is that the call? */
static bool fails(const char *name, unsigned long request)
{
	char line[64];
	int len;

	find_real();
	if (!counts || gettid() != getpid() || !left || --left)
		return false;
	len = snprintf(line, sizeof(line), "fail.so: %s %#lx\n", name, request);
	errno = ENOMEM;
	return write(STDERR_FILENO, line, (size_t)len) == len;
}

/* RESUME: no part of any set-up, and it never fails. */
static bool acknowledges(unsigned long request, const struct kvm_device_attr *a)
{
	return request == KVM_SET_DEVICE_ATTR &&
	       a->group == KVM_DEV_GUEST_PANIC_CTRL &&
	       a->attr == KVM_GUEST_PANIC_RESUME;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (!acknowledges(request, arg) && fails("ioctl", request))
		return -1;
	if (request == from)
		counts = true;
	return real.ioctl(fd, request, arg);
}

void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	return fails("mmap", len) ? MAP_FAILED :
	       real.mmap(addr, len, prot, flags, fd, offset);
}

/* Of images: what a record needs of /proc is no part of any set-up. */
ssize_t pread(int fd, void *buf, size_t count, off_t offset)
{
	struct stat st;

	if (!fstat(fd, &st) && st.st_size && fails("pread", count))
		return -1;
	return real.pread(fd, buf, count, offset);
}

int eventfd(unsigned int count, int flags)
{
	return fails("eventfd", 0) ? -1 : real.eventfd(count, flags);
}

int timerfd_create(int clock, int flags)
{
	return fails("timerfd_create", 0) ? -1 :
	       real.timerfd_create(clock, flags);
}

int socket(int domain, int type, int protocol)
{
	return fails("socket", 0) ? -1 : real.socket(domain, type, protocol);
}

int listen(int fd, int backlog)
{
	return fails("listen", 0) ? -1 : real.listen(fd, backlog);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attr,
		   void *(*fn)(void *arg), void *arg)
{
	return fails("pthread_create", 0) ? EAGAIN :
	       real.pthread_create(thread, attr, fn, arg);
}
