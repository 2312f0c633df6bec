// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "panic/trace.h"

bool span_begins(struct span span, const char *text)
{
	size_t len = strlen(text);

	return span.len >= len && !memcmp(span.at, text, len);
}

const char *span_find(struct span span, const char *text)
{
	return memmem(span.at, span.len, text, strlen(text));
}

void span_skip(struct span *span, size_t len)
{
	span->at += len;
	span->len -= len;
}

void span_cut(struct span *span, const char *text)
{
	const char *at = span_find(*span, text);

	if (at)
		span->len = (size_t)(at - span->at);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void skip_spaces(struct span *span)
{
	while (span->len && (*span->at == ' ' || *span->at == '\t'))
		span_skip(span, 1);
}

/* How long a prefix is: @open, of @chars at least one, @close; 0: it is none. */
static size_t prefix_len(struct span span, char open, const char *chars,
			 char close)
{
	size_t i = 1;

	if (!span.len || *span.at != open)
		return 0;
	while (i < span.len && span.at[i] && strchr(chars, span.at[i]))
		i++;
	return i > 1 && i < span.len && span.at[i] == close ? i + 1 : 0;
}

/* Level, time, and task or CPU; a record has what its kernel logs of these. */
static void skip_prefix(struct span *line)
{
	size_t len, all;

	span_skip(line, prefix_len(*line, '<', "0123456789", '>'));
	all = prefix_len(*line, '[', " .0123456789", ']');
	span_skip(line, all);
	len = prefix_len(*line, '[', " TC0123456789", ']');
	span_skip(line, len);
	if (all + len && line->len && *line->at == ' ')
		span_skip(line, 1);
}

bool trace_line(const char **text, struct span *line)
{
	const char *end;

	if (!**text)
		return false;
	end = strchrnul(*text, '\n');
	*line = (struct span){ *text, (size_t)(end - *text) };
	*text = *end ? end + 1 : end;
	skip_prefix(line);
	return true;
}

/*
 * Functions that are in traces for what the kernel does about a bug, or that
 * only do as they are told.  Names are without underscores at their begin; with
 * '*' at the end it is all that begin so.
 */
static const char helpers[] =
	/* Panics, oopses and warnings. */
	"panic vpanic nmi_panic* check_panic_on_warn oops_* die die_*\n"
	"dump_stack* show_stack* show_regs* show_trace_* page_fault_oops\n"
	"kernelmode_fixup_or_oops* no_context bad_area* do_user_addr_fault\n"
	"do_kern_addr_fault do_page_fault exc_* do_error_trap do_trap*\n"
	"do_invalid_op do_general_protection error_entry page_fault\n"
	"invalid_op general_protection async_page_fault handle_bug\n"
	"report_bug fixup_bug* warn warn_printk warn_slowpath_* WARN_*\n"
	"do_int3* end_repeat_nmi nmi do_nmi default_do_nmi nmi_handle\n"
	"unknown_nmi_error\n"

	/* Watchdogs, and what they look around with. */
	"watchdog watchdog_timer_fn watchdog_overflow_*\n"
	"watchdog_hardlockup_* nmi_cpu_backtrace* nmi_trigger_*\n"
	"arch_trigger_* rcu_dump_cpu_stacks* dump_cpu_task\n"
	"print_cpu_stall* print_other_cpu_stall* check_cpu_stall\n"
	"rcu_sched_clock_irq rcu_pending rcu_gp_* update_process_times\n"
	"tick_* hrtimer_* sched_show_task\n"

	/* Tools that find bugs. */
	"kasan_* asan_* print_address_description* print_report\n"
	"check_region_inline kfence_* ubsan_* kmsan_* msan_* kcsan_* tsan_*\n"
	"fortify_* usercopy_* check_object_size* check_heap_object\n"
	"stack_chk_fail refcount_* list_add_valid* list_del_entry_valid*\n"
	"schedule_bug might_sleep might_resched\n"

	/* Memory and strings. */
	"kfree kfree_* kmem_cache_* kmalloc* slab_* object_err do_slab_free\n"
	"set_freepointer memcpy* memmove* memset* memcmp memchr* memscan\n"
	"strlen strnlen strcmp strncmp strcpy strncpy strscpy* sized_str*\n"
	"strlcpy strcat strchr* strrchr strstr rep_movs* rep_stos*\n"
	"clear_page* copy_page* copy_user_* copy_from_* copy_to_*\n"

	/* Locks, and what waits. */
	"raw_spin_* raw_read_* raw_write_* do_raw_* native_queued_*\n"
	"queued_* pv_queued_* rwsem_* down down_* up up_read up_write\n"
	"mutex_* rt_mutex_* ww_mutex_* lock_acquire lock_release schedule*\n"
	"preempt_schedule* io_schedule* cond_resched wait_for_* wait_on_*\n"
	"out_of_line_wait_* bit_wait* do_wait_for_* msleep* usleep_range*\n"
	"delay delay_* udelay* ndelay const_udelay folio_wait_* folio_lock*\n"
	"percpu_down_* percpu_rwsem_* cpus_read_lock synchronize_rcu*\n"
	"synchronize_srcu* rcu_barrier\n"
	"flush_work flush_workqueue\n";

/* A CPU in one of these has nothing to do, or waits for another one. */
static const char idle[] =
	"default_idle* native_safe_halt pv_native_safe_halt acpi_safe_halt\n"
	"acpi_idle_* intel_idle* mwait_idle* cpuidle_* poll_idle\n"
	"cpu_idle_poll* do_idle native_halt kvm_wait stop_this_cpu\n"
	"smp_call_function_* csd_lock_wait* multi_cpu_stop\n"
	"stop_machine_yield\n";

/*
 * What calls functions of all kinds: a context begins here, or there is a pointer
 * to the function.  Who has called these does not belong to the bug.
 */
static const char callers[] =
	"asm_* entry_* do_syscall_* do_fast_syscall_32* do_int80_*\n"
	"x64_sys_* ia32_* do_sys_* se_sys_* ksys_* sysvec_* irq_exit_rcu\n"
	"do_softirq handle_softirqs call_timer_fn run_timers* ret_from_fork*\n"
	"kthread worker_thread process_one_work process_scheduled_works\n"
	"rescuer_thread smpboot_thread_fn common_startup_64\n"
	"secondary_startup_64* cpu_startup_entry start_secondary\n"
	"x86_64_start_* do_one_initcall vfs_* new_sync_* do_iter_*\n"
	"full_proxy_* proc_reg_* kernfs_fop_*\n";

static bool is_one_of(const char *name, const char *list)
{
	static const char ends[] = { '*', ' ', '\n', '\0' };

	name += strspn(name, "_");
	while (*list) {
		size_t len = strcspn(list, ends);

		if (!strncmp(name, list, len) && (list[len] == '*' ||
						  !name[len]))
			return true;
		list += len + strspn(list + len, ends);
	}
	return false;
}

bool trace_is_idle(const char *name)
{
	return is_one_of(name, idle);
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       is_digit(c) || c == '_' || c == '.' || c == '$';
}

size_t trace_base_len(const char *name, size_t len)
{
	/* What begins with a dot has no other name. */
	const char *dot = len > 1 ? memchr(name + 1, '.', len - 1) : NULL;

	return dot ? (size_t)(dot - name) : len;
}

/* "f.cold+0x12/0x34 [module]": the name, of which "f" is taken. */
static bool read_symbol(struct span line, char name[TRACE_NAME_MAX])
{
	size_t len = 0;

	/* Kernels before 4.10 put one or two addresses before it. */
	while (span_begins(line, "[<")) {
		const char *end = span_find(line, ">]");

		if (!end)
			return false;
		span_skip(&line, (size_t)(end + 2 - line.at));
		skip_spaces(&line);
	}
	while (len < line.len && is_name_char(line.at[len]))
		len++;
	if (!len || is_digit(*line.at) || line.len - len < 3 ||
	    memcmp(line.at + len, "+0x", 3))
		return false;
	len = trace_base_len(line.at, len);
	if (len >= TRACE_NAME_MAX)
		len = TRACE_NAME_MAX - 1;
	memcpy(name, line.at, len);
	name[len] = '\0';
	return true;
}

#define RIP	"RIP: "
#define CS_LEN	4

/* "RIP: 0010:" with the selector, whose two low bits are the privilege level. */
static bool split_rip(struct span *line)
{
	size_t len = strlen(RIP) + CS_LEN;

	if (!span_begins(*line, RIP) || line->len <= len ||
	    line->at[len] != ':' || !strchr("048c", line->at[len - 1]))
		return false;
	span_skip(line, len + 1);
	skip_spaces(line);
	return true;
}

bool trace_is_rip(struct span line)
{
	return split_rip(&line);
}

/* The longest recursion of functions that is found, of TRACE_OVERFLOW. */
#define CYCLE_MAX	8

/* The last functions of a trace. */
struct cycle {
	char frame[CYCLE_MAX][TRACE_NAME_MAX];
	unsigned int nr;
};

/* What a reader of lines knows of the one before. */
struct reader {
	struct trace *trace;
	enum trace_kind kind;
	struct cycle *cycle;
	bool in_trace;		/* after "Call Trace:" */
	bool interrupts;	/* in it, what an interrupt or NMI has called */
	bool is_sure;		/* the trace has lines without "? " */
	char guess[TRACE_NAME_MAX];	/* the first of the others */
	bool done;
};

/*
 * Which function of a recursion is the first in a trace is chance: take the one
 * whose name is the first in the alphabet.
 */
static void take_cycle(struct reader *r, unsigned int from)
{
	const struct cycle *cycle = r->cycle;
	const char *first = cycle->frame[from % CYCLE_MAX];

	while (++from < cycle->nr)
		if (strcmp(cycle->frame[from % CYCLE_MAX], first) < 0)
			first = cycle->frame[from % CYCLE_MAX];
	memcpy(r->trace->frame[0], first, TRACE_NAME_MAX);
	r->trace->nr = 1;
}

/* Is @name in the trace once more? */
static bool find_cycle(struct reader *r, const char *name)
{
	struct cycle *cycle = r->cycle;
	unsigned int i = cycle->nr > CYCLE_MAX ? cycle->nr - CYCLE_MAX : 0;

	for (; i < cycle->nr; i++) {
		if (strcmp(cycle->frame[i % CYCLE_MAX], name))
			continue;
		take_cycle(r, i);
		return true;
	}
	memcpy(cycle->frame[cycle->nr++ % CYCLE_MAX], name, TRACE_NAME_MAX);
	return false;
}

static bool counts(const char *name)
{
	return !trace_is_idle(name) && !is_one_of(name, helpers);
}

static void add_frame(struct reader *r, const char *name, bool is_rip)
{
	bool is_caller = is_one_of(name, callers);

	if (is_caller && r->trace->nr)
		r->done = true;
	if ((is_caller && !is_rip) || r->done || !counts(name))
		return;
	if (r->trace->nr < TRACE_FRAMES)
		memcpy(r->trace->frame[r->trace->nr++], name, TRACE_NAME_MAX);
	if (r->kind == TRACE_OVERFLOW)
		r->done = find_cycle(r, name);
	else
		r->done = r->trace->nr == TRACE_FRAMES || r->kind == TRACE_STUCK;
}

/* "<IRQ>", "</IRQ>", "<TASK>", ... */
static bool read_marker(struct reader *r, struct span line)
{
	if (!line.len || *line.at != '<')
		return false;
	if (span_begins(line, "<IRQ>") || span_begins(line, "<NMI>"))
		r->interrupts = true;
	else if (span_begins(line, "</"))
		r->interrupts = false;
	return true;
}

/*
 * "RAX: ", "Code: " and the like: in a trace they are what an interrupt came with.
 * But a line with "CPU: " begins the next one.
 */
static bool is_register(struct span line)
{
	size_t i = 0;

	while (i < line.len && (is_digit(line.at[i]) || line.at[i] == '_' ||
				(line.at[i] >= 'A' && line.at[i] <= 'Z')))
		i++;
	return (i > 1 && i < line.len && line.at[i] == ':' &&
		!span_begins(line, "CPU")) || span_begins(line, "Code: ");
}

/* What has found that a CPU is stuck is not where it is. */
static bool is_above(const struct reader *r)
{
	return r->kind == TRACE_STUCK && r->interrupts;
}

/* False: this line does not belong to a trace. */
static bool read_in_trace(struct reader *r, struct span line)
{
	char name[TRACE_NAME_MAX];
	bool is_guess;

	skip_spaces(&line);
	if (read_marker(r, line) || is_register(line))
		return true;
	is_guess = span_begins(line, "? ");
	span_skip(&line, is_guess ? 2 : 0);
	if (!read_symbol(line, name))
		return is_guess;
	if (is_above(r))
		return true;
	r->is_sure |= !is_guess;
	if (!is_guess)
		add_frame(r, name, false);
	else if (!*r->guess && counts(name) && !is_one_of(name, callers))
		memcpy(r->guess, name, TRACE_NAME_MAX);
	return true;
}

/*
 * The unwinder does not believe in functions with "? ".  But of a task that runs
 * meanwhile on another CPU there are no others.
 */
static void end_trace(struct reader *r)
{
	if (!r->trace->nr && !r->is_sure && *r->guess) {
		memcpy(r->trace->frame[0], r->guess, TRACE_NAME_MAX);
		r->trace->nr = 1;
	}
	r->in_trace = false;
	r->interrupts = false;
	r->is_sure = false;
	r->guess[0] = '\0';
	r->done = r->trace->nr > 0;
}

static void read_line(struct reader *r, struct span line)
{
	char name[TRACE_NAME_MAX];
	struct span rip = line;

	/* Registers are told once more at the end of an oops. */
	if (span_begins(line, "---[ end trace ")) {
		end_trace(r);
	} else if (split_rip(&rip)) {
		if (read_symbol(rip, name) && !is_above(r))
			add_frame(r, name, true);
	} else if (span_begins(line, "Call Trace:")) {
		r->in_trace = true;
	} else if (r->in_trace && !read_in_trace(r, line)) {
		end_trace(r);
	}
}

void trace_read(struct trace *trace, const char *text, enum trace_kind kind)
{
	struct cycle cycle = { .nr = 0 };
	struct reader r = { .trace = trace, .kind = kind, .cycle = &cycle };
	struct span line;

	trace->nr = 0;
	while (!r.done && trace_line(&text, &line))
		read_line(&r, line);
	end_trace(&r);
}
