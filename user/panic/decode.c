// SPDX-License-Identifier: GPL-2.0-only
/*
 * Linux and Windows fill the same five parameters with different things.  Which
 * of them it is, the guest OS id tells: the guest wrote it when it found
 * Hyper-V, and Linux repeats it in P1 (unless it hands over a page instead).
 */
#include <stddef.h>

#include "panic/bugcheck.h"
#include "panic/decode.h"

#define LINUX_ID	0x81	/* top byte: open source, Linux */
#define MICROSOFT	1	/* bits 62:48 of what is not open source */

static bool is_linux(uint64_t id)
{
	return id >> 56 == LINUX_ID;
}

static bool is_windows(uint64_t id)
{
	return id >> 48 == MICROSOFT;
}

static void decode_linux(struct decoded *d)
{
	d->guest = GUEST_LINUX;
	d->version[0] = (d->os_id >> 32) & 0xffff;
	d->version[1] = (d->os_id >> 24) & 0xff;
	d->version[2] = (d->os_id >> 16) & 0xff;
}

static void decode_windows(struct decoded *d, const struct guest_event *ev)
{
	d->guest = GUEST_WINDOWS;
	d->version[0] = (d->os_id >> 32) & 0xff;
	d->version[1] = (d->os_id >> 24) & 0xff;
	d->version[2] = d->os_id & 0xffff;
	if (!d->has_message)
		d->bugcheck = bugcheck_name(ev->param[0]);
}

struct decoded decode_event(const struct guest_event *ev)
{
	struct decoded d = { .os_id = ev->guest_os_id };

	if (ev->model != MODEL_HYPERV)
		return d;
	d.has_message = ev->code & CRASH_NOTIFY_MSG;
	/* A KVM that does not tell the id, and a Linux that does. */
	if (!d.os_id && !d.has_message && is_linux(ev->param[1]))
		d.os_id = ev->param[1];
	if (is_linux(d.os_id))
		decode_linux(&d);
	else if (is_windows(d.os_id))
		decode_windows(&d, ev);
	return d;
}

struct kmsg_page decode_page(const struct guest_event *ev)
{
	if (ev->model != MODEL_HYPERV || !(ev->code & CRASH_NOTIFY_MSG))
		return (struct kmsg_page){ 0 };
	return (struct kmsg_page){ ev->param[3], ev->param[4] };
}

const char *decode_guest_name(enum guest_kind guest)
{
	static const char *const names[] = {
		[GUEST_UNKNOWN] = "unknown",
		[GUEST_LINUX] = "linux",
		[GUEST_WINDOWS] = "windows",
	};

	return names[guest];
}

struct bit_name {
	uint64_t bit;
	const char *name;
};

static const struct bit_name hyperv_bits[] = {
	{ CRASH_NOTIFY, "NOTIFY" },
	{ CRASH_NOTIFY_MSG, "NOTIFY_MSG" },
	{ CRASH_NO_CRASH_DUMP, "NO_CRASH_DUMP" },
	{ CRASH_PRE_OS_ID, "PRE_OS_ID" },
	{ 0 }
};

static const struct bit_name pvpanic_bits[] = {
	{ PVPANIC_PANICKED, "PANICKED" },
	{ PVPANIC_CRASH_LOADED, "CRASH_LOADED" },
	{ PVPANIC_SHUTDOWN, "SHUTDOWN" },
	{ 0 }
};

const char *decode_bit_name(const struct guest_event *ev, unsigned int i)
{
	const struct bit_name *bits = ev->model == MODEL_HYPERV ?
				      hyperv_bits : pvpanic_bits;

	for (; bits->bit; bits++)
		if (ev->code & bits->bit && !i--)
			return bits->name;
	return NULL;
}
