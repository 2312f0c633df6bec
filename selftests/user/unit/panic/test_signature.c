// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of bugs.  The texts of selftests/fuzz-user/corpus/signature are real: what
 * Debian's kernels, and 7.3 with KASAN, had in their logs when they died in QEMU of
 * a bug of selftests/vm/guest/bugs.c or of how they were booted.  Each is the end
 * of a log, at most 8 KiB as in a record, and is called BUG-KERNEL-VCPUS.  Those of
 * one bug and kernel differ in the address of the image, the PID and mostly the CPU.
 * Only the directory where the module was built has been replaced.
 *
 * What stands in this file itself is written by hand, for what is rare.
 */
#include <stdio.h>
#include <string.h>

#include "guest/kmsg.h"
#include "panic/signature.h"
#include "tap.h"

struct text {
	const char *name;
	const char *text;
};

/* Made by selftests/user/build. */
static const struct text texts[] = {
#include "signature-texts.inc"
};

#define NR_TEXTS	(sizeof(texts) / sizeof(texts[0]))

/* What a text whose name begins so is called. */
struct expected {
	const char *begins;
	const char *title;
};

static const struct expected titles[] = {
	/* KASAN looks for a shadow of the address, and faults there. */
	{ "null-7.3kasan-", "general protection fault in bug_null" },
	{ "use-after-free-", "KASAN: slab-use-after-free in bug_use_after_free" },
	{ "out-of-bounds-", "KASAN: slab-out-of-bounds in bug_out_of_bounds" },
	{ "shift-", "UBSAN: shift-out-of-bounds in bug_shift" },
	{ "warn-7.3kasan-", "WARNING at drivers/misc/bugs.c in bug_warn" },
	{ "null-", "BUG: kernel NULL pointer dereference in bug_null" },
	{ "call-", "BUG: kernel NULL pointer dereference in bug_call" },
	{ "memset-", "BUG: kernel NULL pointer dereference in bug_memset" },
	{ "thread-", "BUG: kernel NULL pointer dereference in bug_null" },
	{ "timer-", "BUG: kernel NULL pointer dereference in bug_null" },
	{ "work-", "BUG: kernel NULL pointer dereference in bug_null" },
	{ "nested-", "BUG: kernel NULL pointer dereference in bug_null" },
	{ "paging-", "BUG: unable to handle page fault in bug_paging" },
	{ "gpf-", "general protection fault in bug_gpf" },
	{ "divide-", "divide error in bug_divide" },
	{ "bug-", "kernel BUG at bugs.c in bug_bug" },
	{ "free-twice-", "kernel BUG at mm/slub.c in bug_free_twice" },
	{ "list-", "list_add corruption in bug_list" },
	{ "warn-", "WARNING at bugs.c in bug_warn" },
	{ "refcount-", "WARNING at lib/refcount.c in bug_refcount" },
	{ "recursion-", "BUG: TASK stack guard page was hit in bug_recursion" },
	{ "smash-", "panic: stack-protector: Kernel stack is corrupted in: bug_smash" },
	{ "atomic-", "BUG: scheduling while atomic in bug_atomic" },
	{ "panic-", "panic: disk N of pool N is on fire in bug_panic" },
	{ "spin-", "BUG: soft lockup in bug_spin" },
	{ "stall-", "INFO: rcu detected stall in bug_stall" },
	{ "wait-", "INFO: task hung in bug_wait" },
	/* The host was so busy that it took long to start a CPU. */
	{ "hotplug-", "INFO: task hung in vmstat_shepherd" },
	{ "sysrq-", "panic: sysrq triggered crash in sysrq_handle_crash" },
	{ "exit-", "panic: Attempted to kill init! exitcode=0x00000300" },
	{ "segv-", "panic: Attempted to kill init! exitcode=0x0000000b" },
	{ "noroot-6.1-",
	  "panic: VFS: Unable to mount root fs on unknown-block(N,N) in mount_block_root" },
	{ "noroot-",
	  "panic: VFS: Unable to mount root fs on unknown-block(N,N) in mount_root_generic" },
	{ "oom-", "panic: Out of memory: system-wide panic_on_oom is enabled" },
	{ "oom2-", "panic: Out of memory: compulsory panic_on_oom is enabled" },
	{ "nmi-", "panic: NMI: Not continuing" },
	{ "mce-", "panic: Fatal local machine check" },
};

static struct signature sign(const char *text)
{
	const struct signature_input input = {
		.end = SIGNATURE_PANIC, .text = text,
	};
	struct signature signature;

	signature_make(&signature, &input);
	return signature;
}

static const char *title_of(const char *text)
{
	static struct signature signature;

	signature = sign(text);
	return signature.title;
}

static const char *wanted_title(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (!strncmp(name, titles[i].begins, strlen(titles[i].begins)))
			return titles[i].title;
	return "(none: say which)";
}

/* Is it the same bug?  Each of those that meet bug_null has its own caller. */
static bool is_same(const char *a, const char *b)
{
	size_t len = strcspn(a, "0123456789");

	/* As what oops first is the bug. */
	if (!strncmp(a, "nested-", 7))
		return is_same("null-0", b);
	if (!strncmp(b, "nested-", 7))
		return is_same(a, "null-0");
	return !strncmp(a, b, len) && strcspn(b, "0123456789") == len;
}

static bool is_same_kernel(const char *a, const char *b)
{
	a += strcspn(a, "0123456789");
	b += strcspn(b, "0123456789");
	return strcspn(a, "-") == strcspn(b, "-") &&
	       !strncmp(a, b, strcspn(a, "-"));
}

static void test_titles(void)
{
	char what[120];
	size_t i;

	for (i = 0; i < NR_TEXTS; i++) {
		snprintf(what, sizeof(what), "signature: the title of %s",
			 texts[i].name);
		claim_string(title_of(texts[i].text),
			     wanted_title(texts[i].name), what);
	}
}

/* Counts the pairs of texts whose ids are not what they should be. */
static unsigned int count_wrong(bool same)
{
	unsigned int wrong = 0;
	size_t i, j;

	for (i = 0; i < NR_TEXTS; i++) {
		struct signature a = sign(texts[i].text);

		for (j = 0; j < i; j++) {
			struct signature b = sign(texts[j].text);
			bool equal = !strcmp(a.id, b.id);

			if (is_same(texts[i].name, texts[j].name) != same ||
			    (same && !is_same_kernel(texts[i].name,
						     texts[j].name)) ||
			    equal == same)
				continue;
			printf("# %s %s, %s %s\n", texts[i].name, a.id,
			       texts[j].name, b.id);
			wrong++;
		}
	}
	return wrong;
}

static void test_ids(void)
{
	claim(NR_TEXTS >= 90, "signature: there are texts");
	claim_number(count_wrong(true), 0,
		     "signature: one bug has one id on each kernel");
	claim_number(count_wrong(false), 0,
		     "signature: another bug has another one");
	claim_string(sign("Kernel panic - not syncing: sysrq triggered crash\n"
			  "Call Trace:\n"
			  " panic+0x1/0x2\n"
			  " sysrq_handle_crash+0x1/0x2\n"
			  " __handle_sysrq+0x1/0x2\n").id, "82064a4597d3a4c5",
		     "signature: an id is as signature.rst says");
}

/* The log as it was, but less of it; the line that tells of the bug is lost. */
static const char *after_line(const char *name, const char *part)
{
	const char *at;
	size_t i;

	for (i = 0; i < NR_TEXTS; i++)
		if (!strcmp(texts[i].name, name))
			break;
	at = i < NR_TEXTS ? strstr(texts[i].text, part) : NULL;
	at = at ? strchr(at, '\n') : NULL;
	return at ? at : "(no such line)";
}

static void test_cut(void)
{
	claim_string(title_of(after_line("null-6.12-1", " Oops: ")),
		     "panic: Fatal exception in bug_null",
		     "signature: an oops without its first lines");
	claim_string(title_of(after_line("null-6.12-1", "end trace")),
		     "panic: Fatal exception in bug_null",
		     "signature: of which only the end is left");
	claim_string(sign(after_line("spin-6.12-1", "soft lockup")).title,
		     "BUG: soft lockup in bug_spin",
		     "signature: a soft lockup, of which the panic is left");
	claim_string(title_of(after_line("warn-6.12-4", "WARNING")),
		     "panic: kernel: panic_on_warn set in bug_warn",
		     "signature: a warning, of which the panic is left");
}

#define TRACE	"Call Trace:\n <TASK>\n panic+0x1/0x2\n f.cold+0x12/0x34 [m]\n"

/* What the console puts before a line, or does not. */
static void test_prefixes(void)
{
	static const char *const prefixes[] = {
		"", "<0>", "[    1.000000] ", "<0>[   12.345678] ",
		"[    1.000000][    T1] ", "[12345.678901][   C3] ",
		"[    T1] ",
	};
	char text[200], what[80];
	size_t i;

	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		snprintf(text, sizeof(text),
			 "%sKernel panic - not syncing: a b\n%sCall Trace:\n%s f.cold+0x12/0x34 [m]\n",
			 prefixes[i], prefixes[i], prefixes[i]);
		snprintf(what, sizeof(what), "signature: after '%s'",
			 prefixes[i]);
		claim_string(title_of(text), "panic: a b in f", what);
	}
}

static void line(const char *text, const char *title, const char *what)
{
	char full[8300];

	snprintf(full, sizeof(full), "%s\n", text);
	claim_string(title_of(full), title, what);
}

#define PANIC	"Kernel panic - not syncing: "

static void test_lines(void)
{
	line(PANIC "a 0x1f b ffff888012345678 c 22s d ext4 e cpu3 CPU#3",
	     "panic: a N b N c Ns d ext4 e cpuN CPU#N",
	     "signature: numbers are left out");
	line(PANIC "in g.isra.0+0x1/0x2 [m 0123abcd], h",
	     "panic: in g, h", "signature: offsets and modules too");
	line(PANIC "one.  Two", "panic: one",
	     "signature: the first sentence is enough");
	line(PANIC "a\tb   c", "panic: a b c", "signature: spaces are one");
	line(PANIC, "panic", "signature: a panic that says nothing");
	line(PANIC "\303\244\303\266 \342\202\254",
	     "panic: \303\244\303\266 \342\202\254", "signature: UTF-8");
	line(" !!!!: 0000 [#1]", "!", "signature: there always is a title");
	line(" : 0000 [#1]", "Oops", "signature: even of nothing");
	line("systemd[1]: " PANIC "no", "panic",
	     "signature: only what begins a line counts");
	line("kernel BUG at /usr/src/m/a.c:12!", "kernel BUG at a.c",
	     "signature: where a module was built is left out");
	line("kernel BUG at fs/a.c:12!", "kernel BUG at fs/a.c",
	     "signature: where in the source is not");
	line("WARNING: fs/a.c:12 at f+0x1/0x2, CPU#1: init/1\n" PANIC
	     "kernel: panic_on_warn set ...\n" TRACE, "WARNING at fs/a.c in f",
	     "signature: a warning of 6.19 and later");
	line("WARNING: possible recursive locking detected\n" PANIC
	     "kernel: panic_on_warn set ...\n" TRACE,
	     "WARNING: possible recursive locking detected in f",
	     "signature: a warning of lockdep's");
	line("traps: PANIC: double fault, error_code: 0x0\n"
	     "RIP: 0010:g+0x1/0x2\nCall Trace:\n f+0x1/0x2\n g+0x1/0x2\n f+0x1/0x2\n",
	     "PANIC: double fault in f",
	     "signature: of a recursion the first by name");
	line("watchdog: Watchdog detected hard LOCKUP on cpu 1\n"
	     "RIP: 0010:f+0x1/0x2\n" PANIC "Hard LOCKUP", "hard lockup in f",
	     "signature: a hard lockup");
	line("watchdog: CPU0: Watchdog detected hard LOCKUP on cpu 1\n"
	     "RIP: 0010:f+0x1/0x2\n" PANIC "Hard LOCKUP", "hard lockup in f",
	     "signature: as another CPU finds it");
	line("rcu: INFO: rcu_sched detected stalls on CPUs/tasks:\n"
	     "RIP: 0010:default_idle+0x1/0x2\nCall Trace:\n ? g+0x1/0x2\n"
	     " do_idle+0x1/0x2\n\nCall Trace:\n ? h+0x1/0x2\n f+0x1/0x2\n"
	     PANIC "RCU Stall\n",
	     "INFO: rcu detected stall in f",
	     "signature: a function with '?' does not count");
	line("BUG: unable to handle kernel paging request at ffffc90000000000\n"
	     "IP: [<ffffffff81012345>] f+0x1/0x2\n"
	     "RIP: 0010:[<ffffffff81012345>]  [<ffffffff81012345>] f+0x1/0x2\n",
	     "BUG: unable to handle kernel paging request in f",
	     "signature: an oops of 4.9");
	line("BUG: kernel NULL pointer dereference, address: 0000000000000000\n"
	     "RIP: 0033:h+0x1/0x2\nRIP: 0010:0x0\nCall Trace:\n ? g+0x1/0x2\n f+0x1/0x2\n",
	     "BUG: kernel NULL pointer dereference in f",
	     "signature: neither user space nor 0 is a function");
}

/* Titles have a limit, and end with a whole character. */
static void test_long(void)
{
	char text[8200] = PANIC;
	size_t i;

	for (i = strlen(text); i < sizeof(text) - 3; i += 2)
		memcpy(text + i, "\303\244", 3);
	claim(strlen(title_of(text)) == SIGNATURE_TITLE_MAX - 2 &&
	      text_is_clean(title_of(text)),
	      "signature: a long title is cut after a character");
}

/* What came before does not count if nothing came of it. */
static void test_order(void)
{
	const char *const calm = "WARNING: CPU: 0 PID: 1 at a.c:1 g+0x1/0x2\n"
				 "RIP: 0010:g+0x1/0x2\n"
				 "BUG: soft lockup - CPU#0 stuck for 22s! [a:1]\n";
	char text[400];

	snprintf(text, sizeof(text), "%s" PANIC "x\n" TRACE, calm);
	claim_string(title_of(text), "panic: x in f",
		     "signature: a warning that was survived is no bug");
	snprintf(text, sizeof(text), "%sWARNING: CPU: 0 PID: 1 at b.c:1 f+0x1/0x2\n"
		 PANIC "kernel: panic_on_warn set ...\n" TRACE, calm);
	claim_string(title_of(text), "WARNING at b.c in f",
		     "signature: the last warning is what a kernel panics for");
	snprintf(text, sizeof(text), "%sOops: 0002 [#1] SMP\nRIP: 0010:f+0x1/0x2\n"
		 PANIC "Fatal exception\n", calm);
	claim_string(title_of(text), "Oops in f",
		     "signature: an oops that was not is one");
	snprintf(text, sizeof(text), PANIC "x\n" TRACE "BUG: KASAN: y in z\n");
	claim_string(title_of(text), "panic: x in f",
		     "signature: what comes after a panic is none");
}

/* What an interrupt has come into, and who has called what calls everything. */
static void test_callers(void)
{
	const char *const begin = PANIC "x\nCall Trace:\n <IRQ>\n f+0x1/0x2\n";
	char text[200];
	struct signature a, b;

	snprintf(text, sizeof(text), "%s </IRQ>\n <TASK>\n"
		 " asm_sysvec_apic_timer_interrupt+0x1/0x2\n"
		 "RIP: 0010:g+0x1/0x2\n", begin);
	a = sign(text);
	snprintf(text, sizeof(text), "%s vfs_write+0x1/0x2\n h+0x1/0x2\n",
		 begin);
	b = sign(text);
	claim_string(a.id, b.id, "signature: callers of all kinds do not count");
	snprintf(text, sizeof(text), "%s---[ end trace 0000 ]---\n"
		 "RIP: 0010:f+0x1/0x2\nCall Trace:\n h+0x1/0x2\n", begin);
	b = sign(text);
	claim_string(a.id, b.id, "signature: nor does what is told once more");
	snprintf(text, sizeof(text), "%sCPU: 1 PID: 2 Comm: c\n"
		 "Call Trace:\n h+0x1/0x2\n", begin);
	b = sign(text);
	claim_string(a.id, b.id, "signature: nor does another trace");
	snprintf(text, sizeof(text), "%s h+0x1/0x2\n", begin);
	b = sign(text);
	claim(strcmp(a.id, b.id), "signature: others do");
}

static const char *end_title(enum signature_end end, const char *first,
			     const char *second)
{
	static struct signature signature;
	struct signature_input input = {
		.end = end, .text = "[    1.0] all is well\n", .nr_places = 2,
		.vcpu = 1,
	};

	snprintf(input.places[0].symbol, SIGNATURE_SYMBOL_MAX, "%s", first);
	snprintf(input.places[1].symbol, SIGNATURE_SYMBOL_MAX, "%s", second);
	input.places[0].is_user = !*first;
	signature_make(&signature, &input);
	return signature.title;
}

static void test_ends(void)
{
	claim_string(end_title(SIGNATURE_TRIPLE_FAULT, "g", "f.cold"),
		     "triple fault in f", "signature: a triple fault");
	claim_string(end_title(SIGNATURE_TRIPLE_FAULT, "g", ""),
		     "triple fault", "signature: of which no more is known");
	claim_string(end_title(SIGNATURE_KVM_ERROR, "g", "f"),
		     "KVM internal error in f", "signature: KVM gave up");
	claim_string(end_title(SIGNATURE_RESET, "g", "f"), "reset",
		     "signature: a reset");
	claim_string(end_title(SIGNATURE_HALTED, "g", "f"), "halted",
		     "signature: a halt");
	claim_string(end_title(SIGNATURE_POWER_OFF, "g", "f"), "power-off",
		     "signature: a power-off");
	claim_string(end_title(SIGNATURE_PANIC, "g", "f"), "panic",
		     "signature: a panic without words");
	claim_string(end_title(SIGNATURE_HANG, "default_idle", "f"),
		     "hang in f", "signature: a hang, where a vCPU is busy");
	claim_string(end_title(SIGNATURE_HANG, "f", "g"), "hang in f",
		     "signature: of two the first by name");
	claim_string(end_title(SIGNATURE_HANG, "g", "f"), "hang in f",
		     "signature: whichever vCPU that is");
	claim_string(end_title(SIGNATURE_HANG, "default_idle",
			       "pv_native_safe_halt"), "hang, all vCPUs idle",
		     "signature: where all are idle");
	claim_string(end_title(SIGNATURE_HANG, "", "default_idle"),
		     "hang in user space", "signature: in a program");
}

/* A hang has a name by its log, if the kernel has seen what hangs. */
static void test_hang(void)
{
	const struct signature_input input = {
		.end = SIGNATURE_HANG,
		.text = "BUG: soft lockup - CPU#0 stuck for 22s! [a:1]\n"
			"RIP: 0010:f+0x1/0x2\n"
			"Call Trace:\n g+0x1/0x2\n",
	};
	struct signature signature;

	signature_make(&signature, &input);
	claim_string(signature.title, "BUG: soft lockup in f",
		     "signature: a hang with a soft lockup");
}

static void test_bugcheck(void)
{
	struct guest_event event = {
		.model = MODEL_HYPERV, .code = CRASH_NOTIFY,
		.guest_os_id = 0x0001040a00004a65, .param = { 0x80, 1, 2, 3, 4 },
	};
	struct decoded decoded = decode_event(&event);
	const struct signature_input input = {
		.end = SIGNATURE_PANIC, .text = "", .event = &event,
		.decoded = &decoded,
	};
	struct signature signature, other;

	signature_make(&signature, &input);
	claim_string(signature.title, "bugcheck NMI_HARDWARE_FAILURE",
		     "signature: a bugcheck");
	event.param[1] = 5;
	signature_make(&other, &input);
	claim_string(other.id, signature.id,
		     "signature: its arguments are addresses");
	decoded.bugcheck = NULL;
	signature_make(&other, &input);
	claim_string(other.id, signature.id,
		     "signature: a name changes only its title");
	claim_string(other.title, "bugcheck 0x80",
		     "signature: which has the number without one");
	event.param[0] = 0x81;
	signature_make(&other, &input);
	claim(strcmp(other.id, signature.id),
	      "signature: another bugcheck is another bug");
}

void test_signature(void)
{
	test_titles();
	test_ids();
	test_cut();
	test_prefixes();
	test_lines();
	test_long();
	test_order();
	test_callers();
	test_ends();
	test_hang();
	test_bugcheck();
}
