// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>

#include "panic/bugcheck.h"
#include "panic/decode.h"
#include "tap.h"

#define LINUX_6_12_117	0x810000060c750000
#define WINDOWS_10	0x0001040a00004a65

static struct guest_event hyperv(uint64_t code, uint64_t id)
{
	return (struct guest_event){
		.model = MODEL_HYPERV,
		.code = code,
		.guest_os_id = id,
	};
}

static void claim_version(const struct decoded *d, unsigned int major,
			  unsigned int minor, unsigned int patch,
			  const char *text)
{
	claim(d->version[0] == major && d->version[1] == minor &&
	      d->version[2] == patch, text);
}

static void test_linux(void)
{
	struct guest_event ev = hyperv(CRASH_NOTIFY, LINUX_6_12_117);
	struct decoded d = decode_event(&ev);

	claim_number(d.guest, GUEST_LINUX, "decode: Linux by its guest OS id");
	claim_version(&d, 6, 12, 117, "decode: and its version");
	claim(!d.bugcheck && !d.has_message, "decode: no bugcheck, no message");

	ev = hyperv(CRASH_NOTIFY, 0);
	ev.param[1] = LINUX_6_12_117;
	d = decode_event(&ev);
	claim_number(d.guest, GUEST_LINUX, "decode: Linux by P1 alone");

	ev = hyperv(CRASH_NOTIFY | CRASH_NOTIFY_MSG, LINUX_6_12_117);
	d = decode_event(&ev);
	claim(d.guest == GUEST_LINUX && d.has_message,
	      "decode: Linux with a message");

	ev = hyperv(CRASH_NOTIFY | CRASH_NOTIFY_MSG, 0);
	ev.param[1] = LINUX_6_12_117;
	d = decode_event(&ev);
	claim_number(d.guest, GUEST_UNKNOWN,
		     "decode: P1 says nothing when there is a message");
}

static void test_windows(void)
{
	struct guest_event ev = hyperv(CRASH_NOTIFY, WINDOWS_10);
	struct decoded d;

	ev.param[0] = 0xd1;
	ev.param[1] = LINUX_6_12_117;
	d = decode_event(&ev);
	claim_number(d.guest, GUEST_WINDOWS,
		     "decode: Windows by its guest OS id, whatever P1 is");
	claim_version(&d, 10, 0, 19045, "decode: and its version");
	claim_string(d.bugcheck, "DRIVER_IRQL_NOT_LESS_OR_EQUAL",
		     "decode: its bugcheck by name");

	ev.param[0] = 0x123456;
	d = decode_event(&ev);
	claim_string(d.bugcheck, NULL, "decode: no name for a rare bugcheck");
	claim_string(bugcheck_name(0x100000000 | 0xd1), NULL,
		     "decode: a code is compared whole");
}

static void test_unknown(void)
{
	struct guest_event ev = hyperv(CRASH_NOTIFY, 0x8200000000000000);

	claim_number(decode_event(&ev).guest, GUEST_UNKNOWN,
		     "decode: FreeBSD is neither");
	ev = (struct guest_event){ .model = MODEL_ISA, .code = 1 };
	claim_number(decode_event(&ev).guest, GUEST_UNKNOWN,
		     "decode: pvpanic does not say who the guest is");
}

static void test_page(void)
{
	struct guest_event ev = hyperv(CRASH_NOTIFY | CRASH_NOTIFY_MSG, 0);

	ev.param[3] = 0x1000;
	ev.param[4] = 5;
	claim_number(decode_page(&ev).gpa, 0x1000, "decode: P3 is a page");
	claim_number(decode_page(&ev).bytes, 5, "decode: P4 is its length");
	ev.model = MODEL_ISA;
	claim_number(decode_page(&ev).bytes, 0,
		     "decode: pvpanic hands no page over");
	ev.model = MODEL_HYPERV;
	ev.code = CRASH_NOTIFY;
	claim_number(decode_page(&ev).bytes, 0,
		     "decode: without NOTIFY_MSG there is no page");
}

static void test_names(void)
{
	struct guest_event ev = { .model = MODEL_ISA, .code = 5 };

	claim_string(decode_bit_name(&ev, 0), "PANICKED", "decode: bit 0");
	claim_string(decode_bit_name(&ev, 1), "SHUTDOWN", "decode: bit 2");
	claim_string(decode_bit_name(&ev, 2), NULL, "decode: and no more");
	ev = hyperv(CRASH_NOTIFY | CRASH_NOTIFY_MSG | 1, 0);
	claim_string(decode_bit_name(&ev, 0), "NOTIFY", "decode: bit 63");
	claim_string(decode_bit_name(&ev, 1), "NOTIFY_MSG", "decode: bit 62");
	claim_string(decode_bit_name(&ev, 2), NULL,
		     "decode: unknown bits have no name");
	ev = hyperv(CRASH_NOTIFY | CRASH_NO_CRASH_DUMP | 1ULL << 58, 0);
	claim_string(decode_bit_name(&ev, 1), "NO_CRASH_DUMP",
		     "decode: bit 61");
	claim_string(decode_bit_name(&ev, 2), "PRE_OS_ID",
		     "decode: any of bits 60 to 58");
	claim_string(decode_bit_name(&ev, 3), NULL, "decode: is one name");
}

void test_decode(void)
{
	test_linux();
	test_windows();
	test_unknown();
	test_page();
	test_names();
}
