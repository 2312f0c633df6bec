// SPDX-License-Identifier: GPL-2.0-only
/*
 * terminal PANICVM ECHO-GUEST: panicvm on a terminal.  While the guest runs it
 * is raw, so that every key is the guest's; however panicvm ends, it is then
 * what it was before.  Prints TAP.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define LIMIT_MS	60000

static const char *panicvm, *guest;
static int count, failed;

struct session {
	int master;
	pid_t pid;
	int status;		/* as from waitpid() */
	struct termios before;
	char seen[4096];
	size_t len;
};

static void claim(bool is_true, const char *text)
{
	printf("%sok %d %s\n", is_true ? "" : "not ", ++count, text);
	failed += !is_true;
}

static void bail(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

static void become_panicvm(const char *slave)
{
	int fd;

	/* What runs the tests may be in the background, with these ignored. */
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	setsid();
	fd = open(slave, O_RDWR);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) < 0 || dup2(fd, 0) < 0 ||
	    dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
		_exit(99);
	execl(panicvm, panicvm, "--flat", guest, NULL);
	_exit(99);
}

static void start(struct session *s)
{
	char slave[64];

	memset(s, 0, sizeof(*s));
	s->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (s->master < 0 || grantpt(s->master) < 0 ||
	    unlockpt(s->master) < 0 ||
	    ptsname_r(s->master, slave, sizeof(slave)))
		bail("cannot make a terminal");
	if (tcgetattr(s->master, &s->before) < 0)
		bail("cannot read the terminal's state");
	s->pid = fork();
	if (s->pid < 0)
		bail("cannot fork");
	if (!s->pid)
		become_panicvm(slave);
}

static bool raw_now(const struct session *s)
{
	struct termios now;

	return !tcgetattr(s->master, &now) &&
	       !(now.c_lflag & (ICANON | ECHO | ISIG));
}

static bool as_before(const struct session *s)
{
	struct termios now;

	return !tcgetattr(s->master, &now) &&
	       now.c_lflag == s->before.c_lflag &&
	       now.c_iflag == s->before.c_iflag &&
	       now.c_oflag == s->before.c_oflag;
}

/* Read until @text has been seen, at most LIMIT_MS without any news. */
static bool see(struct session *s, const char *text)
{
	struct pollfd fd = { .fd = s->master, .events = POLLIN };

	while (!strstr(s->seen, text)) {
		ssize_t n;

		if (poll(&fd, 1, LIMIT_MS) != 1)
			return false;
		n = read(s->master, s->seen + s->len,
			 sizeof(s->seen) - 1 - s->len);
		if (n <= 0)
			return false;
		s->len += (size_t)n;
	}
	return true;
}

/* Press @keys once the terminal is raw: before that they are not the guest's. */
static void press(struct session *s, const char *keys)
{
	see(s, "backend");
	while (!raw_now(s))
		if (waitpid(s->pid, &s->status, WNOHANG) != 0)
			bail("panicvm ended before the terminal was raw");
	if (write(s->master, keys, strlen(keys)) < 0)
		bail("cannot write to the terminal");
}

static void wait_end(struct session *s)
{
	if (waitpid(s->pid, &s->status, 0) < 0)
		bail("cannot wait for panicvm");
}

static void end(struct session *s)
{
	close(s->master);
}

static bool exited(const struct session *s, int status)
{
	return WIFEXITED(s->status) && WEXITSTATUS(s->status) == status;
}

static bool killed(const struct session *s, int sig)
{
	return WIFSIGNALED(s->status) && WTERMSIG(s->status) == sig;
}

static void test_keys(void)
{
	struct session s;

	start(&s);
	press(&s, "a\003\032b");
	claim(see(&s, "a\003\032b"), "control keys reach the guest");
	claim(raw_now(&s), "the terminal is raw while the guest runs");
	press(&s, "\001\001");
	claim(see(&s, "b\001"), "Ctrl-A twice is one for the guest");
	press(&s, ".");
	wait_end(&s);
	claim(exited(&s, 0), "the guest powered off");
	claim(as_before(&s), "the terminal is as before after a power-off");
	end(&s);
}

static void test_escape(void)
{
	struct session s;

	start(&s);
	press(&s, "\001x");
	wait_end(&s);
	claim(killed(&s, SIGINT), "Ctrl-A x ends panicvm as an interrupt");
	claim(as_before(&s), "the terminal is as before after Ctrl-A x");
	end(&s);
}

static void test_signal(int sig, const char *dies, const char *restores)
{
	struct session s;

	start(&s);
	press(&s, "x");
	see(&s, "x");
	kill(s.pid, sig);
	wait_end(&s);
	claim(killed(&s, sig), dies);
	claim(as_before(&s), restores);
	end(&s);
}

/* Is there a KVM to run a guest on? */
static bool has_kvm(void)
{
	return !access("/dev/kvm", R_OK | W_OK);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	panicvm = argv[1];
	guest = argv[2];
	printf("TAP version 13\n");
	if (!has_kvm()) {
		printf("1..0 # SKIP no usable /dev/kvm; the lab has one\n");
		return 0;
	}
	fflush(stdout);
	test_keys();
	test_escape();
	test_signal(SIGTERM, "SIGTERM ends panicvm, as any program",
		    "the terminal is as before after SIGTERM");
	test_signal(SIGINT, "SIGINT ends panicvm, as any program",
		    "the terminal is as before after SIGINT");
	test_signal(SIGQUIT, "SIGQUIT ends panicvm, as any program",
		    "the terminal is as before after SIGQUIT");
	printf("1..%d\n", count);
	return failed != 0;
}
