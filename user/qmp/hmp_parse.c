// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "qmp/hmp_parse.h"

/* Where in a line the parser is. */
struct parser {
	const char *line, *at;
	const char *name;	/* the command's, as its errors have it */
	struct buf *out;
};

static void skip_space(struct parser *p)
{
	while (isspace((unsigned char)*p->at))
		p->at++;
}

static bool ends_word(char c)
{
	return !c || isspace((unsigned char)c);
}

/* A byte of the line in a sentence: alone, one that is not ASCII is no text. */
static bool refuse_char(struct parser *p, const char *before, char c,
			const char *after)
{
	const char text[2] = { c >= ' ' && c <= '~' ? c : '?' };

	buf_put(p->out, before);
	buf_put(p->out, text);
	buf_put(p->out, after);
	return false;
}

static bool refuse(struct parser *p, const char *sentence)
{
	buf_put(p->out, sentence);
	return false;
}

/* QEMU has expressions; here are numbers, as C has them. */
static bool take_number(struct parser *p, uint64_t *value)
{
	char *end;

	skip_space(p);
	if (!*p->at)
		return refuse(p, "unexpected end of expression\r\n");
	if (!isdigit((unsigned char)*p->at))
		return refuse_char(p, "invalid char '", *p->at,
				   "' in expression\r\n");
	errno = 0;
	*value = strtoull(p->at, &end, 0);
	if (errno)
		return refuse(p, "number too large\r\n");
	p->at = end;
	return true;
}

static bool take_option(struct parser *p, char option, bool *is_given)
{
	skip_space(p);
	if (*p->at != '-')
		return true;
	if (p->at[1] != option) {
		buf_put(p->out, p->name);
		return refuse_char(p, ": unsupported option -", p->at[1],
				   "\r\n");
	}
	p->at += 2;
	*is_given = true;
	return true;
}

static bool take_registers(struct parser *p, struct hmp_command *c)
{
	if (!take_option(p, 'a', &c->all))
		return false;
	skip_space(p);
	c->has_cpu = *p->at;
	return !c->has_cpu || take_number(p, &c->cpu);
}

/* Flat is all that it can be. */
static bool take_mtree(struct parser *p, struct hmp_command *c)
{
	bool flat;

	(void)c;
	return take_option(p, 'f', &flat);
}

static bool take_address(struct parser *p, struct hmp_command *c)
{
	return take_number(p, &c->address);
}

/* Of what: there is not so much that it could not all be shown. */
static bool take_help(struct parser *p, struct hmp_command *c)
{
	(void)c;
	p->at += strlen(p->at);
	return true;
}

/* The letters behind a count, in any order; the last of a kind counts. */
static bool take_letters(struct parser *p, struct hmp_command *c)
{
	static const char sizes[] = "bhwg";

	for (; !ends_word(*p->at); p->at++) {
		const char *size = strchr(sizes, *p->at);

		if (size)
			c->size = 1U << (size - sizes);
		else if (strchr("xduoc", *p->at))
			c->format = *p->at;
		else
			return refuse_char(p, "invalid char in format: '",
					   *p->at, "'\r\n");
	}
	return true;
}

static bool take_format(struct parser *p, struct hmp_command *c)
{
	char *end;

	skip_space(p);
	if (*p->at != '/')
		return true;
	p->at++;
	if (isdigit((unsigned char)*p->at)) {
		/* One that is too large is not less here than the largest. */
		c->count = strtoull(p->at, &end, 10);
		p->at = end;
	}
	return take_letters(p, c);
}

static bool take_xp(struct parser *p, struct hmp_command *c)
{
	c->count = 1;
	c->format = 'x';
	c->size = 4;
	if (!take_format(p, c) || !take_number(p, &c->address))
		return false;
	if (c->count <= HMP_BYTES_MAX / c->size)
		return true;
	buf_print(p->out, "xp: no more than %d bytes at a time\r\n",
		  HMP_BYTES_MAX);
	return false;
}

static const struct {
	const char *group, *name, *help;
	enum hmp_kind kind;
	bool (*take)(struct parser *p, struct hmp_command *c);
} commands[] = {
	{ "", "help", " -- show this", HMP_HELP, take_help },
	{ "", "xp", " /fmt addr -- physical memory dump starting at 'addr'",
	  HMP_XP, take_xp },
	{ "", "gpa2hva",
	  " addr -- print the host virtual address corresponding to a guest physical address",
	  HMP_GPA2HVA, take_address },
	{ "info ", "registers", " [-a|vcpu] -- show the cpu registers",
	  HMP_REGISTERS, take_registers },
	{ "info ", "mtree", " [-f] -- show the guest's memory", HMP_MTREE,
	  take_mtree },
};

#define COMMANDS	(sizeof(commands) / sizeof(commands[0]))

void hmp_put_help(struct buf *out)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++) {
		buf_put(out, commands[i].group);
		buf_put(out, commands[i].name);
		buf_put(out, commands[i].help);
		buf_put(out, "\r\n");
	}
}

/* As far as it has been read, without the space behind it. */
static void put_read(struct parser *p)
{
	char text[HMP_LINE_MAX];
	size_t len = (size_t)(p->at - p->line);

	while (len && isspace((unsigned char)p->line[len - 1]))
		len--;
	memcpy(text, p->line, len);
	text[len] = '\0';
	buf_put(p->out, text);
}

/* A word, or of "xp/2x" the part that is the name. */
static bool take_word(struct parser *p, const char *word)
{
	size_t len = strcspn(p->at, " \t\r\n\v\f/");

	if (len != strlen(word) || memcmp(p->at, word, len))
		return false;
	p->at += len;
	return true;
}

static bool takes_name(struct parser *p, const char *group, const char *name)
{
	const char *start = p->at;

	if (*group) {
		if (!take_word(p, "info"))
			return false;
		skip_space(p);
	}
	if (take_word(p, name))
		return true;
	p->at = start;
	return false;
}

static bool refuse_unknown(struct parser *p)
{
	if (take_word(p, "info")) {
		skip_space(p);
		/* As QEMU does: which of them? */
		if (!*p->at) {
			hmp_put_help(p->out);
			return false;
		}
	}
	p->at += strcspn(p->at, " \t\r\n\v\f/");
	buf_put(p->out, "unknown command: '");
	put_read(p);
	return refuse(p, "'\r\n");
}

/* What is behind the name, all of it. */
static bool take_rest(struct parser *p, size_t i, struct hmp_command *c)
{
	c->kind = commands[i].kind;
	p->name = commands[i].name;
	if (!commands[i].take(p, c))
		return false;
	skip_space(p);
	if (!*p->at)
		return true;
	buf_put(p->out, p->name);
	return refuse(p, ": extraneous characters at the end of line\r\n");
}

bool hmp_parse(const char *line, struct hmp_command *command, struct buf *out)
{
	struct parser p = { .line = line, .at = line, .out = out };
	const char *args;
	size_t i;

	*command = (struct hmp_command){ 0 };
	skip_space(&p);
	if (!*p.at)
		return false;
	for (i = 0; i < COMMANDS; i++)
		if (takes_name(&p, commands[i].group, commands[i].name))
			break;
	if (i == COMMANDS)
		return refuse_unknown(&p);
	args = p.at;
	if (take_rest(&p, i, command))
		return true;
	p.at = args;
	buf_put(out, "Try \"help ");
	put_read(&p);
	return refuse(&p, "\" for more information\r\n");
}
