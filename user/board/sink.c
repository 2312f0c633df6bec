// SPDX-License-Identifier: GPL-2.0-only
#include <poll.h>
#include <string.h>

#include "base/log.h"
#include "board/sink.h"
#include "kvm/vcpus.h"

/*
 * False: the vCPUs were kicked.  A terminal may be writable and yet have no room
 * for a newline, which is two bytes there: with @again look in a moment.
 */
static bool wait_writable(const struct out *out, bool again)
{
	struct pollfd fd = { .fd = out->fd, .events = POLLOUT };
	const struct timespec moment = { .tv_nsec = 10000000 };
	sigset_t mask;

	vcpus_kick_mask(&mask);
	if (again)
		return ppoll(NULL, 0, &moment, &mask) == 0;
	return ppoll(&fd, 1, NULL, &mask) == 1;
}

static ssize_t put(struct sink *sink, uint8_t byte)
{
	bool again = false, is_kicked = false;
	ssize_t n;

	while (!(n = out_some(sink->out, &byte, 1)) && !is_kicked) {
		sink->waiting++;
		is_kicked = !wait_writable(sink->out, again);
		sink->waiting--;
		again = !again;
	}
	return n;
}

bool sink_put(struct sink *sink, uint8_t byte)
{
	ssize_t n = sink->broken ? 0 : put(sink, byte);

	if (n > 0)
		return true;
	sink->dropped++;
	if (n == 0)
		return false;
	sink->broken = true;
	log_say("the guest's %s: %s: %s; the guest goes on", sink->what,
		sink->where, strerror((int)-n));
	return false;
}
