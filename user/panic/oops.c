// SPDX-License-Identifier: GPL-2.0-only
/*
 * A log has more than one line of trouble: a bug, what follows from it, and the
 * panic that comes of it.  The first bug is the one that counts; a panic that is
 * no more than the answer to a report counts as that report.
 */
#include <string.h>

#include "panic/oops.h"
#include "panic/oops_line.h"

enum kind {
	KIND_FATAL,	/* an oops, or memory that is wrong */
	KIND_WARNING,	/* a bug if it makes the kernel panic */
	KIND_SOFT,	/* a bug if it does, or if the guest hangs */
	KIND_HARD,
	KIND_RCU,
	KIND_HUNG,
	KIND_PANIC,
	KIND_NR,
};

#define PANIC	"Kernel panic - not syncing: "

/*
 * How a line begins, what else it has in it, and what ends the name of the bug:
 * "" is the end of how it begins.  The first rule that fits is taken.
 */
struct rule {
	char begins[40];
	char has[24];
	char end[16];
	enum kind kind;
};

static const struct rule rules[] = {
	{ PANIC, "", "\n", KIND_PANIC },
	{ "BUG: soft lockup", "", "", KIND_SOFT },
	{ "Watchdog detected hard LOCKUP", "", "", KIND_HARD },
	{ "CPU", "detected hard LOCKUP", "", KIND_HARD },
	{ "INFO: rcu_", "detected", "", KIND_RCU },
	{ "INFO: task ", " for more than ", "", KIND_HUNG },

	{ "BUG: kernel NULL pointer dereference", "", "", KIND_FATAL },
	{ "BUG: unable to handle page fault", "", "", KIND_FATAL },
	{ "BUG: unable to handle kernel", "", " at ", KIND_FATAL },
	{ "BUG: KASAN: ", "", " in ", KIND_FATAL },
	{ "BUG: KFENCE: ", "", " in ", KIND_FATAL },
	{ "BUG: KMSAN: ", "", " in ", KIND_FATAL },
	{ "BUG: ", "stack guard page", " at ", KIND_FATAL },
	{ "PANIC: double fault", "", "", KIND_FATAL },
	{ "PANIC: early exception", "", " IP", KIND_FATAL },
	{ "kernel BUG at ", "", "\n", KIND_FATAL },
	{ "list_add corruption", "", "", KIND_FATAL },
	{ "list_del corruption", "", "", KIND_FATAL },
	{ "usercopy: Kernel memory ", "", " (", KIND_FATAL },

	{ "BUG: scheduling while atomic", "", "", KIND_WARNING },
	{ "BUG: workqueue lockup", "", "", KIND_WARNING },
	{ "BUG: Bad ", "", " in process ", KIND_WARNING },
	{ "BUG: ", "", "\n", KIND_WARNING },
	{ "UBSAN: ", "", " in ", KIND_WARNING },
	{ "WARNING: ", "", "\n", KIND_WARNING },
};

/* What a panic says that is only the answer to a report. */
struct answer {
	char has[28];
	enum kind kind;
};

static const struct answer answers[] = {
	{ "panic_on_warn set", KIND_WARNING },
	{ "softlockup: hung tasks", KIND_SOFT },
	{ "Hard LOCKUP", KIND_HARD },
	{ "RCU Stall", KIND_RCU },
	{ "hung_task: blocked tasks", KIND_HUNG },
};

/* Panics of which the trace is of whoever happened to notice, or of nobody. */
static const char traceless[] =
	"Out of memory\nSystem is deadlocked on memory\n"
	"Attempted to kill init\nhung_task: blocked tasks\nNMI\n"
	"Fatal machine check\nFatal local machine check\n"
	"Local fatal machine check\nTimeout: Not all CPUs\n";

/* An oops of which the first lines are no longer in the log. */
static const char rests[] =
	"Fatal exception\nAiee, killing interrupt handler\n"
	"Attempted to kill the idle task\n";

#define NR(array)	(sizeof(array) / sizeof((array)[0]))

static bool begins_one_of(struct span line, const char *list)
{
	for (; *list; list = strchr(list, '\n') + 1) {
		size_t len = strcspn(list, "\n");

		if (line.len >= len && !memcmp(line.at, list, len))
			return true;
	}
	return false;
}

static void drop(struct span *line, const char *text)
{
	if (span_begins(*line, text))
		span_skip(line, strlen(text));
}

/* Who says it, which other versions do not. */
static void drop_speaker(struct span *line)
{
	drop(line, "NMI ");
	drop(line, "watchdog: ");
	drop(line, "rcu: ");
	drop(line, "traps: ");
}

static const struct rule *find_rule(struct span line)
{
	size_t i;

	for (i = 0; i < NR(rules); i++)
		if (span_begins(line, rules[i].begins) &&
		    span_find(line, rules[i].has))
			return &rules[i];
	return NULL;
}

#define CODE_LEN	4

/* "divide error: 0000 [#1] ...": the length of what the CPU calls it, or 0. */
static size_t exception_len(struct span line)
{
	const char *count = span_find(line, " [#");
	size_t len = count ? (size_t)(count - line.at) : 0;
	size_t i;

	if (len <= CODE_LEN + 2 || memcmp(count - CODE_LEN - 2, ": ", 2))
		return 0;
	for (i = 1; i <= CODE_LEN; i++)
		if (!strchr("0123456789abcdef", count[-(ptrdiff_t)i]))
			return 0;
	return len - CODE_LEN - 2;
}

/* A line that was found, and the text after it. */
struct report {
	struct span line;
	const char *after;
	const struct rule *rule;	/* NULL: an exception */
};

struct scan {
	struct report reports[KIND_NR];
	const char *rip;		/* from the first one on */
};

static void note(struct scan *scan, enum kind kind, const struct report *report)
{
	/* Of warnings the last one is what the kernel panics for. */
	if (!scan->reports[kind].after || kind == KIND_WARNING)
		scan->reports[kind] = *report;
}

static void scan_line(struct scan *scan, struct span line, const char *before,
		      const char *after)
{
	struct report report = { .after = after };

	if (!scan->rip && trace_is_rip(line))
		scan->rip = before;
	drop_speaker(&line);
	report.line = line;
	report.rule = find_rule(line);
	if (report.rule)
		note(scan, report.rule->kind, &report);
	else if (exception_len(line))
		note(scan, KIND_FATAL, &report);
}

static void scan_text(struct scan *scan, const char *text)
{
	const char *before = text;
	struct span line;

	while (!scan->reports[KIND_PANIC].after && trace_line(&text, &line)) {
		scan_line(scan, line, before, text);
		before = text;
	}
}

/*
 * Where in the source: "WARNING: CPU: 0 PID: 1 at lib/a.c:12 f+0x1/0x2", since
 * Linux 6.19 "WARNING: lib/a.c:12 at f+0x1/0x2, CPU#0: init/1".
 */
static bool warning_place(struct span *line)
{
	const char *at = span_find(*line, " at ");

	if (!at)
		return false;
	if (span_begins(*line, "WARNING: CPU: ")) {
		span_skip(line, (size_t)(at + 4 - line->at));
		span_cut(line, " ");
		return true;
	}
	if (!span_find(*line, ", CPU#"))
		return false;
	drop(line, "WARNING: ");
	span_cut(line, " at ");
	return true;
}

static void name_exception(struct oops_line *out, struct span line)
{
	line.len = exception_len(line);
	/* 6.12 says it twice of a page fault. */
	if (line.len > strlen("Oops: "))
		drop(&line, "Oops: ");
	/* General protection faults guess at an address. */
	span_cut(&line, ",");
	oops_line_put(out, line);
}

static void name_by_rule(struct oops_line *out, const struct rule *rule,
			 struct span line)
{
	if (!*rule->end)
		line.len = strlen(rule->begins);
	else
		span_cut(&line, rule->end);
	/* A report is known by the tool that makes it. */
	if (span_begins(line, "BUG: K"))
		drop(&line, "BUG: ");
	if (rule->kind == KIND_PANIC) {
		drop(&line, PANIC);
		oops_line_put_text(out, "panic: ");
	} else if (span_begins(line, "WARNING: ") && warning_place(&line)) {
		oops_line_put_text(out, "WARNING at ");
	}
	oops_line_put(out, line);
}

/* What is called the same however it is found. */
static const char *kind_name(enum kind kind)
{
	switch (kind) {
	case KIND_SOFT:
		return "BUG: soft lockup";
	case KIND_HARD:
		return "hard lockup";
	case KIND_RCU:
		return "INFO: rcu detected stall";
	case KIND_HUNG:
		return "INFO: task hung";
	default:
		return NULL;
	}
}

static enum trace_kind trace_kind(enum kind kind, const struct rule *rule)
{
	if (kind == KIND_SOFT || kind == KIND_HARD || kind == KIND_RCU)
		return TRACE_STUCK;
	if (rule && (strstr(rule->has, "stack") ||
		     strstr(rule->begins, "double fault")))
		return TRACE_OVERFLOW;
	return TRACE_BUG;
}

/* Name @report as one of @kind. */
static void take(struct oops *oops, enum kind kind, const struct report *report)
{
	struct oops_line out = { oops->line, sizeof(oops->line), 0 };
	const char *name = kind_name(kind);

	if (name)
		oops_line_put_text(&out, name);
	else if (report->rule)
		name_by_rule(&out, report->rule, report->line);
	else
		name_exception(&out, report->line);
	oops_line_end(&out);
	/* Only what is forged has no name. */
	if (!out.len)
		oops_line_put_text(&out, "Oops");
	oops_line_end(&out);
	trace_read(&oops->trace, report->after, trace_kind(kind, report->rule));
}

/* A panic of its own. */
static void take_panic(struct oops *oops, const struct scan *scan)
{
	const struct report *panic = &scan->reports[KIND_PANIC];
	struct span line = panic->line;

	take(oops, KIND_PANIC, panic);
	drop(&line, PANIC);
	if (begins_one_of(line, traceless))
		oops->trace.nr = 0;
	else if (begins_one_of(line, rests) && scan->rip)
		trace_read(&oops->trace, scan->rip, TRACE_BUG);
}

/*
 * A panic that answers a report, or that is the last trace of it: a panic of a
 * lockup shows where the CPU was.  False: it does not.
 */
static bool take_answer(struct oops *oops, const struct scan *scan)
{
	const struct report *panic = &scan->reports[KIND_PANIC];
	const struct report *report;
	size_t i;

	for (i = 0; i < NR(answers); i++)
		if (span_find(panic->line, answers[i].has))
			break;
	if (i == NR(answers))
		return false;
	report = &scan->reports[answers[i].kind];
	if (report->after)
		take(oops, answers[i].kind, report);
	else if (trace_kind(answers[i].kind, NULL) == TRACE_STUCK)
		take(oops, answers[i].kind, panic);
	else
		return false;
	return true;
}

/* Without a panic: what takes too long. */
static bool take_hang(struct oops *oops, const struct scan *scan)
{
	enum kind kind;

	for (kind = KIND_SOFT; kind <= KIND_HUNG; kind++) {
		if (!scan->reports[kind].after)
			continue;
		take(oops, kind, &scan->reports[kind]);
		return true;
	}
	return false;
}

bool oops_find(struct oops *oops, const char *text, bool hangs)
{
	struct scan scan = { 0 };

	*oops = (struct oops){ 0 };
	scan_text(&scan, text);
	if (scan.reports[KIND_FATAL].after) {
		take(oops, KIND_FATAL, &scan.reports[KIND_FATAL]);
		return true;
	}
	if (!scan.reports[KIND_PANIC].after)
		return hangs && take_hang(oops, &scan);
	if (!take_answer(oops, &scan))
		take_panic(oops, &scan);
	return true;
}
