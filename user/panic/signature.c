// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "panic/oops.h"
#include "panic/oops_line.h"
#include "panic/signature.h"

/* FNV-1a, of 64 bits. */
#define FNV_START	UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME	UINT64_C(0x100000001b3)

#define STRING(x)	#x
#define AS_TEXT(x)	STRING(x)

/* With the NUL, so that two texts are never the same as one. */
static uint64_t hash(uint64_t sum, const char *text)
{
	do {
		sum ^= (uint8_t)*text;
		sum *= FNV_PRIME;
	} while (*text++);
	return sum;
}

static void make_id(struct signature *signature, const struct oops *oops)
{
	uint64_t sum = hash(FNV_START, AS_TEXT(SIGNATURE_VERSION));
	unsigned int i;

	sum = hash(sum, oops->line);
	for (i = 0; i < oops->trace.nr; i++)
		sum = hash(sum, oops->trace.frame[i]);
	snprintf(signature->id, sizeof(signature->id), "%016" PRIx64, sum);
}

/* Does @text have the whole word @name in it? */
static bool has_word(const char *text, const char *name)
{
	const char *at = text;
	size_t len = strlen(name);

	while ((at = strstr(at, name))) {
		if ((at == text || at[-1] == ' ') &&
		    (!at[len] || at[len] == ' '))
			return true;
		at++;
	}
	return false;
}

/* The line, and where it was unless the line says so. */
static void make_title(struct signature *signature, const struct oops *oops)
{
	struct oops_line title = {
		signature->title, sizeof(signature->title), 0
	};

	oops_line_put_text(&title, oops->line);
	if (oops->trace.nr && !has_word(oops->line, oops->trace.frame[0])) {
		oops_line_put_text(&title, " in ");
		oops_line_put_text(&title, oops->trace.frame[0]);
	}
	oops_line_end(&title);
}

static void set_line(struct oops *oops, const char *text)
{
	snprintf(oops->line, sizeof(oops->line), "%s", text);
}

static void set_frame(struct oops *oops, const char *name)
{
	if (!*name)
		return;
	snprintf(oops->trace.frame[0], TRACE_NAME_MAX, "%.*s",
		 (int)trace_base_len(name, strlen(name)), name);
	oops->trace.nr = 1;
}

/* By its number: names of more of these may be known one day. */
static void take_bugcheck(struct oops *oops, const struct signature_input *in)
{
	snprintf(oops->line, sizeof(oops->line), "bugcheck 0x%" PRIx64,
		 in->event->param[0]);
}

static bool is_bugcheck(const struct signature_input *in)
{
	return in->event && in->decoded->guest == GUEST_WINDOWS &&
	       !in->decoded->has_message;
}

/*
 * Of several vCPUs one that is not idle, and then the first by its name: which
 * vCPU does what is chance.
 */
static const char *busy_symbol(const struct signature_input *in)
{
	const char *found = "";
	unsigned int i;

	for (i = 0; i < in->nr_places; i++) {
		const char *symbol = in->places[i].symbol;

		if (!*symbol || trace_is_idle(symbol))
			continue;
		if (!*found || strcmp(symbol, found) < 0)
			found = symbol;
	}
	return found;
}

static bool any_in_user(const struct signature_input *in)
{
	unsigned int i;

	for (i = 0; i < in->nr_places; i++)
		if (in->places[i].is_user)
			return true;
	return false;
}

/* Is every vCPU known to be idle? */
static bool all_idle(const struct signature_input *in)
{
	unsigned int i;

	for (i = 0; i < in->nr_places; i++)
		if (!trace_is_idle(in->places[i].symbol))
			return false;
	return in->nr_places > 0;
}

static void take_hang(struct oops *oops, const struct signature_input *in)
{
	const char *symbol = busy_symbol(in);

	set_line(oops, "hang");
	if (*symbol)
		set_frame(oops, symbol);
	else if (any_in_user(in))
		set_line(oops, "hang in user space");
	else if (all_idle(in))
		set_line(oops, "hang, all vCPUs idle");
}

/* What the text does not tell. */
static void take_end(struct oops *oops, const struct signature_input *in)
{
	static const char *const names[] = {
		[SIGNATURE_PANIC] = "panic",
		[SIGNATURE_TRIPLE_FAULT] = "triple fault",
		[SIGNATURE_KVM_ERROR] = "KVM internal error",
		[SIGNATURE_HOST] = "host failure",
		[SIGNATURE_RESET] = "reset",
		[SIGNATURE_POWER_OFF] = "power-off",
		[SIGNATURE_HALTED] = "halted",
		[SIGNATURE_HANG] = "hang",
	};

	set_line(oops, names[in->end]);
	if (in->end == SIGNATURE_HANG)
		take_hang(oops, in);
	else if ((in->end == SIGNATURE_TRIPLE_FAULT ||
		  in->end == SIGNATURE_KVM_ERROR) && in->vcpu < in->nr_places)
		set_frame(oops, in->places[in->vcpu].symbol);
}

void signature_make(struct signature *signature,
		    const struct signature_input *in)
{
	bool hangs = in->end == SIGNATURE_HANG || in->end == SIGNATURE_PANIC;
	struct oops oops = { 0 };

	if (is_bugcheck(in))
		take_bugcheck(&oops, in);
	else if (!oops_find(&oops, in->text, hangs))
		take_end(&oops, in);
	make_id(signature, &oops);
	/* People know it by its name. */
	if (is_bugcheck(in) && in->decoded->bugcheck)
		snprintf(oops.line, sizeof(oops.line), "bugcheck %s",
			 in->decoded->bugcheck);
	make_title(signature, &oops);
}
