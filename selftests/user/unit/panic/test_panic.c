// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>

#include "panic/panic.h"
#include "tap.h"

struct decide_case {
	enum model model;
	uint64_t code;
	enum panic_action asked, decided;
	const char *claim;
};

static const struct decide_case decisions[] = {
	{ MODEL_ISA, 1, PANIC_DESTROY, PANIC_DESTROY,
	  "panic: PANICKED does what --on-panic says" },
	{ MODEL_ISA, 1, PANIC_IGNORE, PANIC_IGNORE, "panic: also ignore" },
	{ MODEL_ISA, 3, PANIC_DESTROY, PANIC_DESTROY,
	  "panic: PANICKED decides over CRASH_LOADED" },
	{ MODEL_ISA, 2, PANIC_DESTROY, PANIC_WAIT,
	  "panic: CRASH_LOADED alone lets the guest dump" },
	{ MODEL_ISA, 1, PANIC_RESTART, PANIC_RESTART, "panic: also restart" },
	{ MODEL_ISA, 1, PANIC_RENAME_RESTART, PANIC_RENAME_RESTART,
	  "panic: also rename-restart" },
	{ MODEL_ISA, 1, PANIC_PRESERVE, PANIC_PRESERVE,
	  "panic: also preserve" },
	{ MODEL_ISA, 1, PANIC_PAUSE, PANIC_PAUSE, "panic: also pause" },
	{ MODEL_ISA, 4, PANIC_DESTROY, PANIC_RUN,
	  "panic: SHUTDOWN alone is a notice" },
	{ MODEL_ISA, 6, PANIC_DESTROY, PANIC_WAIT, "panic: with CRASH_LOADED it waits" },
	{ MODEL_HYPERV, CRASH_NOTIFY, PANIC_DESTROY, PANIC_DESTROY,
	  "panic: NOTIFY does what --on-panic says" },
	{ MODEL_HYPERV, CRASH_NOTIFY | CRASH_NOTIFY_MSG, PANIC_IGNORE,
	  PANIC_IGNORE, "panic: so does NOTIFY with a message" },
};

/* With --on-crashload panic. */
static const struct decide_case impatient[] = {
	{ MODEL_ISA, 2, PANIC_PAUSE, PANIC_PAUSE,
	  "panic: unless --on-crashload says panic" },
	{ MODEL_ISA, 4, PANIC_PAUSE, PANIC_RUN,
	  "panic: which is not about SHUTDOWN" },
	{ MODEL_HYPERV, 2, PANIC_PAUSE, PANIC_RUN,
	  "panic: nor about Hyper-V, which has no such bit" },
};

/* With --on-crashload wait, given by hand, or after a CRASH_LOADED. */
static const struct decide_case patient[] = {
	{ MODEL_HYPERV, CRASH_NOTIFY, PANIC_DESTROY, PANIC_WAIT,
	  "panic: a dump follows a report to Hyper-V" },
	{ MODEL_HYPERV, CRASH_NOTIFY | CRASH_NO_CRASH_DUMP, PANIC_DESTROY,
	  PANIC_DESTROY, "panic: unless the guest says that none does" },
	{ MODEL_HYPERV, 2, PANIC_DESTROY, PANIC_RUN,
	  "panic: but not what is no report" },
	{ MODEL_ISA, 1, PANIC_DESTROY, PANIC_DESTROY,
	  "panic: pvpanic's PANICKED comes instead of a dump" },
};

struct status_case {
	enum end end;
	unsigned int panics;
	enum status status;
	const char *claim;
};

static const struct status_case statuses[] = {
	{ END_POWER_OFF, 0, 0, "status: 0 for a power-off" },
	{ END_HOST, 0, 1, "status: 1 when the host failed" },
	{ END_HOST, 1, 1, "status: 1 also after a panic" },
	{ END_PANIC, 1, 3, "status: 3 for a panic" },
	{ END_POWER_OFF, 1, 3, "status: 3 for a power-off after a panic" },
	{ END_RESET, 2, 3, "status: 3 for a reset after two" },
	{ END_FAULT, 1, 3, "status: 3 for a triple fault after one" },
	{ END_TIMEOUT, 1, 3, "status: 3 for a time-out after one" },
	{ END_FAULT, 0, 4, "status: 4 for a triple fault" },
	{ END_RESET, 0, 5, "status: 5 for a reset" },
	{ END_QUIT, 0, 0, "status: 0 when a monitor asked to quit" },
	{ END_QUIT, 1, 3, "status: 3 when it did so after a panic" },
	{ END_TIMEOUT, 0, 124, "status: 124 for a time-out" },
	{ END_SILENCE, 0, 124, "status: 124 for silence" },
	{ END_SILENCE, 1, 3, "status: 3 for silence after a panic" },
	{ END_HALTED, 0, 6, "status: 6 for a guest that halted for good" },
	{ END_HALTED, 1, 3, "status: 3 for one that did so after a panic" },
};

/* Of --exit-port: what the guest writes, and what a script gets. */
static const struct exit_case {
	uint8_t value;
	int status;
	const char *claim;
} exits[] = {
	{ 0, 0, "status: 0 for 0 at the exit port" },
	{ 1, 16, "status: 16 for 1" },
	{ 2, 17, "status: 17 for 2" },
	{ 48, 63, "status: 63 for 48" },
	{ 49, 63, "status: 63 for all that is more" },
	{ 255, 63, "status: 63 for 255" },
};

static void test_exits(void)
{
	size_t i;

	for (i = 0; i < sizeof(exits) / sizeof(exits[0]); i++)
		claim_number((uint64_t)panic_status(END_EXIT, 0, exits[i].value),
			     (uint64_t)exits[i].status, exits[i].claim);
	claim_number((uint64_t)panic_status(END_EXIT, 1, 0), 3,
		     "status: 3 for any of them after a panic");
}

static void test_names(void)
{
	claim_string(panic_end_name(END_HALTED), "halted", "end: halted");
	claim_string(panic_end_name(END_SILENCE), "silence", "end: silence");
	claim_string(panic_end_name(END_EXIT), "exit", "end: exit");
	claim(panic_ends_dump(END_HALTED) && panic_ends_dump(END_SILENCE) &&
	      panic_ends_dump(END_EXIT), "end: each may be that of a dump");
}

static void decide(const struct decide_case *c, size_t nr,
		   struct panic_policy policy, bool dumps)
{
	for (; nr--; c++) {
		const struct guest_event ev = {
			.model = c->model,
			.code = c->code,
		};

		policy.on_panic = c->asked;
		claim_number(panic_decide(&policy, &ev, dumps), c->decided,
			     c->claim);
	}
}

#define DECIDE(cases, policy, dumps) \
	decide(cases, sizeof(cases) / sizeof((cases)[0]), policy, dumps)

/* Which ends have a record, before and after a panic that was recorded. */
static void test_ends(void)
{
	enum end end;

	for (end = END_NONE; end <= END_EXIT; end++) {
		bool host = end == END_NONE || end == END_DUMP_TIMEOUT ||
			    end == END_SIGNAL || end == END_QUIT ||
			    end == END_PANIC;
		bool follows = end == END_POWER_OFF || end == END_RESET ||
			       end == END_EXIT;

		claim_number(panic_records_end(end, 0), !host,
			     "panic: which ends are looked into");
		claim_number(panic_records_end(end, 1), !host && !follows,
			     "panic: and which of them after a panic");
	}
}

void test_panic(void)
{
	const struct panic_policy plain = { 0 };
	const struct panic_policy no_wait = { .crashload_panics = true };
	const struct panic_policy wait = { .hyperv_waits = true };
	size_t i;

	DECIDE(decisions, plain, false);
	DECIDE(impatient, no_wait, false);
	DECIDE(patient, wait, false);
	DECIDE(patient, plain, true);
	test_ends();
	for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		claim_number((uint64_t)panic_status(statuses[i].end,
						    statuses[i].panics, 0),
			     statuses[i].status, statuses[i].claim);
	test_exits();
	test_names();
}
