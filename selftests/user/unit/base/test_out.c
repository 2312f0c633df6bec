// SPDX-License-Identifier: GPL-2.0-only
/* What is written where nobody reads, or not all fits. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/out.h"
#include "tap.h"

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int line(struct out *out, const char *text, int ms)
{
	return out_line(out, text, strlen(text), ms);
}

/* A terminal takes more once what it took is passed on, in a moment. */
static void fill(struct out *out)
{
	char bytes[4096];
	int tries = 0;

	memset(bytes, '.', sizeof(bytes));
	while (tries++ < 100) {
		while (out_some(out, bytes, sizeof(bytes)) > 0)
			tries = 0;
		while (out_some(out, bytes, 1) > 0)
			tries = 0;
		usleep(5000);
	}
}

/* All that is in @fd, as a string; its last bytes. */
static const char *drain(int fd)
{
	static char bytes[65536];
	static char last[16];
	ssize_t n;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	memset(last, 0, sizeof(last));
	while ((n = read(fd, bytes, sizeof(bytes))) > 0) {
		size_t tail = n < 8 ? (size_t)n : 8;

		memset(last, 0, sizeof(last));
		memcpy(last, bytes + (size_t)n - tail, tail);
	}
	return last;
}

/* @fd is the end to write to, @reader the other one. */
static void test_unread(int fd, int reader, const char *what)
{
	struct out out;
	double start;

	out_init_shared(&out, fd);
	claim(true, what);
	claim_number((uint64_t)line(&out, "first\n", 0), 0,
		     "out: a line for which there is room");
	fill(&out);
	start = now();
	claim_number((uint64_t)-line(&out, "second\n", 100), EAGAIN,
		     "out: one for which there is none, and nobody reads");
	claim(now() - start < 2 && now() - start > 0.09,
	      "out: is given up when it is time");
	start = now();
	line(&out, "third\n", 60000);
	claim(now() - start < 2, "out: the next one is not waited for");
	claim_number(out.lost, 2, "out: both are counted");
	claim(!(fcntl(fd, F_GETFL) & O_NONBLOCK),
	      "out: who shares it finds no O_NONBLOCK there");
	drain(reader);
	claim_number((uint64_t)line(&out, "fourth\n", 0), 0,
		     "out: when it is read a line goes out again");
	claim(!strncmp(drain(reader), "fourth", 6), "out: by itself");
	if (out.fd != fd)
		close(out.fd);
	close(fd);
	close(reader);
}

static void test_terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	char name[64];

	if (master < 0 || grantpt(master) || unlockpt(master) ||
	    ptsname_r(master, name, sizeof(name))) {
		claim(false, "out: a terminal for the test");
		return;
	}
	/* A newline comes out as two bytes. */
	test_unread(open(name, O_RDWR | O_NOCTTY), master,
		    "out: a terminal");
}

static void test_hurry(void)
{
	struct out out;
	int fds[2], event[2];
	double start;

	if (pipe(fds) || pipe(event) || write(event[1], "x", 1) != 1)
		return;
	out_init_shared(&out, fds[1]);
	fill(&out);
	out_hurry(event[0]);
	start = now();
	line(&out, "late\n", 60000);
	claim(now() - start < 2, "out: nobody is waited for in a hurry");
	drain(event[0]);
}

static void test_cut(void)
{
	const struct rlimit small = { 12, RLIM_INFINITY };
	char text[64] = "";
	FILE *file = tmpfile();
	struct rlimit old;
	struct out out;

	if (!file)
		return;
	out_init(&out, fileno(file));
	getrlimit(RLIMIT_FSIZE, &old);
	setrlimit(RLIMIT_FSIZE, &small);
	line(&out, "first\n", 0);
	claim_number((uint64_t)-line(&out, "is cut off\n", 0), EFBIG,
		     "out: a file that may not grow takes no line");
	claim_number((uint64_t)-line(&out, "lost\n", 0), EFBIG,
		     "out: nor another one");
	setrlimit(RLIMIT_FSIZE, &old);
	line(&out, "next\n", 0);
	claim(pread(out.fd, text, sizeof(text) - 1, 0) > 0,
	      "out: the file can be read");
	claim_string(text, "first\nis cut\nnext\n",
		     "out: the next line stands on a line of its own");
	claim_number(out.lost, 2, "out: two lines are missing");
	fclose(file);
}

void test_out(void)
{
	int fds[2];

	signal(SIGXFSZ, SIG_IGN);
	test_cut();
	if (!pipe(fds))
		test_unread(fds[1], fds[0], "out: a pipe");
	if (!socketpair(AF_UNIX, SOCK_STREAM, 0, fds))
		test_unread(fds[1], fds[0], "out: a socket");
	test_terminal();
	/* From here on all are in a hurry. */
	test_hurry();
	signal(SIGXFSZ, SIG_DFL);
}
