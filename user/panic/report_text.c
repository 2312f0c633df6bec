// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>

#include "panic/panic.h"
#include "panic/report.h"

#define REGS_PER_LINE	4

static void put_events(struct buf *buf, const struct guest_event *ev)
{
	const char *name;
	unsigned int i;

	buf_print(buf, " model %s, vCPU %u,", model_name(ev->model), ev->vcpu);
	for (i = 0; (name = decode_bit_name(ev, i)); i++)
		buf_print(buf, " %s", name);
}

/* What the guest did at its end. */
static const char *const ends[] = {
	[END_POWER_OFF] = "powered off",
	[END_RESET] = "asked for a reset",
	[END_FAULT] = "had a triple fault",
	[END_KVM_ERROR] = "could not be run on by KVM",
	[END_HOST] = "could not be run on by the host",
	[END_TIMEOUT] = "was still running at the time-out",
	[END_HALTED] = "halted for good on all of its vCPUs",
	[END_SILENCE] = "was silent for too long",
	[END_EXIT] = "wrote to the exit port",
};

static void put_end(struct buf *buf, const struct record *r)
{
	if (record_is_panic(r))
		buf_put(buf, "the guest panicked, did not report it, and ");
	else
		buf_put(buf, "the guest ");
	buf_put(buf, ends[r->end]);
	if (r->ender >= 0)
		buf_print(buf, ", by vCPU %d", r->ender);
}

static void put_what(struct buf *buf, const struct record *r)
{
	if (r->kind == RECORD_END) {
		put_end(buf, r);
		return;
	}
	if (r->kind == RECORD_DUMPED)
		buf_print(buf, "the guest's crash kernel ended in a %s",
			  panic_end_name(r->end));
	else if (record_is_panic(r))
		buf_put(buf, "the guest panicked");
	else
		buf_put(buf, "the guest gives notice");
	buf_put(buf, ":");
	put_events(buf, &r->reports[0]);
}

/* Of any length. */
static void put_line(struct buf *buf, const char *key, const char *value)
{
	buf_put(buf, key);
	buf_put(buf, value);
	buf_put(buf, "\n");
}

static void put_name(struct buf *buf, const struct signature *signature)
{
	put_line(buf, "  title    ", signature->title);
	put_line(buf, "  id       ", signature->id);
}

static void put_head(struct buf *buf, const struct record *r)
{
	const struct guest_event *ev = &r->reports[0];
	char time[RECORD_TIME_MAX];

	record_time(r, time);
	buf_put(buf, "panicvm: ");
	put_what(buf, r);
	put_line(buf, "\n  vm       ", r->vm);
	buf_print(buf, "  time     %s\n", time);
	if (*r->signature.title)
		put_name(buf, &r->signature);
	if (r->nr_reports)
		buf_print(buf, "  seq      %" PRIu64 "\n  code     0x%" PRIx64 "\n",
			  ev->seq, ev->code);
	buf_print(buf, "  backend  %s%s\n", r->backend,
		  r->frozen ? ", frozen by the kernel" : "");
	buf_print(buf, "  action   %s\n", panic_action_name(r->action));
	if (r->restarts)
		buf_print(buf, "  restarts %u\n", r->restarts);
	if (r->left_out)
		buf_print(buf, "  left out %u notices before this\n",
			  r->left_out);
	if (r->core.file)
		put_line(buf, "  core     ", r->core.file);
}

static void put_params(struct buf *buf, const struct guest_event *ev)
{
	unsigned int i;

	buf_put(buf, "  params  ");
	for (i = 0; i < EVENT_PARAMS; i++)
		buf_print(buf, " 0x%" PRIx64, ev->param[i]);
	buf_put(buf, "\n");
}

static void put_linux(struct buf *buf, const uint64_t *param)
{
	buf_print(buf, "  at       ip 0x%" PRIx64 ", sp 0x%" PRIx64, param[2],
		  param[4]);
	buf_print(buf, ", ax 0x%" PRIx64 ", error 0x%" PRIx64 "\n", param[3],
		  param[0]);
}

static void put_decoded(struct buf *buf, const struct guest_event *ev)
{
	const struct decoded d = decode_event(ev);

	buf_print(buf, "  guest    %s", decode_guest_name(d.guest));
	if (d.guest != GUEST_UNKNOWN)
		buf_print(buf, " %u.%u.%u", d.version[0], d.version[1],
			  d.version[2]);
	buf_print(buf, " (guest OS id 0x%" PRIx64 ")\n", d.os_id);
	if (d.has_message)
		return;
	if (d.guest == GUEST_LINUX)
		put_linux(buf, ev->param);
	if (d.guest == GUEST_WINDOWS)
		buf_print(buf, "  bugcheck 0x%" PRIx64 " %s\n", ev->param[0],
			  d.bugcheck ? d.bugcheck : "(no common one)");
}

static void put_vcpu(struct buf *buf, unsigned int id, const struct regs *regs)
{
	unsigned int i;

	buf_print(buf, "  vCPU %u\n", id);
	for (i = 0; i < REGS_NR; i++)
		buf_print(buf, "%s%8s %016" PRIx64 "%s",
			  i % REGS_PER_LINE ? " " : "  ", regs_names[i],
			  regs_value(regs, i),
			  (i + 1) % REGS_PER_LINE && i + 1 < REGS_NR ?
			  "" : "\n");
}

/* Each line behind a mark, so that none of them can pass for one of ours. */
static void put_message(struct buf *buf, const struct record *r)
{
	static const char *const sources[] = {
		[KMSG_NONE] = "",
		[KMSG_NOTIFY_MSG] = "by NOTIFY_MSG",
		[KMSG_PRINTK_RING] = "from its kernel's log",
		[KMSG_LOG_BUFFER] = "from its kernel's log buffer",
	};
	const char *text = r->kmsg.text;
	const char *at;

	buf_print(buf, "  last words of the guest, %s:\n  | ",
		  sources[r->kmsg.source]);
	for (at = text; *at; at++) {
		const char one[2] = { *at, '\0' };

		buf_put(buf, one);
		if (*at == '\n' && at[1])
			buf_put(buf, "  | ");
	}
	if (at > text && at[-1] != '\n')
		buf_put(buf, "\n");
}

static void put_guest(struct buf *buf, const struct kmsg *kmsg)
{
	if (*kmsg->release)
		put_line(buf, "  kernel   ", kmsg->release);
	if (*kmsg->build_id)
		put_line(buf, "  build id ", kmsg->build_id);
	if (*kmsg->command_line)
		put_line(buf, "  command  ", kmsg->command_line);
}

/* More reports of the same panic; their numbers are in the other form. */
static void put_reports(struct buf *buf, const struct record *r)
{
	unsigned int i;

	for (i = 1; i < r->nr_reports; i++) {
		buf_put(buf, "  also    ");
		put_events(buf, &r->reports[i]);
		buf_put(buf, "\n");
	}
}

void report_text(struct buf *buf, const struct record *r)
{
	const struct guest_event *ev = &r->reports[0];
	unsigned int i;

	put_head(buf, r);
	put_guest(buf, &r->kmsg);
	if (r->nr_reports && ev->model == MODEL_HYPERV) {
		put_params(buf, ev);
		put_decoded(buf, ev);
	}
	put_reports(buf, r);
	for (i = 0; i < r->nr_vcpus; i++)
		put_vcpu(buf, i, r->vcpus[i]);
	if (*r->kmsg.text)
		put_message(buf, r);
}
